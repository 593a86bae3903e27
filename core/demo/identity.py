"""Identity: how providers write ids and instants; an id is the same each time for the same thing."""

import uuid
from datetime import datetime
from functools import cache
from hashlib import sha256

_NAMESPACE = uuid.UUID("5b0c4fd4-7a43-5e1f-9c5d-2f4f2a6d8e10")


def line_item_id(delivery: str, number: int) -> str:
    """52 letters and digits, as AWS writes them; another delivery of the same line has another.

    Those of a delivery begin alike, as random ones would be most of what its file holds.
    """
    return f"{_delivered(delivery)}{number:012x}"


@cache
def _delivered(delivery: str) -> str:
    return sha256(delivery.encode()).hexdigest()[:40]


def stable_uuid(*key: object) -> str:
    return str(uuid.uuid5(_NAMESPACE, repr(key)))


@cache
def sku(*key: str) -> str:
    """16 capitals and digits, as the price list names a product."""
    return sha256(repr(key).encode()).hexdigest()[:16].upper()


@cache
def iso(instant: datetime) -> str:
    """`2026-11-22T14:00:00Z`; remembered, because thousands of lines share an hour."""
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
