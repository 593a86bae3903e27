"""Stored forecasts: one a day, as it was made, so that it can be compared with the bill once that comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from json import dumps
from typing import Any

from core.costs.currencies import currencies
from core.costs.dimensions import Dimension
from core.costs.forecast import LEVELS, forecast_costs
from core.costs.forecasted import Band, Bands, CostForecast, ForecastDay, ForecastMonth, KnownChange, PartForecast
from core.database import Connection, Database, Row, named_queries
from core.units import instant_text
from core.warehouse import Warehouse

_queries: Any = named_queries(__file__)
TOTAL = "total"


@dataclass(frozen=True)
class StoredMonth:
    """What a stored forecast said of a month."""

    made_on: date
    first: date  #: the first day that was not wholly billed
    month: date
    expected: Decimal
    bands: Bands


def store_forecasts(database: Database, warehouse: Warehouse, now: datetime, known: Sequence[KnownChange] = ()) -> int:
    """Forecast by service in each currency of the bills, and keep it, unless the day has its forecast already.

    How many were kept; none while there are no bills.
    """
    return sum(_store(database, warehouse, currency, now, known) for currency in currencies(warehouse))


def _store(
    database: Database, warehouse: Warehouse, currency: str, now: datetime, known: Sequence[KnownChange]
) -> bool:
    if _is_there(database, currency, now):
        return False
    found = forecast_costs(warehouse, Dimension.SERVICE, now, 30, LEVELS, known, currency=currency)
    return found.total is not None and keep(database, found, now)


def _is_there(database: Database, currency: str, now: datetime) -> bool:
    with database.reading() as connection:
        return _has(connection, currency, Dimension.SERVICE, now)


def keep(database: Database, found: CostForecast, now: datetime) -> bool:
    """Keep a forecast as that of its day; the first one of a day stays."""
    with database.transaction() as connection:
        if _has(connection, found.currency, found.by, now):
            return False
        for part in (*found.parts, *([found.total] if found.total else [])):
            of = dict(made_on=now.date().isoformat(), currency=found.currency, dimension=found.by, label=part.label)
            _queries.add_forecast(
                connection, **of, first_day=found.first.isoformat(), days=dumps(_days(part)), made_at=instant_text(now)
            )
            for month in part.months:
                _queries.add_forecast_month(connection, **of, **_month(month))
    return True


def stored_months(database: Database, currency: str, label: str = TOTAL) -> tuple[StoredMonth, ...]:
    """What stored forecasts said of the months of a service, or of the total; oldest first."""
    with database.reading() as connection:
        rows = _queries.forecast_months(connection, currency=currency, dimension=Dimension.SERVICE, label=label)
        return tuple(map(_from_row, rows))


def _has(connection: Connection, currency: str, by: str, now: datetime) -> bool:
    made_on = now.date().isoformat()
    return bool(_queries.has_forecast(connection, made_on=made_on, currency=currency, dimension=by)["yes"])


def _days(part: PartForecast) -> list[list[str]]:
    return [[str(day.expected), *_ends(day)] for day in part.days]


def _ends(told: ForecastDay | ForecastMonth) -> list[str]:
    return [str(end) for level in LEVELS for end in (told.bands[level].lo, told.bands[level].hi)]


def _month(month: ForecastMonth) -> dict[str, str]:
    names = [f"{end}_{level}" for level in LEVELS for end in ("lo", "hi")]
    ends = dict(zip(names, _ends(month), strict=True))
    return {"month": month.month.isoformat(), "expected": str(month.expected), **ends}


def _from_row(row: Row) -> StoredMonth:
    bands = {level: Band(Decimal(row[f"lo_{level}"]), Decimal(row[f"hi_{level}"])) for level in LEVELS}
    made_on, first, month = (date.fromisoformat(row[name]) for name in ("made_on", "first_day", "month"))
    return StoredMonth(made_on, first, month, Decimal(row["expected"]), bands)
