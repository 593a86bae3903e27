"""S3 attributes: an object's tags, and what caches are told of it."""

from collections.abc import Mapping

from core.storage.provider import StoredObject
from core.storage.s3_bucket import S3Bucket, described
from core.storage.s3_copies import copy_onto_itself


def tags(bucket: S3Bucket, key: str) -> dict[str, str]:
    """Raises ObjectNotFound."""
    with bucket.asking(key):
        found = bucket.client.get_object_tagging(**bucket.place(key))["TagSet"]
    return {each["Key"]: each["Value"] for each in found}


def set_tags(bucket: S3Bucket, key: str, wanted: Mapping[str, str]) -> None:
    """Raises ObjectNotFound."""
    told = [{"Key": name, "Value": value} for name, value in wanted.items()]
    with bucket.asking(key):
        if told:
            bucket.client.put_object_tagging(**bucket.place(key), Tagging={"TagSet": told})
        else:
            bucket.client.delete_object_tagging(**bucket.place(key))


def set_cache_control(bucket: S3Bucket, key: str, wanted: str) -> StoredObject:
    """Raises ObjectArchived, ObjectChanged."""
    before = bucket.head_answer(key)
    if before.get("CacheControl", "") == wanted:
        return described(key, before)
    return copy_onto_itself(bucket, key, before, {"CacheControl": wanted})
