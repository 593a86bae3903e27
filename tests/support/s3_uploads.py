"""S3 uploads: what S3 checks of multipart uploads and copies and moto does not: sizes, checksums, conditions."""

import base64
import re
from dataclasses import dataclass, field

from awscrt import checksums

from tests.support.s3_body import checksum
from tests.support.sigv4 import Refused, Request

FULL_OBJECT = {"x-amz-checksum-type": "FULL_OBJECT"}
NO_UPLOAD = Refused(404, "NoSuchUpload", "The specified upload does not exist.")
_CRC = "x-amz-checksum-crc64nvme"


@dataclass
class Upload:
    """An upload that was neither completed nor aborted."""

    algorithm: str  #: of its checksum, in lower case; empty where none was asked for
    parts: dict[int, tuple[int, str]] = field(
        default_factory=dict
    )  #: by number: size, and CRC64NVME as headers have it


class Uploads:
    """The unfinished uploads of the bucket, by id."""

    def __init__(self) -> None:
        self.open: dict[str, Upload] = {}

    def begun(self, request: Request, answer: bytes) -> None:
        algorithm = request.headers.get("x-amz-checksum-algorithm", "").lower()
        if algorithm == "crc64nvme" and request.headers.get("x-amz-checksum-type", "FULL_OBJECT") != "FULL_OBJECT":
            raise Refused(400, "InvalidRequest", "The COMPOSITE type cannot be used with the CRC64NVME algorithm.")
        id = re.search(rb"<UploadId>(.+?)</UploadId>", answer)
        assert id
        self.open[id[1].decode()] = Upload(algorithm)

    def require(self, request: Request) -> Upload:
        upload = self.open.get(request.parameters["uploadId"])
        if upload is None:
            raise NO_UPLOAD
        return upload

    def received(self, request: Request, content: bytes, stated: dict[str, str]) -> None:
        upload = self.require(request)
        if upload.algorithm and set(stated) - {upload.algorithm}:
            raise Refused(400, "InvalidRequest", f"Checksum Type mismatch occurred, expected {upload.algorithm}.")
        number = int(request.parameters["partNumber"])
        upload.parts[number] = (len(content), checksum("crc64nvme", content))

    def check_completion(self, request: Request) -> dict[str, str]:
        """The checksum headers of the object that comes of it."""
        upload = self.require(request)
        listed = re.findall(r"<Part>(.*?)</Part>", request.body.decode(), re.DOTALL)
        parts = [self._part(upload, each) for each in listed]
        size = request.headers.get("x-amz-mp-object-size")
        if size is not None and parts and int(size) != sum(size for size, _ in parts):
            raise Refused(400, "InvalidRequest", "The sizes of the parts do not add up to the object's.")
        whole = 0
        for part_size, crc in parts:
            whole = checksums.combine_crc64nvme(whole, _number(crc), part_size)
        text = _text(whole)
        if request.headers.get(_CRC, text) != text:
            raise Refused(400, "BadDigest", "The CRC64NVME you specified did not match the calculated checksum.")
        return {_CRC: text, **FULL_OBJECT} if upload.algorithm == "crc64nvme" else {}

    @staticmethod
    def _part(upload: Upload, told: str) -> tuple[int, str]:
        number = re.search(r"<PartNumber>(\d+)</PartNumber>", told)
        crc = re.search(r"<ChecksumCRC64NVME>(.+?)</ChecksumCRC64NVME>", told)
        assert number
        part = upload.parts.get(int(number[1]))
        if part is None or (crc and crc[1] != part[1]):
            raise Refused(400, "InvalidPart", "One or more of the specified parts could not be found.")
        return part

    def listed(self, request: Request, answer: bytes) -> bytes:
        """The answer of ListParts with the parts' checksums in it."""
        upload = self.require(request)
        if not upload.algorithm:
            return answer

        def with_checksum(found: re.Match[bytes]) -> bytes:
            crc = upload.parts[int(found[1])][1]
            return found[0] + f"<ChecksumCRC64NVME>{crc}</ChecksumCRC64NVME>".encode()

        return re.sub(rb"<PartNumber>(\d+)</PartNumber>", with_checksum, answer)

    def forget(self, request: Request) -> None:
        self.open.pop(request.parameters["uploadId"], None)


def require_same(condition: str | None, etag: str | None) -> None:
    """If-Match: the object is that very one."""
    if condition and condition.strip('"') != (etag or "").strip('"'):
        raise Refused(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold.")


def _number(text: str) -> int:
    return int.from_bytes(base64.b64decode(text), "big")


def _text(crc: int) -> str:
    return base64.b64encode(crc.to_bytes(8, "big")).decode()
