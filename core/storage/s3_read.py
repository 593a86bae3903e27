"""S3 read: an object's bytes in order, taken up again where the connection breaks, and compared with their checksum."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, FlexibleChecksumError

from core.errors import ObjectChanged, ObjectCorrupt
from core.storage.checksums import crc64nvme
from core.storage.s3_bucket import S3Bucket, if_match, whole_crc
from core.storage.s3_errors import Asked, explained
from core.units import KIB

_CHUNK = 256 * KIB
#: Broken connections in a row, with not one byte between them.
_PATIENCE = 4


def read(bucket: S3Bucket, key: str, start: int, end: int | None, etag: str) -> Iterator[bytes]:
    """The bytes in [start, end). Raises ObjectNotFound and ObjectChanged at once, ObjectCorrupt at the end."""
    answer = None if end is not None and end <= start else _opened(bucket, key, start, end, etag)
    if answer is None:  # no byte is in that range; whether the object is there has to be asked
        bucket.head_answer(key, etag)
        return iter(())
    return _stream(bucket, key, answer, start, whole=start == 0 and end is None)


def read_crc(bucket: S3Bucket, key: str, etag: str) -> int:
    """The checksum of an object from all of its bytes, for servers that keep none."""
    crc = 0
    for chunk in read(bucket, key, 0, None, etag):
        crc = crc64nvme(chunk, crc)
    return crc


def _opened(bucket: S3Bucket, key: str, start: int, end: int | None, etag: str) -> Any:
    """S3's answer with these bytes in it; None where the object ends before them."""
    wanted = {} if start == 0 and end is None else {"Range": f"bytes={start}-{'' if end is None else end - 1}"}
    mode = {} if wanted else {"ChecksumMode": "ENABLED"}
    try:
        return bucket.client.get_object(**bucket.place(key), **wanted, **mode, **if_match(etag))
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ("InvalidRange", "416"):
            return None
        raise explained(Asked(bucket.name, key), error) from error
    except BotoCoreError as error:
        raise explained(Asked(bucket.name, key), error) from error


def _stream(bucket: S3Bucket, key: str, answer: Any, at: int, whole: bool) -> Iterator[bytes]:
    asked, first, end = Asked(bucket.name, key), answer, at + answer["ContentLength"]
    crc, broken = 0, 0
    while True:
        try:
            for chunk in answer["Body"].iter_chunks(_CHUNK):
                at, crc, broken = at + len(chunk), crc64nvme(chunk, crc), 0
                yield chunk
        except FlexibleChecksumError as error:
            raise explained(asked, error) from error
        except BotoCoreError as error:
            broken += 1
            if broken >= _PATIENCE:
                raise explained(asked, error) from error
        if at >= end:
            break
        answer = _again(bucket, key, at, end, first)
    if whole and whole_crc(first) not in (None, crc):
        raise ObjectCorrupt(f"{asked.place} does not agree with its checksum in S3.", "Read it again.")


def _again(bucket: S3Bucket, key: str, at: int, end: int, first: Any) -> Any:
    """The rest of the same object."""
    answer = _opened(bucket, key, at, end, first["ETag"].strip('"'))
    if answer is None or answer["ETag"] != first["ETag"] or answer["ContentLength"] != end - at:
        raise ObjectChanged(f"s3://{bucket.name}/{key} was replaced while it was read.", "Read it again.")
    return answer
