"""Store: the named queries of access, and how its tables keep points in time."""

from datetime import UTC, datetime
from typing import Any

from core.database import named_queries

queries: Any = named_queries(__file__)


def stored(instant: datetime) -> str:
    """ISO 8601 in UTC, always of the same length, so that text sorts as time does.

    Raises ValueError for an instant without a time zone.
    """
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {instant}")
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def read(text: str) -> datetime:
    """The instant that was stored."""
    return datetime.fromisoformat(text).astimezone(UTC)
