"""S3 source: exports below s3://bucket/prefix, downloaded and compared before they are read."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from core.billing.s3_errors import Asked, explained
from core.billing.source import Entry, check_small
from core.errors import DeliveryRefused, SettingsError, SourceUnreachable
from core.settings import Settings
from core.units import MIB

_CHUNK = 1 * MIB
_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 10, 60, 5


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
            raise explained(Asked(self.bucket), error) from error
        return listed

    def read(self, entry: Entry) -> bytes:
        check_small(entry)
        with TemporaryDirectory() as folder:
            self.fetch(entry, Path(folder) / "file")
            return (Path(folder) / "file").read_bytes()

    def fingerprint(self, entry: Entry) -> str:
        return entry.etag or ""

    def fetch(self, entry: Entry, target: Path) -> None:
        try:
            self._download(entry, target)
        except (ClientError, BotoCoreError) as error:
            raise explained(Asked(self.bucket, self._folder + entry.path), error) from error

    def confirm(self, entry: Entry) -> None:
        """What was fetched is a copy: nothing can have happened to it."""

    def _download(self, entry: Entry, target: Path) -> None:
        # with the checksum mode on, botocore compares the checksum that S3 keeps of a whole object, of any algorithm
        answer = self._client.get_object(
            Bucket=self.bucket, Key=self._folder + entry.path, IfMatch=f'"{entry.etag}"', ChecksumMode="ENABLED"
        )
        size, md5 = 0, hashlib.md5(usedforsecurity=False)
        with target.open("wb") as file:
            for chunk in answer["Body"].iter_chunks(_CHUNK):
                size += file.write(chunk)
                md5.update(chunk)
        if size != entry.size:
            raise DeliveryRefused(f"{entry.path} came with {size} of {entry.size} bytes.", "Run the ingestion again.")
        if _etag_is_md5(answer) and md5.hexdigest() != entry.etag:
            raise DeliveryRefused(f"{entry.path} does not agree with its MD5 in S3.", "Run the ingestion again.")

    def _entry(self, item: Any) -> Entry:
        path = item["Key"].removeprefix(self._folder)
        return Entry(path, item["Size"], item["LastModified"], item["ETag"].strip('"'))

    @property
    def _folder(self) -> str:
        return f"{self.prefix}/" if self.prefix else ""

    @cached_property
    def _client(self) -> Any:
        return s3_client(self.settings)


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
            retries={"mode": "standard", "max_attempts": _ATTEMPTS},
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
        )
        return session.client("s3", endpoint_url=settings.aws_endpoint_url, config=config)
    except (BotoCoreError, ValueError) as error:
        raise SourceUnreachable(f"AWS cannot be used: {error}.", "Check the AWS_ variables in .env.") from error


def _etag_is_md5(answer: Any) -> bool:
    """Not where it was uploaded in parts, or is encrypted with a key of its own."""
    encrypted = answer.get("ServerSideEncryption", "AES256") != "AES256" or answer.get("SSECustomerAlgorithm")
    return len(answer["ETag"].strip('"')) == 32 and not encrypted
