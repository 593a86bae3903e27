"""Whole months: tax, support and fees, which are of all of a month and stand on its first day, beside parts of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.costs.currencies import CURRENCY
from core.costs.dimensions import Metric
from core.costs.latest import whole_days_until
from core.costs.period import Period, add_months
from core.costs.pools import RULE, RULES, Pool
from core.costs.selection import MEASURES
from core.warehouse import Warehouse


@dataclass(frozen=True)
class Monthly:
    """What a month of which a period has a part is charged as a whole."""

    month: date  #: its first day
    cost: Decimal
    included: bool  #: the period has the first day, and with it all of the cost

    def words(self, amount: str) -> str:
        """As a sentence; `amount`: the cost as it is written."""
        if self.included:
            return f"{amount} of it is tax, support and fees of all of {self.month:%B %Y}, which stand on the 1st."
        return f"Tax, support and fees of {self.month:%B %Y} ({amount}) stand on the 1st and are not in it."


def monthly_charges(
    warehouse: Warehouse, period: Period, currency: str, metric: Metric = Metric.BILLED
) -> tuple[Monthly, ...]:
    """Of each month that a period has only a part of, as far as bills go, where it has anything of the kind."""
    months = list(_parts(period, whole_days_until(warehouse, currency)))
    rows = warehouse.query(
        f"SELECT charge_period_start, sum(cost) FROM (SELECT charge_period_start, {MEASURES[metric]} AS cost, {RULE} "
        f"AS rule FROM resource_charges WHERE {CURRENCY} = $currency AND list_contains($months, charge_period_start)) "
        f"JOIN ({RULES}) rules (rule, pool, measure) USING (rule) WHERE pool IN ('{Pool.TAX}', '{Pool.FEES}') "
        "GROUP BY ALL ORDER BY ALL",
        {"currency": currency, "months": months},
    )
    return tuple(Monthly(month, cost, period.start <= month) for month, cost in rows if cost)


def _parts(period: Period, until: date) -> Iterator[date]:
    """The months that it has some of the days of, not all until then."""
    month = period.start.replace(day=1)
    while month < period.end:
        if period.start > month or period.end < min(add_months(month, 1), until):
            yield month
        month = add_months(month, 1)
