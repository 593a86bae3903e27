"""Bands: from where to where an amount will lie, in words and as the days before and ahead of today."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from core.costs.forecasted import Band, Bands
from core.costs.past import ZERO, PastCosts
from core.costs.period import add_months
from dashboard import format

LEVEL = 80  #: of the band that is told in words


def of(band: Band, currency: str) -> str:
    """$3,056 to $3,118."""
    lo, hi = (format.money(end, currency) for end in (band.lo, band.hi))
    return lo if lo == hi else f"{lo} to {hi}"


def in_words(bands: Bands, currency: str, level: int = LEVEL) -> str:
    """80 % range $3,056 to $3,118; that there is no doubt, where the band has no width."""
    band = bands[level]
    return f"{level}\u202f% range {of(band, currency)}" if band.lo != band.hi else "no doubt: nothing of it varies"


def billed_days(past: PastCosts) -> dict[date, Decimal]:
    """What every provider has billed wholly, by the day; charges for a whole month stand on its first."""
    found: dict[date, Decimal] = {}
    for kind in (past.daily, past.monthly, past.tax):
        for costs in kind.values():
            for day, cost in costs.items():
                if day < past.until:
                    found[day] = found.get(day, ZERO) + cost
    return found


def month_before(past: PastCosts, billed: Mapping[date, Decimal]) -> Decimal | None:
    """What the month before the one under way came to; None where bills do not cover it."""
    end = past.until.replace(day=1)
    month = add_months(end, -1)
    if not all(month in each.months for each in past.bills.values() if each.first <= month):
        return None
    if all(each.first > month for each in past.bills.values()):
        return None
    return sum((cost for day, cost in billed.items() if month <= day < end), ZERO)
