"""Breakdown: what was spent in a period, split along one dimension."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.costs.coverage import covered_spans, is_whole, require_bills, usage_until
from core.costs.currencies import CURRENCY
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
class LeftOut:
    """Charges that a breakdown cannot count, because they are in another currency."""

    currency: str
    charges: int  #: rows of the bills
    total: Decimal  #: of the breakdown's metric


@dataclass(frozen=True)
class CostBreakdown:
    """What was spent in a period, split along one dimension."""

    period: Period
    by: str  #: a Dimension, or tag:<key>
    metric: Metric
    currency: str
    total: Decimal
    lines: tuple[CostLine, ...]  #: dearest first; they add up to the total
    previous_total: Decimal | None  #: None unless bills in the currency cover every day of the period before
    estimated: bool  #: whether any charge in it is not invoiced yet
    as_of: datetime | None  #: end of the last usage in it, at most the period's end; None: no usage in it yet
    covered: tuple[Period, ...]  #: the days of it that bills cover, in spans without a gap
    left_out: tuple[LeftOut, ...] = ()  #: what the same question comes to in other currencies, by name

    @property
    def in_part(self) -> bool:
        """Whether there are days in it that no bill covers."""
        return self.covered != (self.period,)


def break_down(
    warehouse: Warehouse,
    period: Period,
    by: str,
    metric: Metric = Metric.BILLED,
    filters: tuple[Filter, ...] = (),
    currency: str | None = None,
) -> CostBreakdown:
    """Spend in a period, split along one dimension: a Dimension, or `tag:<key>`.

    Amounts are of the metric, of every charge category (usage, tax, credit, refund, discount, fee), in one currency
    of the bills, which `currency` names where there are several. A charge with no value for the dimension is counted
    as "not stated", so the lines always add up to the total. Each account's month counts once, however many exports
    carry it.

    Raises NoBillingData when no bill in the currency covers the period, UnknownDimension, UnknownCurrency, and
    MixedCurrencies when the charges are in several currencies and none is asked for.
    """
    selection = Selection(warehouse, by, metric, filters, currency)
    require_bills(warehouse, period, selection.currency)
    before = period.previous if is_whole(warehouse, period.previous, selection.currency) else None
    sums = _sums(selection, period, before)
    total = sum(sums.costs.values(), Decimal(0))
    return CostBreakdown(
        period,
        by,
        metric,
        sums.currency,
        total,
        tuple(CostLine(label, cost, _share(cost, total)) for label, cost in _dearest(sums.costs)),
        sums.before if before and is_whole(warehouse, before, sums.currency) else None,
        sums.estimated,
        usage_until(warehouse, period, sums.currency),
        covered_spans(warehouse, period, sums.currency),
        sums.left_out,
    )


@dataclass(frozen=True)
class _Sums:
    """What the warehouse says of a period and of the one before."""

    currency: str
    costs: dict[str, Decimal]  #: of the period, by label
    before: Decimal  #: of the period before
    estimated: bool
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class _Row:
    """The charges of one label and currency, added up."""

    label: str | None  #: None: charges of the period before
    currency: str
    cost: Decimal
    estimated: bool
    charges: int


def _sums(selection: Selection, period: Period, before: Period | None) -> _Sums:
    # one query for both periods, as planning it costs more than summing a month: what was before has no label
    label = f"CASE WHEN charge_period_start >= DATE '{period.start}' THEN {selection.label} END"
    columns = f"{label}, {CURRENCY}, sum({selection.measure}), bool_or(estimated), sum(row_count)"
    rows = [_Row(*row) for row in selection.rows(columns, *((period, before) if before else (period,)))]
    found = [row for row in rows if row.label is not None]
    currency = selection.currency_of(row.currency for row in found or rows)
    counted = [row for row in found if row.currency == currency]
    return _Sums(
        currency,
        {row.label: row.cost for row in counted if row.label is not None},
        sum((row.cost for row in rows if row.label is None and row.currency == currency), Decimal(0)),
        any(row.estimated for row in counted),
        _left_out([row for row in found if row.currency != currency]),
    )


def _left_out(rows: list[_Row]) -> tuple[LeftOut, ...]:
    found: dict[str, LeftOut] = {}
    for row in rows:
        so_far = found.get(row.currency, LeftOut(row.currency, 0, Decimal(0)))
        found[row.currency] = LeftOut(row.currency, so_far.charges + row.charges, so_far.total + row.cost)
    return tuple(found[currency] for currency in sorted(found))


def _share(cost: Decimal, total: Decimal) -> float:
    return float(cost) / float(total) if total else 0.0


def _dearest(costs: dict[str, Decimal]) -> list[tuple[str, Decimal]]:
    return sorted(costs.items(), key=lambda line: (-line[1], line[0]))
