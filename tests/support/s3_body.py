"""S3 body: whether a request's bytes are the ones that its headers and trailers promise."""

import base64
import hashlib
import zlib
from collections.abc import Callable, Mapping

from awscrt import checksums

from tests.support.sigv4 import TRAILER, UNSIGNED, Refused, Request

#: Each checksum that S3 knows: its header's name, and how it is worked out.
CHECKSUMS: dict[str, Callable[[bytes], bytes]] = {
    "crc32": lambda data: zlib.crc32(data).to_bytes(4, "big"),
    "crc32c": lambda data: checksums.crc32c(data).to_bytes(4, "big"),
    "crc64nvme": lambda data: checksums.crc64nvme(data).to_bytes(8, "big"),
    "sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    "sha256": lambda data: hashlib.sha256(data).digest(),
}


def checksum(algorithm: str, data: bytes) -> str:
    """A checksum as S3's headers write it."""
    return base64.b64encode(CHECKSUMS[algorithm](data)).decode()


def checked_body(request: Request) -> tuple[bytes, dict[str, str]]:
    """The object's bytes, and the checksums that were stated of them.

    Raises Refused, with S3's own code, when a length, digest or checksum does not agree.
    """
    payload = request.headers.get("x-amz-content-sha256", UNSIGNED)
    stated, body = _stated(request.headers), request.body
    if payload == TRAILER:
        body, trailer = _unchunked(request)
        stated |= _stated(trailer)
    elif payload.startswith("STREAMING-"):
        raise Refused(501, "NotImplemented", f"{payload} is not understood here.")
    elif payload != UNSIGNED and payload != hashlib.sha256(body).hexdigest():
        raise Refused(400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match.")
    md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    if request.headers.get("content-md5", md5) != md5:
        raise Refused(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
    for algorithm, value in stated.items():
        if value != checksum(algorithm, body):
            raise Refused(400, "BadDigest", f"The {algorithm.upper()} you specified did not match what we received.")
    return body, stated


def _stated(headers: Mapping[str, str]) -> dict[str, str]:
    named = ((name, headers.get(f"x-amz-checksum-{name}")) for name in CHECKSUMS)
    return {name: value for name, value in named if value}


def _unchunked(request: Request) -> tuple[bytes, dict[str, str]]:
    """The content and trailer of an aws-chunked body."""
    content, rest = b"", request.body
    while True:
        size, _, rest = rest.partition(b"\r\n")
        if not (length := _length(size)):
            break
        if rest[length : length + 2] != b"\r\n":
            raise Refused(400, "IncompleteBody", "A chunk is shorter than it says.")
        content, rest = content + rest[:length], rest[length + 2 :]
    if len(content) != int(request.headers.get("x-amz-decoded-content-length", "-1")):
        raise Refused(400, "IncompleteBody", "The body is not as long as x-amz-decoded-content-length says.")
    lines = (line.partition(":") for line in rest.decode("ascii").split("\r\n") if line)
    return content, {name.strip().lower(): value.strip() for name, _, value in lines}


def _length(size: bytes) -> int:
    try:
        return int(size.partition(b";")[0], 16)
    except ValueError as error:
        raise Refused(400, "IncompleteBody", "A chunk does not begin with its length.") from error
