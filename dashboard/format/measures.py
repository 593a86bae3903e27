"""Measures: shares, counts and times of what was measured, as a person reads them."""

from dataclasses import dataclass
from decimal import Decimal

from dashboard.format.amounts import Change, Direction, change

#: Keeps a number and its unit on one line.
_NARROW = "\u202f"
_HOUR_MS = 3_600_000
#: What is measured anew comes out a little different each time: less than this is no news.
_STEADY = Decimal("0.02")


@dataclass(frozen=True)
class Points:
    """How a share differs from the one before, in percentage points."""

    direction: Direction
    difference: float | None  #: 0.01 is one point more; None where there is nothing to compare with

    def __str__(self) -> str:
        if self.difference is None:
            return "not compared"
        text = f"{abs(self.difference) * 100:.{_digits(self.difference)}f}"
        sign = "" if float(text) == 0 else "+" if self.difference > 0 else "−"
        return f"{sign}{text}{_NARROW}pp"

    @property
    def in_words(self) -> str:
        """As the middle of a sentence: `1.2 percentage points more than`."""
        if self.difference is None or self.direction is Direction.STEADY:
            return "about as many as"
        size = f"{abs(self.difference) * 100:.{_digits(self.difference)}f}"
        return f"{size} percentage points {'more' if self.difference > 0 else 'less'} than"


def points(now: float | None, before: float | None) -> Points:
    """How a share differs from the one before; less than a tenth of a point, or of what it was, is no news."""
    if now is None or before is None:
        return Points(Direction.UNKNOWN, None)
    difference = now - before
    if difference == 0 or abs(difference) < min(0.001, 0.1 * before):
        return Points(Direction.STEADY, difference)
    return Points(Direction.UP if difference > 0 else Direction.DOWN, difference)


def measured_change(now: float, before: float) -> Change:
    """How an amount that was measured differs from the one before."""
    return change(Decimal(str(now)), Decimal(str(before)), _STEADY)


def _digits(ratio: float) -> int:
    return 2 if abs(ratio) < 0.00995 else 1


def rate(ratio: float | None) -> str:
    """A share that may be very small: 97.2 %, 0.14 %, 0 %; a dash where it is not known."""
    if ratio is None:
        return "–"
    if 0 < ratio < 0.00005:
        return f"<0.01{_NARROW}%"
    return f"{ratio * 100:.{_digits(ratio) if ratio else 0}f}{_NARROW}%"


def compact(number: float) -> str:
    """A number of things, for tiles: 940, 12,400, 812K, 1.2M, 3.4B."""
    if number < 99_999.5:
        return f"{number:,.0f}"
    if number < 999_500:
        return f"{number / 1e3:,.0f}K"
    return f"{number / 1e6:,.1f}M" if number < 999_950_000 else f"{number / 1e9:,.1f}B"


def milliseconds(value: float | None) -> str:
    """A time to wait: 4.2 ms, 38 ms, 1.24 s; a dash where it is not known."""
    if value is None:
        return "–"
    if value >= 999.5:
        return f"{value / 1000:,.2f}{_NARROW}s"
    return f"{value:,.{1 if value < 9.95 else 0}f}{_NARROW}ms"


def watched(duration_ms: float) -> str:
    """How long was watched: 40 min, 12.4 h, 1,240 h."""
    hours = duration_ms / _HOUR_MS
    if hours < 1:
        return f"{duration_ms / 60_000:,.0f}{_NARROW}min"
    return f"{hours:,.1f}{_NARROW}h" if hours < 100 else f"{compact(hours)}{_NARROW}h"
