"""S3 source: exports below s3://bucket/prefix, downloaded and compared before they are read."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from core.errors import (
    DeliveryRefused,
    ObjectArchived,
    ObjectChanged,
    ObjectCorrupt,
    ObjectNotFound,
    SettingsError,
    SourceError,
    SourceUnreachable,
    StorageUnreachable,
)
from core.settings import Settings
from core.sources.source import Entry, check_small
from core.storage.s3_client import s3_client
from core.storage.s3_errors import Asked, diagnose
from core.units import MIB

_CHUNK = 1 * MIB
_REPLACED = "was replaced or removed while it was read"
#: What is about one object's state, and passes with its next delivery.
_REFUSALS = {
    ObjectNotFound: (_REPLACED, "Run the ingestion again."),
    ObjectChanged: (_REPLACED, "Run the ingestion again."),
    ObjectCorrupt: ("does not agree with its checksum in S3", "Run the ingestion again."),
    ObjectArchived: ("is archived", "Restore it from Glacier, then run the ingestion again."),
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
            raise _explained(Asked(self.bucket), error) from error
        return listed

    def read(self, entry: Entry) -> bytes:
        check_small(entry)
        with TemporaryDirectory() as folder:
            self.fetch(entry, Path(folder) / "file")
            return (Path(folder) / "file").read_bytes()

    def head(self, entry: Entry, size: int) -> bytes:
        if not entry.size:
            return b""  # of nothing S3 gives no range
        try:
            answer = self._client.get_object(
                Bucket=self.bucket,
                Key=self._folder + entry.path,
                IfMatch=f'"{entry.etag}"',
                Range=f"bytes=0-{size - 1}",
            )
            return answer["Body"].read()
        except (ClientError, BotoCoreError) as error:
            raise _explained(Asked(self.bucket, self._folder + entry.path), error) from error

    def fingerprint(self, entry: Entry) -> str:
        return entry.etag or ""

    def fetch(self, entry: Entry, target: Path) -> None:
        try:
            self._download(entry, target)
        except (ClientError, BotoCoreError) as error:
            raise _explained(Asked(self.bucket, self._folder + entry.path), error) from error

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
        return _client_of(self.settings)


def _client_of(settings: Settings) -> Any:
    try:
        return s3_client(settings)
    except StorageUnreachable as error:
        raise SourceUnreachable(error.message, error.advice) from error


def _explained(asked: Asked, error: ClientError | BotoCoreError) -> SourceError:
    """DeliveryRefused where it is about one object's state, else SourceUnreachable."""
    found = diagnose(asked, error)
    if found.kind in _REFUSALS:
        sentence, cure = _REFUSALS[found.kind]
        return DeliveryRefused(f"{asked.place} {sentence}.", cure)
    return SourceUnreachable(f"{asked.place} cannot be read: {found.detail}.", found.cure)


def _etag_is_md5(answer: Any) -> bool:
    """Not where it was uploaded in parts, or is encrypted with a key of its own."""
    encrypted = answer.get("ServerSideEncryption", "AES256") != "AES256" or answer.get("SSECustomerAlgorithm")
    return len(answer["ETag"].strip('"')) == 32 and not encrypted
