"""S3 copies: an object is copied onto itself, as S3 changes what is kept of it; in parts where it is large."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from core.errors import ObjectArchived, ObjectCorrupt
from core.storage.abilities import COPIED_PIECE_BYTES, LARGEST_COPY_BYTES
from core.storage.provider import Part, StoredObject
from core.storage.s3_bucket import S3Bucket, described, if_match, restored_until, storage_class, whole_crc
from core.storage.s3_uploads import S3Uploads

LARGEST_COPY, _PIECE = LARGEST_COPY_BYTES, COPIED_PIECE_BYTES
#: What is kept of an object besides its bytes, tags and class, by the names that S3 answers and takes.
_KEPT = (
    "CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType", "Expires", "Metadata",
    "WebsiteRedirectLocation", "ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled",
)  # fmt: skip


def copy_onto_itself(bucket: S3Bucket, key: str, before: Any, changed: Mapping[str, Any]) -> StoredObject:
    """The same object, but for what is changed: its StorageClass, its CacheControl; `before` is what HEAD says.

    Raises ObjectArchived where it has to be restored first, ObjectChanged where it is replaced meanwhile.
    """
    if not storage_class(before).instant and not restored_until(before):
        raise ObjectArchived(f"s3://{bucket.name}/{key} is archived.", "Restore it from Glacier first.")
    copy = _copy_in_parts if before["ContentLength"] > LARGEST_COPY else _copy
    copy(bucket, key, before, changed)
    return _confirmed(bucket, key, before)


def _kept(before: Any, changed: Mapping[str, Any]) -> dict[str, Any]:
    """What a new object has to be told; what is empty is not kept."""
    whole = {name: before.get(name) for name in _KEPT} | {"StorageClass": str(storage_class(before))} | dict(changed)
    return {name: value for name, value in whole.items() if value}


def _copy(bucket: S3Bucket, key: str, before: Any, changed: Mapping[str, Any]) -> None:
    """S3 takes all headers along or none: only where the class alone changes are they copied by themselves."""
    only_class = set(changed) == {"StorageClass"}
    told = dict(changed) if only_class else _kept(before, changed)
    with bucket.asking(key):
        bucket.client.copy_object(
            **bucket.place(key),
            **told,
            CopySource=bucket.place(key),
            CopySourceIfMatch=before["ETag"],
            **if_match(before["ETag"].strip('"')),
            MetadataDirective="COPY" if only_class else "REPLACE",
            TaggingDirective="COPY",
            ChecksumAlgorithm="CRC64NVME",
        )


def _copy_in_parts(bucket: S3Bucket, key: str, before: Any, changed: Mapping[str, Any]) -> None:
    uploads = S3Uploads(bucket)
    with bucket.asking(key):
        started = bucket.client.create_multipart_upload(
            **bucket.place(key), **_kept(before, changed), **_tags(bucket, key, before),
            ChecksumAlgorithm="CRC64NVME", ChecksumType="FULL_OBJECT",
        )  # fmt: skip
    try:
        parts = _copied_parts(bucket, key, started["UploadId"], before)
        uploads.replace(key, started["UploadId"], parts, before["ETag"])
    except BaseException:
        uploads.abort(key, started["UploadId"])
        raise


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
        raise ObjectCorrupt(f"s3://{bucket.name}/{key} is not what it was before it was copied.", "Upload it again.")
    return described(key, after)
