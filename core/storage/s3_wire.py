"""S3 wire: the few requests that are made of every object, without all that a client library does around them.

What a bucket's client would send is signed here in a twentieth of the time. Whatever is not plainly an answer is left
to the library, which knows of other regions, of waiting, and of what else there is to try.
"""

import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

import urllib3
from botocore.compat import get_current_datetime
from botocore.exceptions import ClientError
from botocore.httpsession import get_cert_path
from botocore.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from core.storage.s3_client import CONNECTIONS, connect_seconds, read_seconds

UNSIGNED = "UNSIGNED-PAYLOAD"
#: What is as the library would tell it; of all else it may know a way out.
_FINAL = (
    "BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "IncompleteBody",
    "AccessDenied", "ExpiredToken", "InvalidToken", "PreconditionFailed", "NoSuchUpload",
)  # fmt: skip
_NOTHING = hashlib.sha256(b"").hexdigest()
_USER = "x-amz-meta-"
#: Headers of an answer, by what the library calls them.
_TOLD = {
    "ContentType": "content-type",
    "CacheControl": "cache-control",
    "StorageClass": "x-amz-storage-class",
    "ChecksumCRC64NVME": "x-amz-checksum-crc64nvme",
    "Restore": "x-amz-restore",
    "ETag": "etag",
}
#: Headers of a request, by what the library calls them.
_ASKED = {
    "ContentType": "Content-Type",
    "CacheControl": "Cache-Control",
    "StorageClass": "x-amz-storage-class",
    "ChecksumCRC64NVME": "x-amz-checksum-crc64nvme",
    "IfNoneMatch": "If-None-Match",
}


class Wire:
    """One bucket's; for any number of threads."""

    def __init__(self, client: Any, credentials: Any, bucket: str) -> None:
        self._credentials, self._region = credentials, client.meta.region_name
        self._place = _place(client, bucket)

    def head(self, key: str) -> Any:
        """What HeadObject answers: 404 where there is nothing, None where the library has to be asked."""
        answer = self._ask("HEAD", key, {"x-amz-checksum-mode": "ENABLED"})
        if answer is None or answer.status not in (200, 404):
            return None
        return 404 if answer.status == 404 else _described(answer.headers)

    def put(self, key: str, content: Any, sha256: str, told: Mapping[str, Any], query: Mapping[str, str]) -> Any:
        """What PutObject or UploadPart answers; None where the library has to be asked.

        Raises ClientError, as the library does, where it is refused for good.
        """
        headers = {_ASKED[name]: value for name, value in told.items() if name in _ASKED}
        headers |= {f"{_USER}{name}": value for name, value in told.get("Metadata", {}).items()}
        answer = self._ask("PUT", key, headers, content, sha256 or UNSIGNED, query)
        if answer is not None and (code := _code(answer)) in _FINAL:
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "PutObject")
        return _described(answer.headers) if answer is not None and answer.status == 200 else None

    def checks_payloads(self, key: str) -> bool:
        """Whether the server refuses bytes that are not those of the signature; what it takes stays at the key."""
        answer = self._ask("PUT", key, {}, b"one", hashlib.sha256(b"another").hexdigest())
        return answer is not None and answer.status == 400

    def _ask(
        self,
        method: str,
        key: str,
        told: Mapping[str, str],
        content: Any = None,
        sha256: str = _NOTHING,
        query: Mapping[str, str] | None = None,
    ) -> urllib3.BaseHTTPResponse | None:
        if self._credentials is None or self._http is None:
            return None
        path = f"{urlsplit(self._place).path}{quote(key, safe='/~')}"
        asked = "&".join(f"{name}={quote(value, safe='~')}" for name, value in sorted((query or {}).items()))
        headers = self._signed(method, path, asked, told, sha256)
        address = f"{self._place}{quote(key, safe='/~')}{'?' if asked else ''}{asked}"
        try:
            return self._http.request(method, address, body=content, headers=headers, retries=False, redirect=False)
        except HTTPError:
            return None

    @cached_property
    def _http(self) -> urllib3.PoolManager | None:
        """None where a proxy is between: the library knows how to speak to those."""
        if get_environ_proxies(self._place):
            return None
        trusted = os.environ.get("AWS_CA_BUNDLE") or get_cert_path(True)
        timeout = urllib3.Timeout(connect=connect_seconds(), read=read_seconds())
        return urllib3.PoolManager(maxsize=CONNECTIONS, timeout=timeout, cert_reqs="CERT_REQUIRED", ca_certs=trusted)

    def _signed(self, method: str, path: str, query: str, told: Mapping[str, str], sha256: str) -> dict[str, str]:
        """The headers, with AWS's signature of them (version 4)."""
        keys = self._credentials.get_frozen_credentials()
        at = get_current_datetime().strftime("%Y%m%dT%H%M%SZ")
        token = {"x-amz-security-token": keys.token} if keys.token else {}
        headers = {
            **told,
            **token,
            "Host": urlsplit(self._place).netloc,
            "x-amz-date": at,
            "x-amz-content-sha256": sha256,
        }
        signed = sorted((name.lower(), " ".join(value.split())) for name, value in headers.items())
        names, lines = ";".join(name for name, _ in signed), "".join(f"{name}:{value}\n" for name, value in signed)
        request = hashlib.sha256(f"{method}\n{path}\n{query}\n{lines}\n{names}\n{sha256}".encode()).hexdigest()
        scope = f"{at[:8]}/{self._region}/s3/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{request}".encode()
        signature = hmac.digest(_signing_key(keys.secret_key, at[:8], self._region), text, "sha256").hex()
        claim = f"Credential={keys.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        return {**headers, "Authorization": f"AWS4-HMAC-SHA256 {claim}"}


def _code(answer: urllib3.BaseHTTPResponse) -> str:
    """What an answer says is wrong; empty where nothing is."""
    found = re.search(rb"<Code>(\w+)</Code>", answer.data) if answer.status in (400, 403, 404, 412) else None
    return found[1].decode() if found else ""


@lru_cache(maxsize=8)
def _signing_key(secret: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for text in (day, region, "s3", "aws4_request"):
        key = hmac.digest(key, text.encode(), "sha256")
    return key


def _place(client: Any, bucket: str) -> str:
    """The address that keys are put behind, as the library would ask for them."""
    signed: str = client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "x"})
    return signed.partition("?")[0].removesuffix("x")


def _described(headers: Mapping[str, str]) -> dict[str, Any]:
    """An answer as the library would tell it."""
    told: dict[str, Any] = {name: headers[header] for name, header in _TOLD.items() if header in headers}
    told["ContentLength"] = int(headers.get("content-length", 0))
    if modified := headers.get("last-modified", headers.get("date", "")):  # what was just written is of now
        told["LastModified"] = parsedate_to_datetime(modified)
    told["Metadata"] = {
        name.lower().removeprefix(_USER): value for name, value in headers.items() if name.lower().startswith(_USER)
    }
    return told
