"""Attribution: every line of a period's bill, shared out over the videos that cause it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from core.costs.attributed import Attribution, Reason, Share, TitleCost, Unallocated
from core.costs.audience import Audiences
from core.costs.coverage import require_bills, usage_until
from core.costs.currencies import CURRENCY
from core.costs.dimensions import Dimension, Metric
from core.costs.encoded import Encoded
from core.costs.period import Period
from core.costs.pools import KIND, PLACE, RULE, RULES, Measure, Pool
from core.costs.selection import MEASURES, Selection
from core.costs.shares import split_sql
from core.costs.titles import TITLE_SQL, Title
from core.warehouse import Warehouse

#: Days that an inventory may be away from the day that it stands for.
REACH_DAYS = 7


def attribute(
    warehouse: Warehouse,
    period: Period,
    by: Title = Title.VIDEO,
    metric: Metric = Metric.BILLED,
    currency: str | None = None,
    encoded: Sequence[Encoded] = (),
) -> Attribution:
    """What each video, or each rung, costs in a period; what none of them causes stays visible as unallocated.

    Each day's direct costs are shared out by what was measured on that day; overhead, tax, credits and fees follow the
    direct costs of their calendar month, in units of 1e-10 for the month. So whole months add up.
    Amounts are of the metric, in one currency, which `currency` names where there are several. `encoded` is what was
    encoded at MediaConvert; see `encoded_seconds`.

    Raises NoBillingData when no bill in the currency covers the period, UnknownCurrency, and MixedCurrencies when the
    charges are in several currencies and none is asked for.
    """
    selection = Selection(warehouse, Dimension.PROVIDER, metric, (), currency)
    require_bills(warehouse, period, selection.currency)
    currency = selection.currency_of(row[0] for row in selection.rows(CURRENCY, period))
    parameters = {
        "start": period.start,
        "end": period.end,
        "currency": currency,
        "encoded": [each.row for each in encoded],
    }
    rows = warehouse.query(_sql(by, metric), parameters)
    by_title = {title: list(group) for title, group in groupby(rows, key=itemgetter(0))}
    wholes = {
        (row[1], row[2]): _Whole(Pool(row[1]), Measure(row[2]), int(row[5]), Decimal(row[4]))
        for row in by_title.pop(None, [])
    }
    unallocated = _unallocated(by_title.pop("", []))
    titles = _titles(by_title, wholes, Audiences(warehouse, period, by))
    return Attribution(
        period,
        by,
        metric,
        currency,
        sum((each.total for each in titles), Decimal(0)) + sum((each.cost for each in unallocated), Decimal(0)),
        titles,
        unallocated,
        _is_estimated(warehouse, period, currency),
        usage_until(warehouse, period, currency),
    )


@dataclass(frozen=True)
class _Whole:
    """What all titles have of a pool, by one measure."""

    pool: Pool
    measure: Measure
    driver: int
    cost: Decimal


def _titles(
    rows: Mapping[str, list[tuple[Any, ...]]], wholes: Mapping[tuple[str, str], _Whole], audiences: Audiences
) -> tuple[TitleCost, ...]:
    costs: list[TitleCost] = []
    for title, of_title in rows.items():  # of tuples, as there are several hundred thousand
        shares: list[Share] = []
        total = Decimal(0)
        for _, pool, measure, _, cost_text, driver, *_ in of_title:
            whole, cost = wholes[pool, measure], Decimal(cost_text)
            shares.append(Share(whole.pool, whole.measure, cost, int(driver), whole.driver, whole.cost))
            total += cost
        costs.append(TitleCost(title, total, tuple(shares), audiences.of(title)))
    return tuple(sorted(costs, key=lambda each: (-each.total, each.title)))


def _unallocated(rows: list[tuple[Any, ...]]) -> tuple[Unallocated, ...]:
    groups: dict[tuple[str, str], list[tuple[Any, ...]]] = defaultdict(list)
    for _, pool, _, reason, *about in rows:
        groups[pool, reason].append(tuple(about))
    found = [
        Unallocated(
            Pool(pool),
            Reason(reason),
            sum((Decimal(cost) for cost, *_ in group), Decimal(0)),
            max(days for *_, days in group),
            min((first for _, _, first, _, _ in group if first), default=None),
            max((last for _, _, _, last, _ in group if last), default=None),
        )
        for (pool, reason), group in groups.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.cost, each.pool, each.reason)))


def _is_estimated(warehouse: Warehouse, period: Period, currency: str) -> bool:
    ((estimated,),) = warehouse.query(
        "SELECT coalesce(bool_or(estimated), false) FROM charges "
        f"WHERE charge_period_start >= $start AND charge_period_start < $end AND {CURRENCY} = $currency",
        {"start": period.start, "end": period.end, "currency": currency},
    )
    return estimated


@cache
def _sql(by: Title, metric: Metric) -> str:
    text = Path(__file__).with_name("attribution.sql").read_text()
    names: Mapping[str, Any] = {
        "title": TITLE_SQL[by],
        "metric": MEASURES[metric],
        "currency": CURRENCY,
        "rule": RULE,
        "rules": RULES,
        "place": PLACE,
        "kind": KIND,
        "reach": REACH_DAYS,
        "money": "(sum(units)::DECIMAL(38, 0) * 0.0000000001)::DECIMAL(38, 18)",
        "direct_split": split_sql("direct", "shared", "drivers"),
        "following_split": split_sql("following", "led", "scope_drivers"),
        "overhead": Pool.OVERHEAD,
        "other": Pool.OTHER,
    }
    words = {each.name.lower(): each for each in (*Measure, *Reason)}
    return text.format(**names, **words)
