"""Past titles: what each day has cost by rung or by group of videos; what none of them causes is unallocated."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from core.costs.attribution import MONEY, steps_of
from core.costs.dimensions import Dimension, Metric
from core.costs.encoded import Encoded, encoded_seconds
from core.costs.past import ZERO, Booked, Key, PastCosts, booked_since, past_costs
from core.costs.period import Period, add_months
from core.costs.titles import Title
from core.costs.uploads import Upload, uploads
from core.database import Database
from core.telemetry.statements import statements
from core.warehouse import Warehouse

#: What no title causes.
UNALLOCATED = "unallocated"
#: Charges for whole months.
MONTHLY = "fees and tax"
#: All that was charged before it was measured what titles cause.
BEFORE = "before it was measured"
_OWN = (UNALLOCATED, MONTHLY, BEFORE)
_MOST = 0.9  #: of the days
_UNTIL = 3  #: months on from the one that is under way: whatever is booked ahead
_EVER = Period(date(2006, 3, 14), date(9999, 1, 1))  #: since there is S3

_Days = Mapping[date, Decimal]


def past_titles(
    warehouse: Warehouse,
    by: Title,
    metric: Metric = Metric.BILLED,
    currency: str | None = None,
    encoded: Sequence[Encoded] = (),
    uploaded: Sequence[Upload] = (),
) -> PastCosts:
    """The last year and a half of days: each day's charges shared out by what was measured on it, as `attribute` does;
    overhead and discounts go with the same day's costs. What no title causes is unallocated, so that each day adds up
    to its bill. Charges for whole months, and days before most were measured, are no title's.

    Raises what `past_costs` does.
    """
    past = past_costs(warehouse, Dimension.PROVIDER, metric, (), currency)
    parameters = {
        "start": past.start,
        "end": add_months(past.until.replace(day=1), _UNTIL),
        "currency": past.currency,
        "encoded": [each.row for each in encoded],
        "uploads": [each.row for each in uploaded],
    }
    found: dict[Key, dict[date, Decimal]] = defaultdict(dict)
    for row in warehouse.steps(_steps(by, metric, past.start), parameters).to_pylist():
        if row["label"] not in _OWN:  # a path may be called so
            found[Key(row["label"], row["provider"])][row["day"]] = Decimal(row["cost"])
    return replace(
        past,
        by=str(by),
        daily=_since_measured(past, found),
        monthly={Key(MONTHLY, key.provider): days for key, days in past.monthly.items()},
        tax={Key(MONTHLY, key.provider): days for key, days in past.tax.items()},
    )


def titles_of(
    warehouse: Warehouse, database: Database, by: Title, metric: Metric = Metric.BILLED, currency: str | None = None
) -> PastCosts:
    """The same, with what the library knows of encodings and uploads."""
    return past_titles(warehouse, by, metric, currency, encoded_seconds(database, _EVER), uploads(database, by))


def _steps(by: Title, metric: Metric, start: date) -> Mapping[str, str]:
    every = steps_of(by, metric, "day", f"{booked_since(start)} = '{Booked.DAILY}'")
    names = list(every)
    needed = names[: names.index("following_shares") + 1]
    return {name: every[name] for name in needed} | {
        name: select.format(money=MONEY) for name, select in statements(__file__).items()
    }


def _since_measured(past: PastCosts, shares: Mapping[Key, _Days]) -> dict[Key, _Days]:
    """The shares of each day since most days were measured, and what is unallocated of it; what was before, in one."""
    rest = {whole: _rest(whole, days, shares) for whole, days in past.daily.items()}
    first = max((_first_measured(days, rest[key], past.until) for key, days in past.daily.items()), default=past.start)
    found: dict[Key, _Days] = {key: _from(days, first) for key, days in shares.items()}
    for key, days in past.daily.items():
        found[Key(UNALLOCATED, key.provider)] = _from(rest[key], first)
        found[Key(BEFORE, key.provider)] = {day: cost for day, cost in days.items() if day < first}
    return {key: days for key, days in found.items() if days}


def _first_measured(costs: _Days, rest: _Days, until: date) -> date:
    """The first day since which most days are measured: at least half of what they cost is some title's.

    The first day of all where none is, so that what another provider's titles cost is known all the same.
    """
    first, seen, measured = min(costs, default=until), 0, 0
    for day in sorted((day for day in costs if day < until), reverse=True):
        seen, is_measured = seen + 1, 2 * rest[day] <= costs[day]
        measured += is_measured
        if is_measured and measured >= _MOST * seen:
            first = day
    return first


def _rest(whole: Key, days: _Days, shares: Mapping[Key, _Days]) -> dict[date, Decimal]:
    own = [costs for key, costs in shares.items() if key.provider == whole.provider]
    return {day: cost - sum((costs.get(day, ZERO) for costs in own), ZERO) for day, cost in days.items()}


def _from(days: _Days, first: date) -> dict[date, Decimal]:
    return {day: cost for day, cost in days.items() if day >= first}
