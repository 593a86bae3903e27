"""S3 source: exports below s3://bucket/prefix, downloaded and compared before they are read."""

import base64
import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from awscrt import checksums
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from core.billing.source import Entry
from core.errors import DeliveryRefused, SettingsError, SourceError, SourceUnreachable
from core.settings import Settings
from core.units import MIB

_CHUNK = 1 * MIB
_CURES = {
    "NoSuchBucket": "Check the bucket's name.",
    "AccessDenied": "Allow s3:ListBucket on the bucket and s3:GetObject on its objects.",
    "403": "Allow s3:ListBucket on the bucket and s3:GetObject on its objects.",
    "InvalidAccessKeyId": "Check AWS_ACCESS_KEY_ID.",
    "SignatureDoesNotMatch": "Check AWS_SECRET_ACCESS_KEY.",
    "ExpiredToken": "The temporary keys have expired: sign in to AWS again.",
    "InvalidToken": "Check AWS_SESSION_TOKEN.",
    "PermanentRedirect": "The bucket is in another region: set AWS_REGION to it.",
    "AuthorizationHeaderMalformed": "The bucket is in another region: set AWS_REGION to it.",
}


def open_prefix(address: str, settings: Settings) -> "S3Prefix":
    """The prefix at `s3://bucket/prefix`, read with the configured AWS account."""
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    if not bucket:
        raise SettingsError(f"{address} names no bucket.", "Write s3://bucket/prefix.")
    return S3Prefix(address, bucket, prefix.strip("/"), settings)


@dataclass
class S3Prefix:
    """A prefix of one bucket."""

    address: str
    bucket: str
    prefix: str
    settings: Settings

    def entries(self) -> list[Entry]:
        pages = self._client.get_paginator("list_objects_v2")
        listed: list[Entry] = []
        try:
            for page in pages.paginate(Bucket=self.bucket, Prefix=self._folder):
                listed += [self._entry(item) for item in page.get("Contents", []) if not item["Key"].endswith("/")]
        except (ClientError, BotoCoreError) as error:
            raise self._unreachable(error) from error
        return listed

    def read(self, entry: Entry) -> bytes:
        with TemporaryDirectory() as folder:
            self.fetch(entry, Path(folder) / "file")
            return (Path(folder) / "file").read_bytes()

    def fingerprint(self, entry: Entry) -> str:
        return entry.etag or ""

    def fetch(self, entry: Entry, target: Path) -> None:
        try:
            self._download(entry, target)
        except (ClientError, BotoCoreError) as error:
            raise self._unreachable(error) from error

    def _download(self, entry: Entry, target: Path) -> None:
        answer = self._client.get_object(
            Bucket=self.bucket, Key=self._folder + entry.path, IfMatch=f'"{entry.etag}"', ChecksumMode="ENABLED"
        )
        checks = _checks(answer)
        size = 0
        with target.open("wb") as file:
            for chunk in answer["Body"].iter_chunks(_CHUNK):
                size += file.write(chunk)
                for check in checks:
                    check.update(chunk)
        if size != entry.size:
            raise DeliveryRefused(f"{entry.path} came with {size} of {entry.size} bytes.", "Run the ingestion again.")
        wrong = [check.name for check in checks if not check.agrees()]
        if wrong:
            raise DeliveryRefused(
                f"{entry.path} does not agree with its {wrong[0]} checksum in S3.", "Run the ingestion again."
            )

    def _entry(self, item: Any) -> Entry:
        path = item["Key"].removeprefix(self._folder)
        return Entry(path, item["Size"], item["LastModified"], item["ETag"].strip('"'))

    @property
    def _folder(self) -> str:
        return f"{self.prefix}/" if self.prefix else ""

    @cached_property
    def _client(self) -> Any:
        return s3_client(self.settings)

    def _unreachable(self, error: Exception) -> SourceError:
        return unreachable(f"s3://{self.bucket}", error)


def s3_client(settings: Settings) -> Any:
    """A boto3 S3 client for the configured account; the machine's own role where no key is set."""
    secret, token = settings.aws_secret_access_key, settings.aws_session_token
    try:
        session = boto3.Session(
            aws_access_key_id=settings.aws_access_key_id,
            aws_secret_access_key=secret.get_secret_value() if secret else None,
            aws_session_token=token.get_secret_value() if token else None,
            profile_name=settings.aws_profile,
            region_name=settings.aws_region,
        )
        config = Config(
            retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10, read_timeout=60,
            response_checksum_validation="when_required",
        )  # fmt: skip
        return session.client("s3", endpoint_url=settings.aws_endpoint_url, config=config)
    except (BotoCoreError, ValueError) as error:
        raise SourceUnreachable(f"AWS cannot be used: {error}.", "Check the AWS_ variables in .env.") from error


def unreachable(place: str, error: Exception) -> SourceUnreachable:
    """What AWS's or the network's error means for a person."""
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "unknown")
        return SourceUnreachable(
            f"{place} cannot be read: {code}.", _CURES.get(code, "See what AWS says of that code.")
        )
    name = type(error).__name__
    if name in ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError"):
        return SourceUnreachable(
            f"{place} cannot be read: no AWS credentials.", "Set AWS_ACCESS_KEY_ID or AWS_PROFILE."
        )
    return SourceUnreachable(f"{place} cannot be reached: {name}.", "Check the network, and try again.")


class _Check:
    """A checksum that grows with the bytes, and what S3 says it is."""

    def __init__(self, name: str, update: Callable[[bytes], object], result: Callable[[], str], expected: str) -> None:
        self.name = name
        self.update = update
        self.agrees = lambda: result() == expected


def _checks(answer: Any) -> list[_Check]:
    """Every checksum of the whole object that S3 states; the ETag where it is an MD5."""
    checks: list[_Check] = []
    if answer.get("ChecksumType", "FULL_OBJECT") == "FULL_OBJECT":
        stated = [(name, answer.get(f"Checksum{name}")) for name in ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256")]
        checks = [_check(name, value) for name, value in stated if value and "-" not in value]
    etag = answer["ETag"].strip('"')
    encrypted = answer.get("ServerSideEncryption", "AES256") != "AES256" or answer.get("SSECustomerAlgorithm")
    if len(etag) == 32 and not encrypted:
        md5 = hashlib.md5(usedforsecurity=False)
        checks.append(_Check("MD5", md5.update, md5.hexdigest, etag))
    return checks


def _check(name: str, expected: str) -> _Check:
    if name.startswith("SHA"):
        digest = hashlib.new(name.lower(), usedforsecurity=False)
        return _Check(name, digest.update, lambda: base64.b64encode(digest.digest()).decode(), expected)
    crc = _Crc(
        *{"CRC32": (zlib.crc32, 4), "CRC32C": (checksums.crc32c, 4), "CRC64NVME": (checksums.crc64nvme, 8)}[name]
    )
    return _Check(name, crc.update, crc.text, expected)


class _Crc:
    def __init__(self, function: Callable[[bytes, int], int], width: int) -> None:
        self.function, self.width, self.value = function, width, 0

    def update(self, chunk: bytes) -> None:
        self.value = self.function(chunk, self.value)

    def text(self) -> str:
        return base64.b64encode(self.value.to_bytes(self.width, "big")).decode()
