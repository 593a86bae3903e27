"""Running month: what the bill has of this month, continued to this hour at list price, and how far off that was."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from core.billing.prices import PriceCatalog
from core.billing.usage_types import CLOUDFRONT, S3
from core.costs.currencies import CURRENCY
from core.costs.period import add_months, midnight
from core.running.buckets import Buckets
from core.running.cdn import cdn_estimate, compared_before
from core.running.estimated import Estimate, Moment, Part, PastError, RunningLine, RunningMonth
from core.running.supabase import supabase_estimate, supabase_until
from core.settings import Settings
from core.warehouse import Warehouse

#: Months before this one that are looked back at.
_PAST_MONTHS = 3
_CONDITIONS = {
    Part.CDN_TRANSFER: f"service_name = '{CLOUDFRONT}' AND usage_family = 'transfer out'",
    Part.CDN_REQUESTS: f"service_name = '{CLOUDFRONT}' AND usage_family = 'requests'",
    Part.STORAGE: f"service_name = '{S3}' AND usage_family IN ('storage', 'storage overhead', 'storage minimum size')",
    Part.S3_REQUESTS: f"service_name = '{S3}' AND usage_family = 'requests'",
}
#: The part that a charge belongs to, as SQL; null: none.
_PART = (
    f"CASE WHEN kind = 'supabase' THEN '{Part.SUPABASE}' WHEN charge_category <> 'usage' THEN NULL "
    + " ".join(f"WHEN {condition} THEN '{part}'" for part, condition in _CONDITIONS.items())
    + " END"
)


@dataclass(frozen=True)
class ListPrices:
    """What estimates are made of."""

    catalog: PriceCatalog
    supabase_plan: str
    supabase_gb_bytes: int
    home_region: str  #: of buckets that nothing names the region of

    @classmethod
    def of(cls, settings: Settings, catalog: PriceCatalog) -> "ListPrices":
        """Those of an installation."""
        return cls(catalog, settings.supabase_plan, settings.supabase_gb_bytes, settings.aws_region)


def running_month(
    warehouse: Warehouse, prices: ListPrices, now: datetime, past_months: int = _PAST_MONTHS
) -> RunningMonth:
    """This month until now, in USD: billed, and beyond the bill's last hour estimated from what was measured.

    Charges in other currencies are left out. Of tax, support and other services only what is billed is in it. Beside
    it stands what this would have said on the same day of each of the last months whose bill is final.
    """
    start = midnight(now.date().replace(day=1))
    moment = Moment(start, _billed_until(warehouse, start, now), now)
    billed = _billed(warehouse, start, now)
    lines = _lines(warehouse, prices, moment, billed)
    past = _past(warehouse, prices, moment, past_months) if any(line.estimate.usd is not None for line in lines) else ()
    return RunningMonth(start.date(), now, lines, billed.get(None, Decimal(0)), past, prices.catalog.compiled)


def _billed_until(warehouse: Warehouse, start: datetime, now: datetime) -> datetime:
    rows = warehouse.standing(
        "SELECT billing_period_start, max(usage_until) FROM bills WHERE counted AND provider_name = 'AWS' GROUP BY ALL"
    )
    until = next((until for month, until in rows if month == start.date() and until), start)
    return min(max(until.astimezone(UTC), start), now)


def _billed(warehouse: Warehouse, start: datetime, end: datetime) -> dict[Part | None, Decimal]:
    """What is billed for each part in the days that begin before an instant; None: for all else."""
    rows = warehouse.query(
        f"SELECT {_PART}, sum(billed_cost) FROM charges WHERE {CURRENCY} = 'USD' "
        "AND charge_period_start >= $start AND charge_period_start < $end GROUP BY ALL",
        {"start": start.date(), "end": end.replace(tzinfo=None)},
    )
    return {part and Part(part): cost for part, cost in rows}


def _lines(
    warehouse: Warehouse, prices: ListPrices, moment: Moment, billed: dict[Part | None, Decimal]
) -> tuple[RunningLine, ...]:
    """Each part that is billed or measured."""
    lines = [
        RunningLine(part, billed.get(part, Decimal(0)), until, estimate)
        for part, (until, estimate) in _estimates(warehouse, prices, moment).items()
    ]
    return tuple(line for line in lines if line.billed or line.estimate.usd is not None)


def _estimates(warehouse: Warehouse, prices: ListPrices, moment: Moment) -> dict[Part, tuple[datetime, Estimate]]:
    before = compared_before(warehouse, moment)
    buckets = Buckets(warehouse, prices.catalog, prices.home_region)
    found = {
        part: (moment.until, cdn_estimate(warehouse, prices.catalog, part, moment, before))
        for part in (Part.CDN_TRANSFER, Part.CDN_REQUESTS)
    }
    found[Part.STORAGE] = midnight(buckets.storage_until(moment)), buckets.storage(moment, before)
    found[Part.S3_REQUESTS] = moment.until, buckets.requests(moment)
    until = supabase_until(warehouse, moment.start, moment.at)
    if until:
        of_plan = prices.catalog.supabase(prices.supabase_plan)
        asked = Moment(moment.start, min(until, moment.at), moment.at)
        found[Part.SUPABASE] = until, supabase_estimate(warehouse, of_plan, prices.supabase_gb_bytes, asked)
    return found


def _past(warehouse: Warehouse, prices: ListPrices, moment: Moment, past_months: int) -> tuple[PastError, ...]:
    """What would have been said at the midnight that today began with, the bill being as many days behind as now."""
    days_over = (moment.at.date() - moment.start.date()).days
    behind = max(-(-(moment.at - moment.until) // timedelta(days=1)), 1)
    found: list[PastError] = []
    for months in range(1, past_months + 1):
        first = add_months(moment.start.date(), -months)
        start, end = midnight(first), midnight(add_months(first, 1))
        at = min(start + timedelta(days_over), end)
        until = max(at - timedelta(behind), start)
        if at > until and _is_final(warehouse, start, end):
            found += _past_error(warehouse, prices, Moment(start, until, at))
    return tuple(found)


def _is_final(warehouse: Warehouse, start: datetime, end: datetime) -> bool:
    ((estimated, there),) = warehouse.query(
        "SELECT bool_or(estimated), count(*) FROM charges WHERE provider_name = 'AWS' "
        "AND charge_period_start >= $start AND charge_period_start < $end",
        {"start": start.date(), "end": end.date()},
    )
    return bool(there) and not estimated


def _past_error(warehouse: Warehouse, prices: ListPrices, moment: Moment) -> list[PastError]:
    """Of the parts that could be estimated then; none where there is none. Supabase has no final bill to compare."""
    so_far, became = _billed(warehouse, moment.start, moment.until), _billed(warehouse, moment.start, moment.at)
    estimates = {
        part: estimate.usd
        for part, (_, estimate) in _estimates(warehouse, prices, moment).items()
        if estimate.usd is not None and part is not Part.SUPABASE
    }
    if not estimates:
        return []
    estimated = sum(estimates.values(), Decimal(0))
    said = sum((so_far.get(part, Decimal(0)) for part in estimates), estimated)
    of_parts = sum((became.get(part, Decimal(0)) for part in estimates), Decimal(0))
    return [PastError(moment.start.date(), moment.at, said, of_parts, estimated)]
