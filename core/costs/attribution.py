"""Attribution: every line of a period's bill, shared out over the videos that cause it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import accumulate, groupby, pairwise
from typing import Any

import pyarrow as pa

from core.costs.attributed import Attribution, Columns, Reason, TitleCost, Unallocated, Whole
from core.costs.audience import Audiences
from core.costs.coverage import require_bills, usage_until
from core.costs.currencies import CURRENCY
from core.costs.dimensions import Dimension, Metric
from core.costs.encoded import Encoded
from core.costs.period import Period
from core.costs.pools import KIND, PLACE, RULE, RULES, Measure, Pool
from core.costs.selection import MEASURES, Selection
from core.costs.shares import split_steps
from core.costs.titles import LABELS, TITLE_SQL, Title
from core.costs.uploads import Upload
from core.telemetry.statements import statements
from core.warehouse import Warehouse

_ENCODING = "STRUCT(day DATE, video VARCHAR, rung VARCHAR, seconds BIGINT)"
_ENCODINGS = f"SELECT unnest($encoded::{_ENCODING}[], recursive := true)"
#: The span that amounts are shared out by, as SQL: its first day.
BY_MONTH = "date_trunc('month', day)::DATE"
#: Steps in which something is shared out: the lines, and the drivers.
_SPLIT = {"direct_shares": ("shared", "drivers"), "following_shares": ("led", "scope_drivers")}
#: What shares come to, as SQL.
MONEY = "(sum(units)::DECIMAL(38, 0) * 0.0000000001)::DECIMAL(38, 18)"
#: Days that an inventory may be away from the day that it stands for.
REACH_DAYS = 7


def attribute(
    warehouse: Warehouse,
    period: Period,
    by: Title = Title.VIDEO,
    metric: Metric = Metric.BILLED,
    currency: str | None = None,
    encoded: Sequence[Encoded] = (),
    uploads: Sequence[Upload] = (),
) -> Attribution:
    """What each video, rung or group of videos costs in a period; what none of them causes is visible as unallocated.

    Each day's direct costs are shared out by what was measured on that day; overhead, tax, credits and fees follow the
    direct costs of their calendar month, in units of 1e-10 for the month. So whole months add up.
    Amounts are of the metric, in one currency, which `currency` names where there are several. `encoded` is what was
    encoded at MediaConvert; see `encoded_seconds`. `uploads` tells the groups, where it is told by them.

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
        "uploads": [each.row for each in uploads],
    }
    found = warehouse.steps(steps_of(by, metric), parameters)
    told = found.slice(0, sum(not title for title in found["title"].to_pylist())).to_pylist()
    wholes = {
        row["whole"]: Whole(Pool(row["pool"]), Measure(row["measure"]), int(row["driver"]), Decimal(row["cost"]))
        for row in told
        if row["title"] is None
    }
    unallocated = _unallocated([row for row in told if row["title"] == 0])
    titles = _titles(found.slice(len(told)), wholes, Audiences(warehouse, period, by, uploads))
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


def _titles(found: pa.Table, wholes: Mapping[int, Whole], audiences: Audiences) -> tuple[TitleCost, ...]:
    """Column by column, as there are several hundred thousand rows."""
    costs = tuple(map(Decimal, found["cost"].to_pylist()))
    drivers = tuple(map(int, found["driver"].to_pylist()))
    columns = Columns(tuple(wholes[number] for number in found["whole"].to_pylist()), costs, drivers)
    names = found["name"].to_pylist()
    ends = accumulate(len(list(rows)) for _, rows in groupby(found["title"].to_pylist()))
    titles = (
        TitleCost(
            names[start], sum(costs[start:end], Decimal(0)), audiences.of(names[start]), columns, range(start, end)
        )
        for start, end in pairwise([0, *ends])
    )
    return tuple(sorted(titles, key=lambda each: (-each.total, each.title)))


def _unallocated(rows: Sequence[Mapping[str, Any]]) -> tuple[Unallocated, ...]:
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["pool"], row["reason"]].append(row)
    found = [
        Unallocated(
            Pool(pool),
            Reason(reason),
            sum((Decimal(row["cost"]) for row in group), Decimal(0)),
            max(row["days"] for row in group),
            min((row["first_day"] for row in group if row["first_day"]), default=None),
            max((row["last_day"] for row in group if row["last_day"]), default=None),
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
def steps_of(by: Title, metric: Metric, span: str = BY_MONTH, which: str = "true") -> Mapping[str, str]:
    """Selects by the tables to be made of them, in their order; the last one is the answer.

    Direct costs are shared out by spans of days, of the charges that a condition lets through.
    """
    names: Mapping[str, Any] = {
        "title": TITLE_SQL[by],
        "label": LABELS[by].title,
        "labelled": LABELS[by].joined,
        "span": span,
        "which": which,
        "encodings": _ENCODINGS,
        "metric": MEASURES[metric],
        "currency": CURRENCY,
        "rule": RULE,
        "rules": RULES,
        "place": PLACE,
        "kind": KIND,
        "reach": REACH_DAYS,
        "money": MONEY,
        "overhead": Pool.OVERHEAD,
        "other": Pool.OTHER,
    }
    words = names | {each.name.lower(): each for each in (*Measure, *Reason)}
    steps: dict[str, str] = {}
    for name, select in statements(__file__).items():
        steps |= split_steps(name, *_SPLIT[name]) if name in _SPLIT else {name: select.format(**words)}
    return steps
