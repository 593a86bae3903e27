"""Unbroken days: those of the CDN's log whose reads are known, behind its last gap of more than a week."""

from dataclasses import dataclass
from datetime import date

from core.warehouse import Warehouse

#: Nobody knows what was read in a gap, so what is looked at begins behind the last one.
_DAYS = """
    WITH days AS (SELECT DISTINCT day FROM request_titles),
    gaps AS (SELECT day, day - lag(day) OVER (ORDER BY day) AS since FROM days),
    known AS (SELECT max(day) AS first FROM gaps WHERE since > 7 OR since IS NULL)
    SELECT any_value(first), min(day), max(day), count(*) FILTER (day >= first) FROM days, known
"""


@dataclass(frozen=True)
class UnbrokenDays:
    """Of a log; all days are None where there is none."""

    first: date | None  #: behind the last gap
    oldest: date | None  #: before it, too
    last: date | None
    count: int  #: days with a log, from the first on


def unbroken_days(warehouse: Warehouse) -> UnbrokenDays:
    """Of all distributions together."""
    [(first, oldest, last, count)] = warehouse.query(_DAYS)
    return UnbrokenDays(first, oldest, last, count)
