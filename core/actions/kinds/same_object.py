"""Same object: whether what lies at a key is still what an action was previewed with, also after a copy onto itself."""

from collections.abc import Mapping
from typing import Any

from core.storage.provider import StoredObject


def identity(stored: StoredObject, crc64nvme: int | None) -> dict[str, Any]:
    """What a state names of an object's bytes."""
    return {"etag": stored.etag, "crc64nvme": None if crc64nvme is None else str(crc64nvme), "bytes": stored.size_bytes}


def identity_now(stored: StoredObject, known: Mapping[str, Any]) -> dict[str, Any]:
    """The known one, while the object has the same bytes; a copy onto itself may give them another etag."""
    if _is_same(stored, known):
        return {name: known[name] for name in ("etag", "crc64nvme", "bytes")}
    return identity(stored, stored.crc64nvme)


def _is_same(stored: StoredObject, known: Mapping[str, Any]) -> bool:
    if stored.size_bytes != known["bytes"]:
        return False
    if stored.etag == known["etag"]:
        return True
    if known["crc64nvme"] is None:
        return "-" in known["etag"]  # of parts, which a copy in one piece has not: nothing tells them apart
    return known["crc64nvme"] == str(stored.crc64nvme)
