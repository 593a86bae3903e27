"""S3 tiers: an object moves to another storage class by being copied onto itself, and comes back from an archive."""

from typing import Any
from urllib.parse import urlencode

from botocore.exceptions import ClientError

from core.errors import ObjectArchived, ObjectCorrupt, StorageError
from core.storage.provider import Part, StorageClass, StoredObject
from core.storage.s3_bucket import (
    NO_SUCH_CLASS,
    S3Bucket,
    described,
    if_match,
    restored_until,
    storage_class,
    whole_crc,
)
from core.storage.s3_uploads import S3Uploads
from core.units import GIB, MIB

#: The largest object that one CopyObject takes.
LARGEST_COPY = 5 * GIB
_PIECE = 512 * MIB
#: What CopyObject takes along by itself, and a copy in parts has to be told.
_TAKEN_ALONG = (
    "CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType", "Expires", "Metadata",
    "WebsiteRedirectLocation", "ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled",
)  # fmt: skip


def set_storage_class(bucket: S3Bucket, key: str, wanted: StorageClass) -> StoredObject:
    """A server that knows no such class leaves it where it is.

    Raises ObjectArchived where it has to be restored first, ObjectChanged where it is replaced meanwhile.
    """
    before = bucket.head_answer(key)
    if storage_class(before) == wanted or not bucket.has_classes:
        return described(key, before)
    if not storage_class(before).instant and not restored_until(before):
        raise ObjectArchived(f"s3://{bucket.name}/{key} is archived.", "Restore it from Glacier first.")
    move = _copy_in_parts if before["ContentLength"] > LARGEST_COPY else _copy
    try:
        return move(bucket, key, before, wanted)
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


def _copy(bucket: S3Bucket, key: str, before: Any, wanted: StorageClass) -> StoredObject:
    etag = before["ETag"].strip('"')
    with bucket.asking(key):
        bucket.client.copy_object(
            **bucket.place(key),
            CopySource=bucket.place(key),
            CopySourceIfMatch=before["ETag"],
            **if_match(etag),
            StorageClass=str(wanted),
            MetadataDirective="COPY",
            TaggingDirective="COPY",
            ChecksumAlgorithm="CRC64NVME",
        )
    return _confirmed(bucket, key, before)


def _copy_in_parts(bucket: S3Bucket, key: str, before: Any, wanted: StorageClass) -> StoredObject:
    uploads = S3Uploads(bucket)
    kept = {name: before[name] for name in _TAKEN_ALONG if before.get(name)}
    with bucket.asking(key):
        started = bucket.client.create_multipart_upload(
            **bucket.place(key), **kept, **_tags(bucket, key, before), StorageClass=str(wanted),
            ChecksumAlgorithm="CRC64NVME", ChecksumType="FULL_OBJECT",
        )  # fmt: skip
    try:
        parts = _copied_parts(bucket, key, started["UploadId"], before)
        uploads.replace(key, started["UploadId"], parts, before["ETag"])
    except BaseException:
        uploads.abort(key, started["UploadId"])
        raise
    return _confirmed(bucket, key, before)


def _tags(bucket: S3Bucket, key: str, before: Any) -> dict[str, str]:
    if not before.get("TagCount"):
        return {}
    tags = bucket.client.get_object_tagging(**bucket.place(key))["TagSet"]
    return {"Tagging": urlencode({tag["Key"]: tag["Value"] for tag in tags})}


def _copied_parts(bucket: S3Bucket, key: str, id: str, before: Any) -> list[Part]:
    size, parts = before["ContentLength"], list[Part]()
    for number, start in enumerate(range(0, size, _PIECE), 1):
        end = min(start + _PIECE, size)
        with bucket.asking(key):
            copied = bucket.client.upload_part_copy(
                **bucket.place(key), UploadId=id, PartNumber=number, CopySource=bucket.place(key),
                CopySourceRange=f"bytes={start}-{end - 1}", CopySourceIfMatch=before["ETag"],
            )["CopyPartResult"]  # fmt: skip
        parts.append(Part(number, end - start, copied["ETag"].strip('"'), whole_crc(copied)))
    return parts


def _confirmed(bucket: S3Bucket, key: str, before: Any) -> StoredObject:
    after = bucket.head_answer(key)
    same = after["ContentLength"] == before["ContentLength"]
    if not same or (None not in (whole_crc(before), whole_crc(after)) and whole_crc(before) != whole_crc(after)):
        raise ObjectCorrupt(f"s3://{bucket.name}/{key} is not what it was before it was moved.", "Upload it again.")
    return described(key, after)
