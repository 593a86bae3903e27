"""Timetable: how many bytes a second may be used at which hour, in rclone's notation.

One rate for all the time, `10M`; or what begins at which hour, `08:00,10M 18:00,off`; or on which day of the week,
`Mon-08:00,512K Sat-00:00,off`, which goes before what is said of every day. K, M and G are 2^10, 2^20 and 2^30 bytes
a second; `off` is no limit; hours are UTC. Before its first hour, what holds is the last of the week before.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from core.errors import MigrationRefused

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_RATE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)([KMGT])(?:iB?)?", re.IGNORECASE)
_ENTRY = re.compile(r"(?:([a-z]{3,9})-)?(\d{1,2}):(\d{2}),(\S+)", re.IGNORECASE)
_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES
_MICROSECOND = timedelta(microseconds=1)
_SECOND_US, _MINUTE_US = 10**6, 60 * 10**6
_LONGEST = timedelta(365_000)
_LONGEST_TEXT = 1_000
_ADVICE = "Write it like 10M, or 08:00,10M 18:00,off, or Mon-08:00,512K Sat-00:00,off."


@dataclass(frozen=True)
class Slot:
    """From some minute of the week on."""

    minute: int  #: since Monday, 00:00 UTC
    rate: int | None  #: bytes a second; None: no limit


@dataclass(frozen=True)
class Timetable:
    """A week of limits."""

    text: str  #: as it was written
    slots: tuple[Slot, ...]  #: by minute; the first one begins with the week

    def rate_at(self, instant: datetime) -> int | None:
        """Bytes a second that may be used then; None: no limit."""
        at = instant.astimezone(UTC)
        minute = at.weekday() * _DAY_MINUTES + at.hour * 60 + at.minute
        return self.slots[bisect_right(self.slots, minute, key=lambda slot: slot.minute) - 1].rate

    def duration(self, size_bytes: int, start: datetime, bytes_per_s: int) -> timedelta:
        """How long so many bytes take from then on, never faster than that; at the most 1,000 years."""
        at = start.astimezone(UTC)
        offset = timedelta(
            at.weekday(), hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond
        )
        spans = _beginning_at(self._spans(bytes_per_s), offset // _MICROSECOND)
        return min(_duration_us(spans, size_bytes), _LONGEST // _MICROSECOND) * _MICROSECOND

    def _spans(self, bytes_per_s: int) -> list[tuple[int, int]]:
        """Microseconds and bytes a second of each part of the week."""
        bounds = [*(slot.minute for slot in self.slots), _WEEK_MINUTES]
        lengths = ((end - begin) * _MINUTE_US for begin, end in pairwise(bounds))
        rates = (bytes_per_s if slot.rate is None else min(slot.rate, bytes_per_s) for slot in self.slots)
        return list(zip(lengths, rates, strict=True))


def parse_timetable(text: str) -> Timetable:
    """The timetable that a text describes; no text is no limit. Raises MigrationRefused."""
    words = text.split()
    if len(text) > _LONGEST_TEXT:
        raise MigrationRefused(f"A timetable has {_LONGEST_TEXT} characters or fewer, and not {len(text)}.", _ADVICE)
    if not words:
        return Timetable("", (Slot(0, None),))
    if len(words) == 1 and "," not in words[0]:
        return Timetable(words[0], (Slot(0, _rate(words[0])),))
    return Timetable(" ".join(words), _slots(words))


def _slots(words: list[str]) -> tuple[Slot, ...]:
    daily: dict[int, int | None] = {}
    weekly: dict[int, int | None] = {}
    for word in words:
        day, minute, rate = _entry(word)
        own, at = (daily, minute) if day is None else (weekly, day * _DAY_MINUTES + minute)
        if at in own:
            raise MigrationRefused(f"{word!r} begins when another entry does.", "Leave one of them out.")
        own[at] = rate
    rates = {day * _DAY_MINUTES + minute: rate for day in range(7) for minute, rate in daily.items()} | weekly
    last = rates[max(rates)]
    return tuple(Slot(minute, rate) for minute, rate in sorted(({0: last} | rates).items()))


def _entry(word: str) -> tuple[int | None, int, int | None]:
    match = _ENTRY.fullmatch(word)
    if match is None or int(match[2]) > 23 or int(match[3]) > 59:
        raise MigrationRefused(f"{word[:40]!r} is no time with a rate.", _ADVICE)
    return _day(match[1]) if match[1] else None, int(match[2]) * 60 + int(match[3]), _rate(match[4])


def _day(text: str) -> int:
    for number, day in enumerate(_DAYS):
        if text.lower() in (day, day[:3]):
            return number
    raise MigrationRefused(f"{text!r} is no day of the week.", "Use Mon, Tue, Wed, Thu, Fri, Sat or Sun.")


def _rate(text: str) -> int | None:
    if text.lower() == "off":
        return None
    match = _RATE.fullmatch(text)
    rate = int(Decimal(match[1]) * _UNITS[match[2].upper()]) if match else 0
    if rate < _UNITS["K"]:
        raise MigrationRefused(
            f"{text[:40]!r} is no rate: give a number with K, M or G, of 1K or more, or off for no limit.", _ADVICE
        )
    return rate


def _duration_us(spans: Sequence[tuple[int, int]], size_bytes: int) -> int:
    """Microseconds until so many bytes have gone, rounded up; after the last of the spans the first one follows."""
    left = size_bytes * _SECOND_US  # times microseconds, so that nothing is rounded on the way
    weeks, left = divmod(left, sum(length * rate for length, rate in spans))
    passed = weeks * _WEEK_MINUTES * _MINUTE_US
    for length, rate in spans:
        if left <= length * rate:
            return passed - (-left // rate)
        left -= length * rate
        passed += length
    return passed


def _beginning_at(spans: Sequence[tuple[int, int]], offset_us: int) -> list[tuple[int, int]]:
    """The same week, seen from a point within it."""
    gone, rest = [], []
    for length, rate in spans:
        before = min(offset_us, length)
        offset_us -= before
        gone.append((before, rate))
        rest.append((length - before, rate))
    return rest + gone
