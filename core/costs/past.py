"""Past: what each day has cost as far as bills are whole, with charges for whole months set apart."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from core.costs.currencies import CURRENCY
from core.costs.dimensions import Filter, Metric
from core.costs.period import Period, add_months
from core.costs.selection import Selection
from core.costs.whole import Bills, bills_of
from core.errors import NoBillingData
from core.warehouse import Warehouse

LOOKED_BACK = timedelta(560)  #: half a year to expect something from, and a year of earlier days to do so
ZERO = Decimal(0)
_SILENT = timedelta(45)  #: without a newer bill, while others have one, a provider bills no more


class Booked(StrEnum):
    """How a charge stands in the bill."""

    DAILY = "daily"  #: on the day of what it is for
    MONTHLY = "monthly"  #: on the first, for the whole month: fees, plans, support
    TAX = "tax"  #: on the first, for the whole month, as a share of the rest


class Key(NamedTuple):
    """What is summed apart: bills of different providers end on different days."""

    label: str
    provider: str


@dataclass(frozen=True)
class PastCosts:
    """What the bills say, by the day and by label."""

    by: str
    metric: Metric
    currency: str
    start: date  #: the first day that was looked at
    bills: Mapping[str, Bills]  #: what each provider's bills cover; only those that still bill
    ended: Mapping[str, date]  #: providers without a newer bill, and the day behind their last one
    daily: Mapping[Key, Mapping[date, Decimal]]  #: as billed; days that are still filling too
    monthly: Mapping[Key, Mapping[date, Decimal]]  #: by the first of the month
    tax: Mapping[Key, Mapping[date, Decimal]]  #: by the first of the month

    @cached_property
    def until(self) -> date:
        """The first day that is not wholly billed by every provider that still bills by the day."""
        newest = max(each.until for each in self.bills.values())
        daily = {key.provider for key, costs in self.daily.items() if max(costs, default=date.min) >= newest - _SILENT}
        return min((each.until for name, each in self.bills.items() if name in daily), default=newest)

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label, what was dearest in the last four weeks first."""
        since = self.until - timedelta(28)
        recent: dict[str, Decimal] = defaultdict(Decimal)
        for key, costs in self.daily.items():
            recent[key.label] += sum((cost for day, cost in costs.items() if day >= since), ZERO)
        for key in (*self.monthly, *self.tax):
            recent[key.label] += ZERO
        return tuple(sorted(recent, key=lambda label: (-recent[label], label)))

    def before(self, day: date) -> "PastCosts":
        """What was known when the bills reached to that day: charges for the month under way had no amount yet."""
        bills = {name: each.before(day) for name, each in self.bills.items() if each.first < day}
        ended = {name: end for name, end in self.ended.items() if end < day}
        month = day.replace(day=1)
        return PastCosts(
            self.by, self.metric, self.currency, self.start, bills, ended,
            _cut(self.daily, day), _cut(self.monthly, month), _cut(self.tax, month),
        )  # fmt: skip


def past_costs(
    warehouse: Warehouse,
    by: str,
    metric: Metric = Metric.BILLED,
    filters: tuple[Filter, ...] = (),
    currency: str | None = None,
) -> PastCosts:
    """The last year and a half of days, split along one dimension.

    Raises NoBillingData when there is no bill, and what `break_down` does.
    """
    selection = Selection(warehouse, by, metric, filters, currency)
    known = bills_of(warehouse, selection.currency)
    if not known:
        raise NoBillingData(
            "There are no bills yet.", "Ingest one: python -m core ingest FOLDER, or s3://bucket/prefix."
        )
    newest = max(each.until for each in known.values())
    period = Period(newest - LOOKED_BACK, add_months(newest.replace(day=1), 2))
    booked = f"{CURRENCY}, {booked_since(period.start)}, {selection.label}, coalesce(provider_name, '')"
    rows = selection.rows(f"{booked}, charge_period_start, sum({selection.measure})", period, by_day=True)
    chosen = selection.currency_of(row[0] for row in rows)
    known = bills_of(warehouse, chosen)
    apart = _apart(row[1:] for row in rows if row[0] == chosen)
    billing, ended = _still_billing(known)
    return PastCosts(by, metric, chosen, period.start, billing, ended, *(apart[booked] for booked in Booked))


def booked_since(start: date) -> str:
    """How a charge is booked, as SQL, judged by the bills from a day on.

    It is for a whole month if all of its kind stand on firsts: tax and fees, or anything on two of them.
    """
    kind = "concat_ws('|', provider_name, charge_category, service_name, usage_type, operation, line_item_type)"
    monthly = (
        f"SELECT {kind} FROM charges WHERE charge_period_start >= DATE '{start}' GROUP BY ALL "
        "HAVING bool_and(day(charge_period_start) = 1) AND "
        "(min(charge_category) IN ('tax', 'fee') OR count(DISTINCT charge_period_start) > 1)"
    )
    return (
        f"CASE WHEN day(charge_period_start) <> 1 OR {kind} NOT IN ({monthly}) THEN '{Booked.DAILY}' "
        f"WHEN charge_category = 'tax' THEN '{Booked.TAX}' ELSE '{Booked.MONTHLY}' END"
    )


def _apart(rows: Iterable[Sequence[Any]]) -> dict[Booked, dict[Key, dict[date, Decimal]]]:
    found: dict[Booked, dict[Key, dict[date, Decimal]]] = {booked: {} for booked in Booked}
    for booked, label, provider, day, cost in rows:
        found[Booked(booked)].setdefault(Key(label, provider), {})[day] = cost
    return found


def _still_billing(known: Mapping[str, Bills]) -> tuple[dict[str, Bills], dict[str, date]]:
    newest = max(each.until for each in known.values())
    ended = {name: each.until for name, each in known.items() if each.until < newest - _SILENT}
    return {name: each for name, each in known.items() if name not in ended}, ended


def _cut(costs: Mapping[Key, Mapping[date, Decimal]], end: date) -> dict[Key, dict[date, Decimal]]:
    kept = {key: {day: cost for day, cost in days.items() if day < end} for key, days in costs.items()}
    return {key: days for key, days in kept.items() if days}
