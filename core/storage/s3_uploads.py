"""S3 uploads: objects that come in parts; which of them S3 has is asked of S3."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from core.errors import (
    ObjectChanged,
    ObjectCorrupt,
    ObjectTooLarge,
    StorageBusy,
    StorageError,
    StorageUnreachable,
    UploadNotFound,
)
from core.storage.checksums import combined, crc64nvme
from core.storage.provider import Attributes, Part, PartLimits, StoredObject, UnfinishedUpload
from core.storage.s3_bucket import S3Bucket, crc_text, described, kept, whole_crc
from core.storage.s3_errors import Asked, diagnose, explained
from core.storage.s3_read import read_crc
from core.units import GIB, MIB

LIMITS = PartLimits(smallest_bytes=5 * MIB, largest_bytes=5 * GIB, most=10_000)
_AGAIN = "Send it again."


class S3Uploads:
    """The multipart uploads of a bucket."""

    def __init__(self, bucket: S3Bucket) -> None:
        self._bucket = bucket

    def start(self, key: str, attributes: Attributes) -> str:
        with self._bucket.asking(key):
            answer = self._bucket.writing(
                self._bucket.client.create_multipart_upload,
                **self._bucket.place(key),
                **kept(attributes),
                ChecksumAlgorithm="CRC64NVME",
                ChecksumType="FULL_OBJECT",
            )
        return answer["UploadId"]

    def write_part(self, key: str, id: str, number: int, content: bytes) -> Part:
        if number > LIMITS.most:
            raise ObjectTooLarge(f"S3 takes no more than {LIMITS.most:,} parts.", "Send larger ones.")
        crc = crc64nvme(content)
        part = dict(UploadId=id, PartNumber=number, Body=content, ChecksumCRC64NVME=crc_text(crc))
        with self._bucket.asking(key):
            answer = self._bucket.client.upload_part(**self._bucket.place(key), **part)
        etag, has = answer["ETag"].strip('"'), whole_crc(answer)
        if has not in (crc, None) or (has is None and not _is_md5(etag, content)):
            raise ObjectCorrupt(f"Part {number} of {key!r} did not arrive as it was sent.", _AGAIN)
        return Part(number, len(content), etag, crc)

    def parts(self, key: str, id: str) -> tuple[Part, ...]:
        pages = self._bucket.client.get_paginator("list_parts").paginate(**self._bucket.place(key), UploadId=id)
        with self._bucket.asking(key):
            return tuple(
                Part(each["PartNumber"], each["Size"], each["ETag"].strip('"'), whole_crc(each))
                for page in pages
                for each in page.get("Parts", [])
            )

    def complete(self, key: str, id: str, parts: Iterable[Part], crc: int, if_absent: bool) -> StoredObject:
        wanted = list(parts)
        try:
            _check(key, wanted, self.parts(key, id), crc)
        except UploadNotFound:
            if done := self._made(key, wanted, crc):  # the answer to the first time was lost
                return done
            raise
        if if_absent:
            self._bucket.require_absent(key)  # some servers do not look at If-None-Match
        try:
            made = self._bucket.client.complete_multipart_upload(**self._completion(key, id, wanted, crc, if_absent))
        except (ClientError, BotoCoreError) as error:
            return self._despite(error, key, id, wanted, crc, if_absent)
        return self._proven(key, wanted, crc, made["ETag"])

    def replace(self, key: str, id: str, parts: Iterable[Part], etag: str) -> None:
        """Put the parts in the place of the object with that etag, as S3 writes it. Raises ObjectChanged."""
        with self._bucket.asking(key):
            self._bucket.client.complete_multipart_upload(
                **self._bucket.place(key),
                UploadId=id,
                MultipartUpload={"Parts": [_told(part) for part in parts]},
                IfMatch=etag,
            )

    def abort(self, key: str, id: str) -> None:
        try:
            with self._bucket.asking(key):
                self._bucket.client.abort_multipart_upload(**self._bucket.place(key), UploadId=id)
        except UploadNotFound:
            return

    def unfinished(self, prefix: str) -> Iterator[UnfinishedUpload]:
        lister = self._bucket.client.get_paginator("list_multipart_uploads")
        with self._bucket.asking():
            for page in lister.paginate(Bucket=self._bucket.name, Prefix=prefix):
                for each in page.get("Uploads", []):
                    yield UnfinishedUpload(each["Key"], each["UploadId"], each["Initiated"])

    def _completion(self, key: str, id: str, parts: list[Part], crc: int, if_absent: bool) -> dict[str, Any]:
        return {
            **self._bucket.place(key),
            "UploadId": id,
            "MultipartUpload": {"Parts": [_told(part) for part in parts]},
            "ChecksumCRC64NVME": crc_text(crc),
            "ChecksumType": "FULL_OBJECT",
            "MpuObjectSize": sum(part.size_bytes for part in parts),
            **({"IfNoneMatch": "*"} if if_absent else {}),
        }

    def _despite(
        self, error: ClientError | BotoCoreError, key: str, id: str, parts: list[Part], crc: int, if_absent: bool
    ) -> StoredObject:
        """The object where it was completed and only the answer was lost; else the error is raised."""
        found = diagnose(Asked(self._bucket.name, key), error)
        may_be_done = found.kind in (UploadNotFound, ObjectChanged, StorageBusy, StorageUnreachable)
        if may_be_done and (done := self._done(key, id, parts, crc)):
            return done
        if if_absent and found.kind is ObjectChanged:
            raise self._bucket.exists(key) from error
        if found.code == "InvalidRequest":  # the sizes do not add up
            raise ObjectCorrupt(f"The parts of {key!r} do not add up to the file.", _AGAIN) from error
        raise explained(Asked(self._bucket.name, key), error) from error

    def _done(self, key: str, id: str, parts: list[Part], crc: int) -> StoredObject | None:
        """The object, where this upload was completed: it is gone, and the object is what it would have made."""
        try:
            self.parts(key, id)
        except UploadNotFound:
            return self._made(key, parts, crc)
        except StorageError:
            return None
        return None

    def _made(self, key: str, parts: list[Part], crc: int) -> StoredObject | None:
        try:
            answer = self._bucket.head_answer(key)
        except StorageError:
            return None
        return described(key, answer) if self._agrees(key, answer, parts, crc) else None

    def _proven(self, key: str, parts: list[Part], crc: int, etag: str) -> StoredObject:
        answer = self._bucket.head_answer(key)
        if answer["ETag"] != etag or self._agrees(key, answer, parts, crc):  # or it is replaced by now
            return described(key, answer)
        with self._bucket.asking(key):
            self._bucket.client.delete_object(**self._bucket.place(key))
        raise ObjectCorrupt(f"s3://{self._bucket.name}/{key} did not arrive as it was sent.", _AGAIN)

    def _agrees(self, key: str, answer: Any, parts: list[Part], crc: int) -> bool:
        """By the server's checksum; where it keeps none, by the parts' that were sent and its ETag, or by the bytes."""
        if answer["ContentLength"] != sum(part.size_bytes for part in parts):
            return False
        if whole_crc(answer) is not None:
            return whole_crc(answer) == crc
        etag = answer["ETag"].strip('"')
        if etag == _etag_of_parts(parts) and all(part.crc64nvme is not None for part in parts):
            return True
        return read_crc(self._bucket, key, etag) == crc


def _check(key: str, wanted: list[Part], there: Iterable[Part], crc: int) -> None:
    """Raise ObjectCorrupt where what is wanted is not what S3 has, or not the whole."""
    if not wanted or [part.number for part in wanted] != sorted({part.number for part in wanted}):
        raise ObjectCorrupt(f"The parts of {key!r} are none, or not in order.", "Ask which parts there are.")
    held = {part.number: (part.size_bytes, part.etag) for part in there}
    for part in wanted:
        if held.get(part.number) != (part.size_bytes, part.etag):
            raise ObjectCorrupt(f"Part {part.number} of {key!r} is not the one that was sent.", _AGAIN)
    known = [(part.crc64nvme, part.size_bytes) for part in wanted if part.crc64nvme is not None]
    if len(known) == len(wanted) and combined(known) != crc:
        raise ObjectCorrupt(f"The parts of {key!r} do not add up to its checksum.", "Compare it, and send again.")


def _told(part: Part) -> dict[str, Any]:
    crc = {} if part.crc64nvme is None else {"ChecksumCRC64NVME": crc_text(part.crc64nvme)}
    return {"PartNumber": part.number, "ETag": f'"{part.etag}"', **crc}


def _is_md5(etag: str, content: bytes) -> bool:
    return etag == hashlib.md5(content, usedforsecurity=False).hexdigest()


def _etag_of_parts(parts: list[Part]) -> str:
    """What S3 calls an object of these parts, where theirs are MD5s."""
    try:
        digests = b"".join(bytes.fromhex(part.etag) for part in parts)
    except ValueError:
        return ""
    return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
