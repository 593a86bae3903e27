"""Days: days, periods and points in time, as a person reads them; all UTC."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from core.costs.period import Period, add_months
from core.units import number_of


def day(value: date) -> str:
    """21 Nov."""
    return f"{value.day} {value:%b}"


def days(values: Sequence[date]) -> str:
    """The first and the last of some days: 20 and 21 Nov, 28 Nov to 2 Dec."""
    first, last = values[0], values[-1]
    if first == last:
        return day(first)
    between = "and" if (last - first).days == 1 else "to"
    start = str(first.day) if (first.year, first.month) == (last.year, last.month) else day(first)
    return f"{start} {between} {day(last)}"


def short_period(value: Period) -> str:
    """October, 1 to 21 Oct, Nov 2025 to Oct 2026."""
    if value.whole_months > 1:
        return brief_period(value)
    return f"{value.start:%B}" if value.whole_months else days([value.start, value.end - timedelta(1)])


def days_before(value: Period) -> str:
    """What a period is compared with, in a sentence: the same days of October, September."""
    before = value.previous
    return f"the same days of {before.start:%B}" if is_to_date(value) else period(before)


def long_day(value: date) -> str:
    """21 November 2026."""
    return f"{value.day} {value:%B %Y}"


def instant(value: datetime) -> str:
    """21 Nov 06:00 UTC."""
    value = value.astimezone(UTC)
    return f"{day(value)} {value:%H:%M} UTC"


def plain_instant(value: datetime, today: date) -> str:
    """21 Nov 06:00 UTC; with its year where that is another than today's."""
    return instant(value) if value.astimezone(UTC).year == today.year else dated_instant(value)


def plain_month(value: date, today: date) -> str:
    """November; with its year where that is another than today's."""
    return f"{value:%B}" if value.year == today.year else f"{value:%B %Y}"


def dated_instant(value: datetime) -> str:
    """21 Nov 2026 06:00 UTC."""
    value = value.astimezone(UTC)
    return f"{day(value)} {value:%Y %H:%M} UTC"


def ago(since: datetime, now: datetime) -> str:
    """How long ago, in a sentence: just now, 31 hours ago."""
    return "just now" if (now - since).total_seconds() < 60 else f"{age(since, now)} ago"


def age(since: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that says enough: 5 minutes, 31 hours, 4 days."""
    seconds = max((now - since).total_seconds(), 0)
    for unit, length, until in (("minute", 60, 7_200), ("hour", 3_600, 172_800)):
        if seconds < until:
            return number_of(int(seconds // length), unit)
    return number_of(int(seconds // 86_400), "day")


def length(seconds: float | None) -> str:
    """How long a video is: 0:12, 17:06, 2:11:34; nothing where that is not known."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def period(value: Period) -> str:
    """November 2026, August to October 2026, 1 to 21 November 2026, 12 Oct to 8 Nov 2026."""
    last = value.end - timedelta(1)
    if value.whole_months == 1:
        return f"{value.start:%B %Y}"
    if value.whole_months:
        return f"{value.start:%B}{_year_unless_same(value.start, last)} to {last:%B %Y}"
    if value.days == 1:
        return long_day(value.start)
    if value.start.replace(day=1) == last.replace(day=1):
        return f"{value.start.day} to {long_day(last)}"
    return f"{day(value.start)}{_year_unless_same(value.start, last)} to {day(last)} {last.year}"


def brief_period(value: Period) -> str:
    """The same in few letters: November 2026, Nov 2025 to Oct 2026, 1 to 21 Nov 2026."""
    last = value.end - timedelta(1)
    if value.whole_months > 1:
        return f"{value.start:%b %Y} to {last:%b %Y}"
    return period(value) if value.whole_months else f"{days([value.start, last])} {last.year}"


def covered(spans: Sequence[Period]) -> str:
    """What bills cover of a period, where that is not all of it: bills cover 1 to 10 Oct 2026 only."""
    return f"bills cover {' and '.join(map(brief_period, spans))} only" if spans else "no bill covers these days yet"


def _year_unless_same(start: date, last: date) -> str:
    return "" if start.year == last.year else f" {start.year}"


def is_to_date(value: Period) -> bool:
    """Whether it runs from the first of a month to a day within it."""
    return value.start.day == 1 and value.end < add_months(value.start, 1)
