"""Identity: the ids that providers give to lines, executions and SKUs, the same each time for the same thing."""

import uuid
from base64 import b32encode
from hashlib import sha256

_NAMESPACE = uuid.UUID("5b0c4fd4-7a43-5e1f-9c5d-2f4f2a6d8e10")


def line_item_id(delivery: str, number: int) -> str:
    """52 letters and digits, as AWS writes them; another delivery of the same line has another."""
    return b32encode(sha256(f"{delivery} {number}".encode()).digest()).decode().rstrip("=").lower()


def stable_uuid(*key: object) -> str:
    return str(uuid.uuid5(_NAMESPACE, repr(key)))


def sku(*key: object) -> str:
    """16 capitals and digits, as the price list names a product."""
    return b32encode(sha256(repr(key).encode()).digest()).decode()[:16]
