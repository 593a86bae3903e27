"""Causes: what explains an odd event: which values of other dimensions cost, or sent, more than in the weeks before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from core.costs.anomalies import TOTAL, Anomaly
from core.costs.dimensions import Dimension, Filter, Metric
from core.costs.past import ZERO, past_costs
from core.costs.portions import keys_of
from core.warehouse import Warehouse

_WEEKS = 4  #: before the event, of which the same days tell what is usual
_MOST, _LEAST = 5, 0.01  #: values of a dimension that are told, and the share that each has at least
_MEASURED = {"video": "title_days", "edge": "place_days"}
_BILLED = (Dimension.PROVIDER, Dimension.SERVICE, Dimension.USAGE_TYPE, Dimension.RESOURCE, Dimension.REGION)


class Told(StrEnum):
    """By what a value explains an event."""

    COST = "cost"  #: in the event's currency
    BYTES = "bytes sent"  #: as the CDN's logs have it


@dataclass(frozen=True)
class Cause:
    """One value of a dimension, and what it adds to an event."""

    dimension: str
    value: str
    told: Told
    usual: Decimal  #: on the same days of the week, on average of up to four weeks before
    actual: Decimal
    share: float  #: of what all values together have more (or less) than usual; others may be below 0

    @property
    def excess(self) -> Decimal:
        return self.actual - self.usual


def causes(warehouse: Warehouse, event: Anomaly, metric: Metric = Metric.BILLED) -> tuple[Cause, ...]:
    """What explains an event best, first; up to five values of each dimension that costs are told apart by. Videos
    and edges are there where the CDN's logs are, of the event and of a week to compare it with.
    """
    filters = () if event.label == TOTAL else (Filter(event.by, event.label),)
    found, weeks = list[Cause](), range(1, _WEEKS + 1)
    for dimension in _BILLED:
        if dimension != event.by or event.label == TOTAL:
            costs = _billed(warehouse, event, dimension, metric, filters)
            found += _ranked(dimension, Told.COST, event, costs, weeks)
    for dimension, table in _MEASURED.items():
        sent, measured = _sent(warehouse, event, dimension, table)
        found += _ranked(dimension, Told.BYTES, event, sent, measured)
    return tuple(sorted(found, key=lambda each: -each.share))


def _billed(
    warehouse: Warehouse, event: Anomaly, dimension: str, metric: Metric, filters: tuple[Filter, ...]
) -> dict[str, dict[date, Decimal]]:
    past = past_costs(warehouse, dimension, metric, filters, event.currency)
    return {
        label: _summed(past.daily[key] for key in keys if key in past.daily) for label, keys in keys_of(past).items()
    }


def _summed(costs: Iterable[Mapping[date, Decimal]]) -> dict[date, Decimal]:
    found: dict[date, Decimal] = {}
    for each in costs:
        for day, cost in each.items():
            found[day] = found.get(day, ZERO) + cost
    return found


def _ranked(
    dimension: str, told: Told, event: Anomaly, values: Mapping[str, Mapping[date, Decimal]], weeks: Sequence[int]
) -> list[Cause]:
    """The values with the largest part of the excess; none where one value is all there is, or nothing is beyond."""
    if not weeks or len(values) < 2:
        return []
    days = [each.day for each in event.days]
    before = [day - timedelta(7 * week) for day in days for week in weeks]
    pairs = {value: (_on(amounts, before) / len(weeks), _on(amounts, days)) for value, amounts in values.items()}
    beyond = sum((actual - usual for usual, actual in pairs.values()), ZERO)
    if not beyond:
        return []
    found = [
        Cause(dimension, value, told, usual, actual, float((actual - usual) / beyond))
        for value, (usual, actual) in pairs.items()
    ]
    return sorted((each for each in found if each.share >= _LEAST), key=lambda each: -each.share)[:_MOST]


def _on(amounts: Mapping[date, Decimal], days: Iterable[date]) -> Decimal:
    return sum((amounts.get(day, ZERO) for day in days), ZERO)


def _sent(
    warehouse: Warehouse, event: Anomaly, dimension: str, table: str
) -> tuple[dict[str, dict[date, Decimal]], list[int]]:
    """Bytes to viewers by the day, and which of the weeks before were measured; none where the event was not."""
    days = {week: {each.day - timedelta(7 * week) for each in event.days} for week in range(_WEEKS + 1)}
    rows = warehouse.query(
        f"SELECT {dimension}, day, sum(bytes)::BIGINT FROM {table} WHERE NOT bot AND {dimension} <> '' "
        "AND day >= $start AND day <= $end GROUP BY ALL",
        {"start": min(days[_WEEKS]), "end": max(days[0])},
    )
    found: dict[str, dict[date, Decimal]] = {}
    for value, day, sent in rows:
        found.setdefault(value, {})[day] = Decimal(sent)
    measured = {day for _, day, _ in rows}
    return found, [week for week in range(1, _WEEKS + 1) if days[0] | days[week] <= measured]
