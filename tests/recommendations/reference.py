"""Reference: the bill of a schedule, slowly and plainly: one object after another, one day after another."""

import calendar
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

GIB, KIB = 2**30, 2**10

# us-east-1, as of 2026-11: USD for a GB-month, a PUT, a GET, a transition into it, a GB retrieved
STORAGE = {
    "STANDARD": 0.023, "STANDARD_IA": 0.0125, "ONEZONE_IA": 0.01, "GLACIER_IR": 0.004, "GLACIER": 0.0036,
    "DEEP_ARCHIVE": 0.00099, "FREQUENT": 0.023, "INFREQUENT": 0.0125, "ARCHIVE_INSTANT": 0.004,
}  # fmt: skip
PUT = {
    "STANDARD": 0.005, "STANDARD_IA": 0.01, "ONEZONE_IA": 0.01, "GLACIER_IR": 0.02, "GLACIER": 0.03,
    "DEEP_ARCHIVE": 0.05, "INTELLIGENT_TIERING": 0.005,
}  # fmt: skip
GET = {
    "STANDARD": 0.0004, "STANDARD_IA": 0.001, "ONEZONE_IA": 0.001, "GLACIER_IR": 0.01, "GLACIER": 0.0004,
    "DEEP_ARCHIVE": 0.0004, "INTELLIGENT_TIERING": 0.0004,
}  # fmt: skip
TRANSITION = {
    "STANDARD_IA": 0.01, "ONEZONE_IA": 0.01, "GLACIER_IR": 0.02, "GLACIER": 0.03, "DEEP_ARCHIVE": 0.05,
    "INTELLIGENT_TIERING": 0.01,
}  # fmt: skip
RETRIEVAL = {"STANDARD_IA": 0.01, "ONEZONE_IA": 0.01, "GLACIER_IR": 0.03}
RESTORE = {"GLACIER": (0.05, 0.01), "DEEP_ARCHIVE": (0.1, 0.02)}
LEAST_DAYS = {"STANDARD_IA": 30, "ONEZONE_IA": 30, "GLACIER_IR": 90, "GLACIER": 90, "DEEP_ARCHIVE": 180}
MONITORING = 0.0025


@dataclass
class Thing:
    """One object: where it goes on which day and how, and its reads."""

    size: int
    moves: list[tuple[date, str, str]]  #: day, class, held | put | transition | copy; the first is where it begins
    gone: date  #: the day after its last
    reads: dict[date, tuple[int, int]] = field(default_factory=dict)  #: day: GETs, bytes


def bill(things: list[Thing], first: date, end: date) -> dict[date, float]:
    """USD of each day."""
    usd: dict[date, float] = defaultdict(float)
    for thing in things:
        _bill_one(thing, first, end, usd)
    return usd


def _bill_one(thing: Thing, first: date, end: date, usd: dict[date, float]) -> None:
    here, since, last_read, restored_until = "", first, first, first
    for n in range((end - first).days):
        day = first + timedelta(n)
        if day == thing.gone and here:
            usd[day] += _early(thing, here, since, day)
            return
        for when, to, how in thing.moves:
            if when == day or (how == "held" and n == 0):
                usd[day] += move_usd(thing, here, since, day, to, how)
                here, since, last_read, restored_until = to, when, when, first
        if not here:
            continue
        if day in thing.reads:
            gets, read_bytes = thing.reads[day]
            usd[day] += gets * GET[here] / 1000 + read_bytes / GIB * RETRIEVAL.get(here, 0)
            last_read = day
            if here in RESTORE and day >= restored_until:
                usd[day] += RESTORE[here][0] / 1000 + thing.size / GIB * RESTORE[here][1]
                restored_until = day + timedelta(7)
        usd[day] += _stored_usd(thing, here, day, last_read, restored_until)


def day_usd(thing: Thing, here: str, day: date, last_read: date) -> float:
    """USD of a day in a class that can be read from at once."""
    gets, read_bytes = thing.reads.get(day, (0, 0))
    read = gets * GET[here] / 1000 + read_bytes / GIB * RETRIEVAL.get(here, 0)
    return read + _stored_usd(thing, here, day, last_read, day)


def move_usd(thing: Thing, here: str, since: date, day: date, to: str, how: str) -> float:
    """USD of what it takes to get into a class in some way."""
    usd = _early(thing, here, since, day) if here else 0.0
    if how == "transition":
        return usd + TRANSITION[to] / 1000
    if how in ("put", "copy"):
        usd += PUT[to] / 1000
    if how == "copy":
        usd += thing.size / GIB * RETRIEVAL.get(here, 0)
        if here in RESTORE:
            usd += RESTORE[here][0] / 1000 + thing.size / GIB * RESTORE[here][1]
    return usd


def _early(thing: Thing, here: str, since: date, day: date) -> float:
    left = LEAST_DAYS.get(here, 0) - (day - since).days
    return max(0, left) * _a_day(_billed(thing.size, here), STORAGE.get(here, 0), day)


def _stored_usd(thing: Thing, here: str, day: date, last_read: date, restored_until: date) -> float:
    if here == "INTELLIGENT_TIERING":
        idle = (day - last_read).days
        tier = "FREQUENT" if idle < 30 or thing.size < 128 * KIB else "INFREQUENT" if idle < 90 else "ARCHIVE_INSTANT"
        monitored = MONITORING / 1000 / _days_in_month(day) if thing.size >= 128 * KIB else 0
        return _a_day(thing.size, STORAGE[tier], day) + monitored
    usd = _a_day(_billed(thing.size, here), STORAGE[here], day)
    if here in RESTORE:
        usd += _a_day(8 * KIB, STORAGE["STANDARD"], day)
        if day < restored_until:
            usd += _a_day(thing.size, STORAGE["STANDARD"], day)
    return usd


def _billed(size: int, here: str) -> int:
    if here in ("STANDARD_IA", "ONEZONE_IA", "GLACIER_IR"):
        return max(size, 128 * KIB)
    return size + 32 * KIB if here in RESTORE else size


def _a_day(size: int, price: float, day: date) -> float:
    return size / GIB * price / _days_in_month(day)


def _days_in_month(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
