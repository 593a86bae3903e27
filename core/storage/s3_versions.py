"""S3 versions: what a bucket keeps of what was replaced or removed, and whether it may be removed for good."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from botocore.exceptions import ClientError

from core.storage.abilities import ObjectVersion
from core.storage.s3_bucket import S3Bucket, storage_class

_NO_LOCKS = "ObjectLockConfigurationNotFoundError"


def keeps_versions(bucket: S3Bucket) -> bool:
    """Also False where versioning is suspended: older versions stay, new ones are not made."""
    with bucket.asking():
        return bucket.client.get_bucket_versioning(Bucket=bucket.name).get("Status") == "Enabled"


def locks_versions(bucket: S3Bucket) -> bool:
    """Whether Object Lock is on for the bucket."""
    with bucket.asking():
        try:
            found = bucket.client.get_object_lock_configuration(Bucket=bucket.name)["ObjectLockConfiguration"]
        except ClientError as error:
            if error.response["Error"]["Code"] == _NO_LOCKS:
                return False
            raise
    return found.get("ObjectLockEnabled") == "Enabled"


def versions(bucket: S3Bucket, prefix: str) -> Iterator[ObjectVersion]:
    """By key; S3 lists those of one key from the newest on."""
    for _, of_key in groupby(_listed(bucket, prefix), key=lambda each: each["Key"]):
        newer: datetime | None = None
        for each in sorted(of_key, key=lambda each: (each["IsLatest"], each["LastModified"]), reverse=True):
            yield _version(each, newer)
            newer = each["LastModified"]


def is_locked(bucket: S3Bucket, key: str, version_id: str, now: datetime) -> bool:
    """By what S3 says of it to whoever may see locks. Raises ObjectNotFound."""
    with bucket.asking(key):
        told = bucket.client.head_object(**bucket.place(key), VersionId=version_id)
    until = told.get("ObjectLockRetainUntilDate")
    return told.get("ObjectLockLegalHoldStatus") == "ON" or (until is not None and until > now)


def remove_version(bucket: S3Bucket, key: str, version_id: str) -> None:
    """Never past a lock in governance mode, even where the key would be allowed to."""
    with bucket.asking(key):
        bucket.client.delete_object(**bucket.place(key), VersionId=version_id)


def _listed(bucket: S3Bucket, prefix: str) -> Iterator[Any]:
    """Versions and delete markers of each page together, by key; a key may go on in the next page."""
    lister, held = bucket.client.get_paginator("list_object_versions"), list[Any]()
    with bucket.asking():
        for page in lister.paginate(Bucket=bucket.name, Prefix=prefix):
            held += [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            held.sort(key=lambda each: each["Key"].encode())
            last = page.get("NextKeyMarker") if page.get("IsTruncated") else None
            done = [each for each in held if last is None or each["Key"] != last]
            held = [each for each in held if last is not None and each["Key"] == last]
            yield from done
    yield from held


def _version(each: Any, newer: datetime | None) -> ObjectVersion:
    return ObjectVersion(
        each["Key"],
        each["VersionId"],
        each.get("Size", 0),
        each.get("ETag", "").strip('"'),
        each["LastModified"],
        storage_class(each),
        each["IsLatest"],
        "ETag" not in each,
        newer,
    )
