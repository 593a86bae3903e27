"""S3 write: an object whole or not at all, in one request or in parts, and proven to have arrived."""

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from core.errors import ObjectChanged, ObjectCorrupt, StorageError
from core.storage.checksums import combined, crc64nvme
from core.storage.provider import Attributes, StoredObject
from core.storage.s3_bucket import WRITE_ID, S3Bucket, crc_text, described, kept, whole_crc
from core.storage.s3_errors import Asked, diagnose, explained
from core.storage.s3_read import read_crc
from core.storage.s3_uploads import S3Uploads
from core.units import MIB

#: What is no larger goes in one request; every thousand parts they double, so that 10,000 hold terabytes.
_PIECE, _DOUBLES_EVERY, _LARGEST_PIECE = 8 * MIB, 1000, 512 * MIB


def write(bucket: S3Bucket, key: str, chunks: Iterable[bytes], attributes: Attributes, if_absent: bool) -> StoredObject:
    """Raises ObjectExists where it must be absent and is not."""
    if if_absent:
        bucket.require_absent(key)  # before the bytes are sent; and some servers do not look at If-None-Match
    pieces = _pieces(chunks)
    first, second = next(pieces, b""), next(pieces, b"")
    if second:
        return _upload(bucket, key, chain((first, second), pieces), attributes, if_absent)
    return _put(bucket, key, first, attributes, if_absent)


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of the size of parts; what is one chunk already is not copied."""
    held, held_bytes, sent = list[bytes](), 0, 0
    for chunk in chunks:
        while held_bytes + len(chunk) >= (size := min(_PIECE << (sent // _DOUBLES_EVERY), _LARGEST_PIECE)):
            cut = size - held_bytes
            piece = b"".join((*held, chunk[:cut]))
            chunk, held, held_bytes, sent = chunk[cut:], [], 0, sent + 1
            yield piece
        if chunk:
            held.append(chunk)
            held_bytes += len(chunk)
    if held:
        yield b"".join(held)


def _put(bucket: S3Bucket, key: str, content: bytes, attributes: Attributes, if_absent: bool) -> StoredObject:
    crc, mark = crc64nvme(content), uuid.uuid4().hex
    told: dict[str, Any] = kept(attributes) | ({"IfNoneMatch": "*"} if if_absent else {})
    told["Metadata"] |= {WRITE_ID: mark}
    try:
        put = bucket.client.put_object
        answer = bucket.writing(put, **bucket.place(key), Body=content, ChecksumCRC64NVME=crc_text(crc), **told)
        stored = bucket.as_head(answer, told, len(content))
        tells_all = whole_crc(stored) is not None or not bucket.keeps_crc
        if tells_all and _agrees(stored, content, crc):
            return described(key, stored)
    except (ClientError, BotoCoreError) as error:
        if not _is_there(bucket, key, mark):  # else it was only the answer that was lost
            if if_absent and diagnose(Asked(bucket.name, key), error).kind is ObjectChanged:
                raise bucket.exists(key) from error
            raise explained(Asked(bucket.name, key), error) from error
    return _proven(bucket, key, mark, content, crc)


def _is_there(bucket: S3Bucket, key: str, mark: str) -> bool:
    try:
        return _mark(bucket.head_answer(key)) == mark
    except StorageError:
        return False


def _mark(answer: Any) -> str:
    return answer.get("Metadata", {}).get(WRITE_ID, "")


def _proven(bucket: S3Bucket, key: str, mark: str, content: bytes, crc: int) -> StoredObject:
    """The object, once what S3 has agrees with what was sent; what does not is removed."""
    answer = bucket.head_answer(key)
    ours = _mark(answer) == mark
    bucket.keeps_crc = whole_crc(answer) is not None if ours else bucket.keeps_crc
    if ours and not _is_sent(bucket, key, answer, content, crc):
        with bucket.asking(key):
            bucket.client.delete_object(**bucket.place(key))
        raise ObjectCorrupt(f"s3://{bucket.name}/{key} did not arrive as it was sent.", "Send it again.")
    return described(key, answer)


def _is_sent(bucket: S3Bucket, key: str, answer: Any, content: bytes, crc: int) -> bool:
    if _agrees(answer, content, crc):
        return True
    unknown = whole_crc(answer) is None and answer["ContentLength"] == len(content)
    return unknown and read_crc(bucket, key, answer["ETag"].strip('"')) == crc


def _agrees(answer: Any, content: bytes, crc: int) -> bool:
    """By the server's checksum; where it keeps none, by its ETag, unless it is encrypted with a key of its own."""
    if answer["ContentLength"] != len(content):
        return False
    if whole_crc(answer) is not None:
        return whole_crc(answer) == crc
    return answer["ETag"].strip('"') == hashlib.md5(content, usedforsecurity=False).hexdigest()


def _upload(
    bucket: S3Bucket, key: str, pieces: Iterable[bytes], attributes: Attributes, if_absent: bool
) -> StoredObject:
    uploads, crcs = S3Uploads(bucket), list[tuple[int, int]]()
    id = uploads.start(key, attributes)
    try:
        parts = []
        for number, piece in enumerate(pieces, 1):
            parts.append(uploads.write_part(key, id, number, piece))
            crcs.append((crc64nvme(piece), len(piece)))
        return uploads.complete(key, id, parts, combined(crcs), if_absent)
    except BaseException:
        with suppress(StorageError):  # what went wrong first is told; abandoned uploads are aborted by and by
            uploads.abort(key, id)
        raise
