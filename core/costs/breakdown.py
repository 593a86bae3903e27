"""Breakdown: what was spent in a period, split along one dimension."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.costs.coverage import bills_until, is_covered
from core.costs.dimensions import Filter, Metric
from core.costs.period import Period
from core.costs.selection import Selection
from core.warehouse import Warehouse


@dataclass(frozen=True)
class CostLine:
    """One value of the dimension."""

    label: str
    cost: Decimal
    share: float  #: of the total, 0 to 1; 0 when the total is 0


@dataclass(frozen=True)
class CostBreakdown:
    """What was spent in a period, split along one dimension."""

    period: Period
    by: str  #: a Dimension, or tag:<key>
    metric: Metric
    currency: str
    total: Decimal
    lines: tuple[CostLine, ...]  #: dearest first; they add up to the total
    previous_total: Decimal | None  #: None when no bill covers the period before, or only in other currencies
    estimated: bool  #: whether any charge in it is not invoiced yet
    as_of: datetime | None  #: end of the last usage that the bills cover, at most the period's end


def break_down(
    warehouse: Warehouse,
    period: Period,
    by: str,
    metric: Metric = Metric.BILLED,
    filters: tuple[Filter, ...] = (),
    currency: str | None = None,
) -> CostBreakdown:
    """Spend in a period, split along one dimension: a Dimension, or `tag:<key>`.

    Amounts are of the metric, of every charge category (usage, tax, credit, refund, discount, fee), in the bills'
    own currency. A charge with no value for the dimension is counted as "not stated", so the lines always add up to
    the total. Each account's month counts once, however many exports carry it.

    Raises NoBillingData when no bill covers the period, UnknownDimension, and MixedCurrencies when the charges are in
    several currencies and none is asked for.
    """
    covered_until = bills_until(warehouse, period)
    before = period.previous if is_covered(warehouse, period.previous) else None
    sums = _sums(Selection(warehouse, by, metric, filters, currency), period, before)
    total = sum(sums.costs.values(), Decimal(0))
    return CostBreakdown(
        period,
        by,
        metric,
        sums.currency,
        total,
        tuple(CostLine(label, cost, _share(cost, total)) for label, cost in _dearest(sums.costs)),
        sums.before if before else None,
        sums.estimated,
        covered_until,
    )


@dataclass(frozen=True)
class _Sums:
    """What the warehouse says of a period and of the one before."""

    currency: str
    costs: dict[str, Decimal]  #: of the period, by label
    before: Decimal | None  #: of the period before; None where that has other currencies only
    estimated: bool


def _sums(selection: Selection, period: Period, before: Period | None) -> _Sums:
    # one query for both periods, as planning it costs more than summing a month: what was before has no label
    label = f"CASE WHEN charge_period_start >= DATE '{period.start}' THEN {selection.label} END"
    periods = (period, before) if before else (period,)
    rows = selection.rows(f"{label}, billing_currency, sum({selection.measure}), bool_or(estimated)", *periods)
    lines = [row for row in rows if row[0] is not None]
    currency = selection.only_currency([row[1] for row in lines] or [row[1] for row in rows])
    return _Sums(
        currency,
        {label: cost for label, _, cost, _ in lines},
        _in_currency(currency, {row[1]: row[2] for row in rows if row[0] is None}),
        any(estimated for *_, estimated in lines),
    )


def _share(cost: Decimal, total: Decimal) -> float:
    return float(cost) / float(total) if total else 0.0


def _in_currency(currency: str, costs: dict[str, Decimal]) -> Decimal | None:
    return costs.get(currency, None if costs else Decimal(0))


def _dearest(costs: dict[str, Decimal]) -> list[tuple[str, Decimal]]:
    return sorted(costs.items(), key=lambda line: (-line[1], line[0]))
