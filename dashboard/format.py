"""Format: amounts, sizes, changes, days and hostile text, as a person reads them."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from core.costs.period import Period, add_months

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_SIZES = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
#: A value that is stated, and empty.
BLANK = "(blank)"
_SHORT = {
    "": BLANK,
    "Amazon Simple Storage Service": "S3",
    "AWS Key Management Service": "KMS",
    "AWS Elemental MediaConvert": "MediaConvert",
    "AWS Support (Developer)": "Support",
    "Amazon Elastic Compute Cloud": "EC2",
    "Amazon Relational Database Service": "RDS",
    "STANDARD": "Standard",
    "STANDARD_IA": "Standard-IA",
    "ONEZONE_IA": "One Zone-IA",
    "INTELLIGENT_TIERING": "Intelligent-Tiering",
    "GLACIER_IR": "Glacier Instant",
    "GLACIER": "Glacier Flexible",
    "DEEP_ARCHIVE": "Glacier Deep Archive",
}
#: A change smaller than this is no news, and is shown in grey.
STEADY = Decimal("0.005")
#: Keeps a number and its unit on one line.
_NARROW = "\u202f"
#: Stops Markdown from making a link or a symbol of text; takes no space.
_JOINER = "\u2060"
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_LINK_STARTS = re.compile(r"(www|[:@])", re.IGNORECASE)


class Direction(StrEnum):
    """Which way an amount went."""

    UP = "up"
    DOWN = "down"
    STEADY = "steady"  #: by less than half a percent
    UNKNOWN = "unknown"  #: there is nothing to compare with


@dataclass(frozen=True)
class Change:
    """How an amount differs from the one before."""

    direction: Direction
    ratio: Decimal | None  #: of the amount before, 0.12 is 12 % more; None where that is unknown or nothing

    def __str__(self) -> str:
        if self.ratio is None:
            return "new" if self.direction is Direction.UP else "no bill before"
        return f"{_signed(self.ratio * 100)}{_NARROW}%"

    @property
    def in_words(self) -> str:
        """As the middle of a sentence: `12 % more than`."""
        if self.ratio is None or self.direction is Direction.STEADY:
            return "about as much as"
        return f"{abs(self.ratio * 100):,.0f}{_NARROW}% {'more' if self.ratio > 0 else 'less'} than"


def change(now: Decimal, before: Decimal | None) -> Change:
    """How an amount differs from the one before."""
    if before is None:
        return Change(Direction.UNKNOWN, None)
    if before == 0:
        return Change(Direction.UP if now > 0 else Direction.STEADY, None if now > 0 else Decimal(0))
    ratio = (now - before) / abs(before)
    if abs(ratio) < STEADY:
        return Change(Direction.STEADY, ratio)
    return Change(Direction.UP if ratio > 0 else Direction.DOWN, ratio)


def _signed(percent: Decimal) -> str:
    digits = 1 if abs(percent) < 10 else 0
    text = f"{abs(percent):,.{digits}f}"
    sign = "" if Decimal(text.replace(",", "")) == 0 else "+" if percent > 0 else "−"
    return f"{sign}{text}"


def money(amount: Decimal, currency: str = "USD") -> str:
    """Compact, for tiles: $12.34, $4,812, $1.2M, <$0.01."""
    size = abs(amount)
    if 0 < size < Decimal("0.005"):
        return f"<{_in_currency('0.01', currency)}" if amount > 0 else f">−{_in_currency('0.01', currency)}"
    return _negative(amount, _in_currency(_compact(size), currency))


def cents(amount: Decimal, currency: str = "USD") -> str:
    """With two decimals, for tables: $4,812.07, <$0.01."""
    if 0 < abs(amount) < Decimal("0.005"):
        return money(amount, currency)
    return _negative(amount, _in_currency(f"{_rounded(abs(amount), 2):,f}", currency))


def exact(amount: Decimal, currency: str = "USD") -> str:
    """Every digit there is, for tooltips: $18.0066386184."""
    text = f"{abs(amount):,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    whole, _, decimals = text.partition(".")
    return _negative(amount, _in_currency(f"{whole}.{decimals:0<2}", currency))


def _compact(size: Decimal) -> str:
    if size < 1_000:
        return f"{_rounded(size, 2):,f}"
    if size < 100_000:
        return f"{_rounded(size, 0):,f}"
    if size < 999_500:
        return f"{_rounded(size / 1_000, 0):,f}K"
    return f"{_rounded(size / 1_000_000, 1):,f}M"


def _rounded(amount: Decimal, digits: int) -> Decimal:
    """Half a cent is a cent; Python would round it to the even one."""
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def symbol(currency: str) -> str:
    """What stands before an amount."""
    return _SYMBOLS.get(currency, f"{currency} ")


def _in_currency(number: str, currency: str) -> str:
    return f"{symbol(currency)}{number}"


def _negative(amount: Decimal, text: str) -> str:
    return f"−{text}" if amount < 0 else text


def size(size_bytes: float) -> str:
    """Bytes for people, in steps of 1,024: 61.2 TiB."""
    step = 0
    while abs(size_bytes) >= 1023.95 and step < len(_SIZES) - 1:
        size_bytes, step = size_bytes / 1024, step + 1
    return f"{size_bytes:,.0f} {_SIZES[0]}" if step == 0 else f"{size_bytes:,.1f} {_SIZES[step]}"


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


def dated_instant(value: datetime) -> str:
    """21 Nov 2026 06:00 UTC."""
    value = value.astimezone(UTC)
    return f"{day(value)} {value:%Y %H:%M} UTC"


def age(since: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that says enough: 5 minutes, 31 hours, 4 days."""
    seconds = max((now - since).total_seconds(), 0)
    for unit, length, until in (("minute", 60, 7_200), ("hour", 3_600, 172_800)):
        if seconds < until:
            return _count(int(seconds // length), unit)
    return _count(int(seconds // 86_400), "day")


def _count(number: int, unit: str) -> str:
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


count = _count


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


def _year_unless_same(start: date, last: date) -> str:
    return "" if start.year == last.year else f" {start.year}"


def is_to_date(value: Period) -> bool:
    """Whether it runs from the first of a month to a day within it."""
    return value.start.day == 1 and value.end < add_months(value.start, 1)


def markdown(text: str) -> str:
    """Text from data as Markdown that shows it and does nothing else: no links, no styles, no symbols."""
    escaped = _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))
    return _LINK_STARTS.sub(rf"\1{_JOINER}", escaped)


def plotly(text: str) -> str:
    """Text from data as Plotly text that shows it: Plotly reads some HTML in labels."""
    return html.escape(text, quote=False)


def label(text: str) -> str:
    """A name from a bill, short enough for a legend: S3, CloudFront, Elemental MediaConvert."""
    if text in _SHORT:
        return _SHORT[text]
    if text.startswith("arn:") and text.count(":") >= 5:
        return shortened(text.split(":", 5)[5], 22)
    return shortened(re.sub(r"^(Amazon|AWS) ?", "", text) or text, 22)


def shortened(text: str, length: int = 28) -> str:
    """At most that many characters; the middle gives way, as names of resources differ at both ends."""
    if len(text) <= length:
        return text
    head = (length - 1) // 2
    return f"{text[:head]}…{text[head + 1 - length :]}"


def export(name: str) -> str:
    """An export or source as people call it: the last parts of its address."""
    parts = [part for part in name.removeprefix("s3://").split("/") if part]
    return "/".join(parts[-2:]) or name


def signed_money(amount: Decimal, currency: str = "USD") -> str:
    """A difference: +$31.20."""
    text = money(amount, currency)
    return f"+{text}" if amount > 0 else text
