"""Units: what a gigabyte is, how many hours a month has, and how numbers of things and instants are written."""

import calendar
from datetime import UTC, date, datetime

#: Bytes in one "GB" of an AWS bill (measured: 1455 of 1455 transfer rows are whole bytes at 2^30).
GIB = 2**30
KIB = 2**10
MIB = 2**20
TIB = 2**40
#: Bytes in one "GB" of a Supabase bill (its documentation does not say; configurable).
GB = 10**9


def hours_in_month(day: date) -> int:
    """Hours in the calendar month that the day is in."""
    return 24 * calendar.monthrange(day.year, day.month)[1]


def bytes_stored(gb_months: float, day: date) -> float:
    """Bytes that lay in storage for the whole day, from that day's GB-months."""
    return gb_months * GIB * hours_in_month(day) / 24


def size_in_words(size_bytes: int) -> str:
    """5.0 GiB."""
    for unit, length in (("TiB", TIB), ("GiB", GIB), ("MiB", MIB)):
        if size_bytes >= length:
            return f"{size_bytes / length:,.1f} {unit}"
    return f"{size_bytes:,} bytes"


def instant_text(instant: datetime) -> str:
    """An instant as it is stored and printed: ISO 8601, UTC, sorting as text like the instants themselves."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def number_of(count: int, what: str, plural: str = "") -> str:
    """A number of things: 1 object; 2,000 objects; where the plural is not made by an s, it is given."""
    return f"{count:,} {what if count == 1 else plural or f'{what}s'}"
