"""Supabase: what a project stores since its last measured day, at list price."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from core.billing.prices import SupabasePrices
from core.running.estimated import Estimate, Moment
from core.units import hours_in_month
from core.warehouse import Warehouse

_GRAIN = Decimal("1e-10")


def supabase_until(warehouse: Warehouse, start: datetime, until: datetime) -> datetime | None:
    """The end of the last measured day of a month; None where it has none."""
    ((last,),) = warehouse.query(
        "SELECT max(charge_period_start) FROM charges WHERE kind = 'supabase' AND usage_type = 'Storage Size' "
        "AND charge_period_start >= $start AND charge_period_start < $until",
        {"start": start.date(), "until": until.replace(tzinfo=None)},
    )
    return datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(1) if last else None


def supabase_estimate(warehouse: Warehouse, prices: SupabasePrices, gb_bytes: int, moment: Moment) -> Estimate:
    """Storage as it was on the last measured day, until now, beyond what the plan includes; egress is not estimated."""
    rows = warehouse.query(
        "SELECT charge_period_start, sum(consumed_quantity) FROM charges WHERE kind = 'supabase' "
        "AND usage_type = 'Storage Size' AND charge_period_start >= $start AND charge_period_start < $until "
        "GROUP BY ALL ORDER BY 1",
        {"start": moment.start.date(), "until": moment.until.replace(tzinfo=None)},
    )
    if not rows or moment.at <= moment.until:
        return Estimate(None, None, remarks=("nothing was measured this month",))
    used, level = sum((quantity for _, quantity in rows), Decimal(0)), rows[-1][1] / 24
    hours, more = 24 * len(rows), Decimal((moment.at - moment.until) / timedelta(hours=1))
    month, meter = hours_in_month(moment.start.date()), prices.meters["storage"]

    def beyond(byte_hours: Decimal, so_many: Decimal) -> Decimal:
        gb_months = byte_hours / gb_bytes / month - meter.included_gb * so_many / month
        return max(gb_months, Decimal(0)) * meter.usd_per_gb

    usd = beyond(used + level * more, hours + more) - beyond(used, Decimal(hours))
    remarks = ("stored as on its last measured day", "egress is not estimated")
    return Estimate(max(usd, Decimal(0)).quantize(_GRAIN), moment.at, "measurements", None, remarks)
