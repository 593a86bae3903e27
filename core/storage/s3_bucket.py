"""S3 bucket: one bucket with its client, and how S3 writes what we keep with an object."""

import base64
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from email.header import Header, decode_header, make_header
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from core.errors import ObjectExists, ObjectNotFound
from core.settings import Settings
from core.storage.provider import Attributes, StorageClass, StoredObject
from core.storage.s3_client import s3_client
from core.storage.s3_errors import Asked, asking

#: In an object's metadata: which writing it comes from, so that a lost answer can be told from somebody else's object.
WRITE_ID = "phyght-write"
#: What a server answers that does not know a storage class.
NO_SUCH_CLASS = "InvalidStorageClass"
_STANDARD = {"StorageClass": str(StorageClass.STANDARD)}


@dataclass
class S3Bucket:
    """A bucket, and the account it is reached with."""

    name: str
    region: str
    settings: Settings
    has_classes: bool = True  #: False once the server has said that it knows STANDARD only, as many that speak S3 do
    keeps_crc: bool = True  #: False once the server had none of what we had written with one

    @cached_property
    def client(self) -> Any:
        return s3_client(self.settings, self.region)

    def place(self, key: str) -> dict[str, str]:
        """Names the object in a call."""
        return {"Bucket": self.name, "Key": key}

    def asking(self, key: str = "") -> AbstractContextManager[None]:
        """Raise what goes wrong within the block as a StorageError about that key."""
        return asking(Asked(self.name, key))

    def writing(self, write: Callable[..., Any], **told: Any) -> Any:
        """What a call answers that gives an object its class: the one that is told, where the server has classes."""
        try:
            return write(**told if self.has_classes else told | _STANDARD)
        except ClientError as error:
            if error.response["Error"]["Code"] != NO_SUCH_CLASS or not self.has_classes:
                raise
            self.has_classes = False
            return write(**told | _STANDARD)

    def as_head(self, answer: Any, told: Mapping[str, Any], size_bytes: int) -> dict[str, Any]:
        """What HeadObject would answer of what was just written with that, by what the writing was answered."""
        at = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        return {
            **told,
            **({} if self.has_classes else _STANDARD),
            **answer,
            "ContentLength": size_bytes,
            "LastModified": at,
        }

    def head_answer(self, key: str, etag: str = "") -> Any:
        """All that S3 says of an object. Raises ObjectNotFound, ObjectChanged where its etag is another one."""
        with self.asking(key):
            return self.client.head_object(**self.place(key), ChecksumMode="ENABLED", **if_match(etag))

    def require_absent(self, key: str) -> None:
        """Raise ObjectExists where something is at the key."""
        try:
            self.head_answer(key)
        except ObjectNotFound:
            return
        raise self.exists(key)

    def exists(self, key: str) -> ObjectExists:
        return ObjectExists(f"There is an object at s3://{self.name}/{key} already.", "Choose another key.")


def if_match(etag: str) -> dict[str, str]:
    """The parameter that demands this very object."""
    return {"IfMatch": f'"{etag}"'} if etag else {}


def kept(attributes: Attributes) -> dict[str, Any]:
    """The parameters that give an object its attributes."""
    cache = {"CacheControl": attributes.cache_control} if attributes.cache_control else {}
    return {
        "ContentType": attributes.content_type,
        "StorageClass": str(attributes.storage_class),
        "Metadata": {name: _as_ascii(value) for name, value in attributes.metadata.items()},
        **cache,
    }


def described(key: str, answer: Mapping[str, Any]) -> StoredObject:
    """An object from what HeadObject or GetObject answers."""
    metadata = {name: _as_text(value) for name, value in answer.get("Metadata", {}).items() if name != WRITE_ID}
    return StoredObject(
        key,
        answer["ContentLength"],
        answer["ETag"].strip('"'),
        answer["LastModified"],
        answer.get("ContentType", ""),
        answer.get("CacheControl", ""),
        storage_class(answer),
        whole_crc(answer),
        metadata,
        restored_until(answer),
    )


def restored_until(answer: Mapping[str, Any]) -> datetime | None:
    """Until when what is archived can be read; None where it cannot, or is being restored."""
    until = re.search(r'expiry-date="([^"]+)"', answer.get("Restore", ""))
    return parsedate_to_datetime(until[1]) if until else None


def storage_class(answer: Mapping[str, Any]) -> StorageClass:
    """S3 says nothing of STANDARD; classes that are not ours are as good as it."""
    name = answer.get("StorageClass") or StorageClass.STANDARD
    return StorageClass(name) if name in list(StorageClass) else StorageClass.STANDARD


def whole_crc(answer: Mapping[str, Any]) -> int | None:
    """The CRC64NVME in an answer; None where the server keeps none."""
    text = answer.get("ChecksumCRC64NVME")
    return int.from_bytes(base64.b64decode(text), "big") if text else None


def crc_text(crc64nvme: int) -> str:
    """A CRC64NVME as S3's headers write it."""
    return base64.b64encode(crc64nvme.to_bytes(8, "big")).decode()


def _as_ascii(value: str) -> str:
    """As S3's own console writes what is not ASCII (RFC 2047)."""
    return value if value.isascii() else Header(value, "utf-8", maxlinelen=2**31).encode()


def _as_text(value: str) -> str:
    return str(make_header(decode_header(value))) if value.startswith("=?") else value
