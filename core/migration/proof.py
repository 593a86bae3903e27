"""Proof: whether what lies at the target is what lies at the source, byte for byte."""

import hashlib
import re
from typing import NamedTuple

from core.migration.journal import Whole
from core.storage.checksums import Tally
from core.storage.provider import StorageProvider, StoredObject
from core.units import KIB

#: An MD5, of the whole or of its parts' MD5s; equal ones are of equal bytes in equal parts.
_MD5 = re.compile(r"[0-9a-f]{32}(-\d+)?")
#: SHA-256 of ranges at the beginning and the end of an object, by these.
Ends = dict[tuple[int, int], str]
#: How long they are.
END_BYTES = 64 * KIB


def ends_of(size_bytes: int) -> list[tuple[int, int]]:
    """The first and the last bytes, as ranges without their ends; one range where they meet, none where none are."""
    if size_bytes <= 2 * END_BYTES:
        return [(0, size_bytes)] if size_bytes else []
    return [(0, END_BYTES), (size_bytes - END_BYTES, size_bytes)]


def ends_within(size_bytes: int, at: int, content: bytes) -> Ends:
    """The ends of an object that lie in these bytes of it whole."""
    within = [(start, end) for start, end in ends_of(size_bytes) if at <= start and end <= at + len(content)]
    return {(start, end): sha256(content[start - at : end - at]) for start, end in within}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Sums(NamedTuple):
    """What was learnt of bytes that passed."""

    size_bytes: int
    crc64nvme: int
    sha256: str


def proven(
    source: StorageProvider, at_source: StoredObject, target: StorageProvider, at_target: StoredObject
) -> Whole | None:
    """What lies at the target, where it is the same; None where it is not.

    Equal MD5s prove it; without them the source's bytes are read, and where the target keeps no checksum, its too.
    Raises StorageError.
    """
    if at_source.size_bytes != at_target.size_bytes:
        return None
    if at_source.etag == at_target.etag and _MD5.fullmatch(at_source.etag):
        return Whole(at_target, at_target.crc64nvme, None, adopted=True)
    sums = sums_of(source, at_source)
    if at_target.crc64nvme is None:
        same = sums_of(target, at_target) == sums
    else:
        same = (sums.size_bytes, sums.crc64nvme) == (at_target.size_bytes, at_target.crc64nvme)
    return Whole(at_target, sums.crc64nvme, sums.sha256, adopted=True) if same else None


def sums_of(provider: StorageProvider, stored: StoredObject) -> Sums:
    """Of an object's bytes, as long as it is the same object. Raises StorageError."""
    tally, digest = Tally(), hashlib.sha256()
    for chunk in tally.passing(provider.read(stored.key, etag=stored.etag)):
        digest.update(chunk)
    return Sums(tally.size_bytes, tally.crc64nvme, digest.hexdigest())
