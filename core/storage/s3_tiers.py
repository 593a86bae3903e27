"""S3 tiers: an object moves to another storage class by being copied onto itself, and comes back from an archive."""

from botocore.exceptions import ClientError

from core.errors import StorageError
from core.storage.provider import StorageClass, StoredObject
from core.storage.s3_bucket import NO_SUCH_CLASS, S3Bucket, described, storage_class
from core.storage.s3_copies import copy_onto_itself


def set_storage_class(bucket: S3Bucket, key: str, wanted: StorageClass) -> StoredObject:
    """A server that knows no such class leaves it where it is.

    Raises ObjectArchived where it has to be restored first, ObjectChanged where it is replaced meanwhile.
    """
    before = bucket.head_answer(key)
    if storage_class(before) == wanted or not bucket.has_classes:
        return described(key, before)
    try:
        return copy_onto_itself(bucket, key, before, {"StorageClass": str(wanted)})
    except StorageError as error:
        if not _knows_no_class(error):
            raise
        bucket.has_classes = False
        return described(key, before)


def restore(bucket: S3Bucket, key: str, days: int) -> StoredObject:
    """At the standard rate: within 5 hours from Glacier, and 12 from Deep Archive."""
    before = bucket.head_answer(key)
    is_archived = not storage_class(before).instant or "ArchiveStatus" in before  # Intelligent-Tiering's own archives
    if is_archived and not before.get("Restore"):
        for_days = {} if storage_class(before).instant else {"Days": days}
        with bucket.asking(key):
            bucket.client.restore_object(
                **bucket.place(key), RestoreRequest={**for_days, "GlacierJobParameters": {"Tier": "Standard"}}
            )
    return described(key, bucket.head_answer(key))


def _knows_no_class(error: StorageError) -> bool:
    cause = error.__cause__
    return isinstance(cause, ClientError) and cause.response["Error"]["Code"] == NO_SUCH_CLASS
