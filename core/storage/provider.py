"""Provider: what a place for objects must be able to do, and what it may be able to do besides.

What every provider does is StorageProvider. Each further ability is a Protocol of its own, asked for with isinstance:

    Multipart          objects sent in parts, in any order, with resumption
    PresignedParts     parts that a browser may send by itself
    StreamedParts      parts that are taken as they come in, without being held in memory
    ResumableUploads   objects sent from start to end, by a browser too, going on where they were cut off (TUS)
    HeadLinks          addresses to look at an object with HEAD, where those to read it are for GET alone
    Tiered             objects may change their storage class, and come back from an archive for some days
    LifecycleRules     the provider itself moves and removes objects by their age

core.storage.abilities has those that change what lies there already: Tagged, CacheControlled, Versioned.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from core.storage.lifecycle import LifecycleRule
from core.units import KIB

#: Classes with fees of their own bill what is smaller as if it were as large.
SMALLEST_BILLED_BYTES = 128 * KIB


class StorageClass(StrEnum):
    """Where in S3 an object lies; a provider without classes has STANDARD only."""

    STANDARD = "STANDARD"
    INTELLIGENT_TIERING = "INTELLIGENT_TIERING"
    STANDARD_IA = "STANDARD_IA"
    ONEZONE_IA = "ONEZONE_IA"
    GLACIER_IR = "GLACIER_IR"
    GLACIER = "GLACIER"
    DEEP_ARCHIVE = "DEEP_ARCHIVE"

    @property
    def instant(self) -> bool:
        """Whether an object in it can be read at once; the others have to be restored first, which takes hours."""
        return self not in (StorageClass.GLACIER, StorageClass.DEEP_ARCHIVE)

    @property
    def may_be_left(self) -> bool:
        """Whether objects may leave it at any time without a fee; in others they are billed for 30 to 180 days."""
        return self in (StorageClass.STANDARD, StorageClass.INTELLIGENT_TIERING)

    def fit_for(self, size_bytes: int) -> "StorageClass":
        """This class, or STANDARD for what is so small that it would be billed as larger than it is."""
        return self if self.may_be_left or size_bytes >= SMALLEST_BILLED_BYTES else StorageClass.STANDARD


@dataclass(frozen=True)
class StoredObject:
    """What a provider says of an object."""

    key: str
    size_bytes: int
    etag: str  #: without quotes; another one is another object, and it proves nothing else
    modified_at: datetime
    content_type: str = ""  #: empty where only listed
    cache_control: str = ""  #: empty where only listed
    storage_class: StorageClass = StorageClass.STANDARD
    crc64nvme: int | None = None  #: of the whole object; None where the provider keeps none, or only listed
    metadata: Mapping[str, str] = field(default_factory=dict)  #: the user's own; empty where only listed
    restored_until: datetime | None = None  #: what is archived can be read until then; None: it cannot, or only listed


@dataclass(frozen=True)
class Attributes:
    """What is kept with an object."""

    content_type: str
    cache_control: str = ""
    storage_class: StorageClass = StorageClass.STANDARD
    metadata: Mapping[str, str] = field(default_factory=dict)


class StorageProvider(Protocol):
    """One bucket at one provider. Every method raises StorageError, in words; see core.errors."""

    @property
    def name(self) -> str:
        """What it is called in this installation, for good: `s3`, `s3-eu`, `supabase`, `local`."""
        ...

    @property
    def bucket(self) -> str: ...

    @property
    def region(self) -> str: ...

    @property
    def residency(self) -> str:
        """The jurisdiction whose data may lie here, like `EU`; empty where none is promised."""
        ...

    def check(self) -> None:
        """Return when the bucket can be listed with the configured key; otherwise raise what is wrong and its cure."""
        ...

    def head(self, key: str) -> StoredObject:
        """What is at the key. Raises ObjectNotFound."""
        ...

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """All objects whose keys begin so, in order of their keys' UTF-8 bytes; never a part of them."""
        ...

    def read(self, key: str, start: int = 0, end: int | None = None, etag: str = "") -> Iterator[bytes]:
        """The bytes from start up to, and without, end; in chunks.

        Raises ObjectNotFound, and ObjectChanged where an etag is given and the object has another one by now.
        """
        ...

    def write(self, key: str, chunks: Iterable[bytes], attributes: Attributes, if_absent: bool = False) -> StoredObject:
        """Put an object there whole, or not at all. Raises ObjectExists where it must be absent and is not."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is removed already. Raises StorageDenied where it stays."""
        ...

    def url(self, key: str, expires_in_s: int) -> str:
        """An address at which anybody can GET the object, in ranges too, until it expires; see HeadLinks."""
        ...


@dataclass(frozen=True)
class PartLimits:
    """What parts may be."""

    smallest_bytes: int  #: but for the last one
    largest_bytes: int
    most: int


@dataclass(frozen=True)
class Part:
    """A part that the provider has."""

    number: int  #: from 1
    size_bytes: int
    etag: str
    crc64nvme: int | None  #: None where the provider tells none


@dataclass(frozen=True)
class UnfinishedUpload:
    """A multipart upload that was neither completed nor aborted; its parts are billed."""

    key: str
    upload_id: str
    started_at: datetime


@dataclass(frozen=True)
class SignedRequest:
    """A request that whoever has it may send until it expires: to be sent exactly so."""

    method: str
    url: str
    headers: Mapping[str, str]
    expires_at: datetime


@runtime_checkable
class Multipart(StorageProvider, Protocol):
    """Objects sent in parts, in any order, that survive whoever sent them."""

    @property
    def part_limits(self) -> PartLimits: ...

    def start_upload(self, key: str, attributes: Attributes) -> str:
        """The id of a new upload, whose checksum will be CRC64NVME of the full object."""
        ...

    def write_part(self, key: str, upload_id: str, number: int, content: bytes) -> Part:
        """Send one part with its checksum; sent again, it takes the place of the first. Raises UploadNotFound."""
        ...

    def parts(self, key: str, upload_id: str) -> tuple[Part, ...]:
        """The parts that are there, by number. Raises UploadNotFound."""
        ...

    def complete_upload(
        self, key: str, upload_id: str, parts: Iterable[Part], crc64nvme: int, if_absent: bool = False
    ) -> StoredObject:
        """Make the parts one object with this checksum.

        Raises ObjectExists where it must be absent and is not, UploadNotFound, and ObjectCorrupt where the checksum
        or the parts do not agree.
        """
        ...

    def abort_upload(self, key: str, upload_id: str) -> None:
        """Forget the upload and remove its parts; one that is not there is aborted already."""
        ...

    def unfinished_uploads(self, prefix: str = "") -> Iterator[UnfinishedUpload]:
        """Every upload below the prefix that was neither completed nor aborted."""
        ...


@runtime_checkable
class PresignedParts(Multipart, Protocol):
    """Parts that a browser sends without our key, straight to the provider or to our own route."""

    def sign_part(
        self, key: str, upload_id: str, number: int, size_bytes: int, crc64nvme: int, expires_in_s: int
    ) -> SignedRequest:
        """The request that sends this very part and no other."""
        ...


@runtime_checkable
class StreamedParts(Multipart, Protocol):
    """Parts that are taken as they come in."""

    def receive_part(self, key: str, upload_id: str, number: int, chunks: Iterable[bytes], crc: int) -> Part:
        """Keep a part with this checksum. Raises UploadNotFound, and ObjectCorrupt where it has another one."""
        ...


@runtime_checkable
class ResumableUploads(StorageProvider, Protocol):
    """Objects sent from start to end in chunks; what was received stays when the connection breaks (TUS)."""

    @property
    def chunk_bytes(self) -> int:
        """The size of every chunk but the last."""
        ...

    def start_resumable(self, key: str, size_bytes: int, attributes: Attributes, expires_in_s: int) -> SignedRequest:
        """Where chunks are to be sent, and with which headers; the address names the upload from now on."""
        ...

    def received_bytes(self, address: str) -> int:
        """How much of it has arrived. Raises UploadNotFound."""
        ...

    def renew_resumable(self, key: str, address: str, expires_in_s: int) -> SignedRequest:
        """The same upload with a fresh signature, for those that take longer than a signature lasts."""
        ...

    def abort_resumable(self, address: str) -> None:
        """Forget the upload and what was received; one that is not there is aborted already."""
        ...


@runtime_checkable
class HeadLinks(StorageProvider, Protocol):
    """What its signatures cover includes the method."""

    def head_url(self, key: str, expires_in_s: int) -> str:
        """An address at which anybody can HEAD the object until it expires."""
        ...


@runtime_checkable
class Tiered(StorageProvider, Protocol):
    """Objects may change their storage class, and come back from an archive for some days."""

    def set_storage_class(self, key: str, storage_class: StorageClass) -> StoredObject:
        """Move an object that can be read at once; metadata and checksum stay with it."""
        ...

    def restore(self, key: str, days: int) -> StoredObject:
        """Have what is archived made readable for so many days, which may take 12 hours; asked again, nothing more.

        What can be read at once stays as it is. Raises ObjectNotFound.
        """
        ...


@runtime_checkable
class LifecycleRules(StorageProvider, Protocol):
    """The provider moves and removes objects by their age."""

    def lifecycle_rules(self) -> tuple[LifecycleRule, ...]: ...

    def set_lifecycle_rules(self, rules: Iterable[LifecycleRule]) -> None:
        """Put these rules in the place of all that are there."""
        ...
