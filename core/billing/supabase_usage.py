"""Supabase usage: measured bytes and the configured plan, priced as charges that stand beside a bill's."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from core.billing.columns import Columns
from core.billing.prices import Meter, SupabasePrices
from core.units import hours_in_month

#: The unit that a month's cost is split in, so that its parts add up to it exactly.
_GRAIN = Decimal("1e-10")
_METERS = ("storage", "egress", "cached_egress")
_USAGE_TYPES = {"storage": "Storage Size", "egress": "Egress", "cached_egress": "Cached Egress"}
_UNITS = {"storage": "Byte-Hrs", "egress": "Bytes", "cached_egress": "Bytes"}


@dataclass(frozen=True)
class DailyUsage:
    """What one project stored and sent on one UTC day."""

    day: date
    organization: str
    project: str
    storage: int  #: bytes, average of the day
    egress: int  #: bytes that were not cached
    cached_egress: int  #: bytes


@dataclass(frozen=True)
class Charge:
    """One estimated charge."""

    usage: DailyUsage
    usage_type: str
    line_item_type: str  #: FOCUS's ChargeCategory
    quantity: int  #: in unit
    unit: str
    cost: Decimal  #: USD


def pricing_key(prices: SupabasePrices, gb_bytes: int) -> str:
    """Changes when the same usage would be priced differently."""
    return hashlib.sha256(f"{prices} {gb_bytes}".encode()).hexdigest()[:8]


def price_usage(days: Sequence[DailyUsage], prices: SupabasePrices, gb_bytes: int) -> list[Charge]:
    """The charges of one organisation's billing months: the plan's fee, and what goes beyond its quotas.

    A month's cost beyond a quota is split over its days and projects by their bytes. The storage quota of a month
    that is not over is counted for the days it has.
    """
    charges: list[Charge] = []
    months: dict[tuple[str, date], list[DailyUsage]] = defaultdict(list)
    for usage in days:
        months[usage.organization, usage.day.replace(day=1)].append(usage)
    for (organization, first), month in sorted(months.items()):
        fee = DailyUsage(first, organization, "", 0, 0, 0)
        charges.append(Charge(fee, "Plan", "Purchase", 1, "Month", prices.month_usd))
        for name in _METERS:
            charges += _meter(name, month, prices.meters[name], gb_bytes)
    return charges


def _meter(name: str, month: list[DailyUsage], meter: Meter, gb_bytes: int) -> list[Charge]:
    amounts = [getattr(usage, name) * (24 if name == "storage" else 1) for usage in month]
    parts = split(_overage(name, month, sum(amounts), meter, gb_bytes), amounts)
    return [
        Charge(usage, _USAGE_TYPES[name], "Usage", amount, _UNITS[name], part)
        for usage, amount, part in zip(month, amounts, parts, strict=True)
    ]


def _overage(name: str, month: list[DailyUsage], used: int, meter: Meter, gb_bytes: int) -> Decimal:
    """USD for what goes beyond the quota; `used` in bytes, for storage in byte-hours."""
    if name != "storage":
        return max(Decimal(used) / gb_bytes - meter.included_gb, Decimal(0)) * meter.usd_per_gb
    hours = hours_in_month(month[0].day)
    days = len({usage.day for usage in month})
    included = meter.included_gb * days * 24 / hours
    return max(Decimal(used) / gb_bytes / hours - included, Decimal(0)) * meter.usd_per_gb


def split(total: Decimal, weights: Sequence[int]) -> list[Decimal]:
    """The total in parts of 1e-10, by weight, largest remainder first: the parts add up to it (rounded to 1e-10)."""
    units = int((total / _GRAIN).to_integral_value())
    whole = sum(weights)
    if not whole:
        return [Decimal(0)] * len(weights)
    parts = [units * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda n: (-(units * weights[n] % whole), n))
    for n in by_remainder[: units - sum(parts)]:
        parts[n] += 1
    return [part * _GRAIN for part in parts]


def read_usage(columns: Columns, relation: str, connection: duckdb.DuckDBPyConnection) -> list[DailyUsage]:
    """The rows of a usage file, a day and project each; repeated ones are added."""
    bytes_read = ", ".join(f"sum({columns.sql(f'{name}_bytes')}::HUGEINT)" for name in _METERS)
    rows = connection.execute(f"""
        SELECT {columns.instant("date")}::DATE AS day, coalesce({columns.first("organization")}, ''),
            coalesce({columns.first("project")}, ''), {bytes_read}
        FROM {relation} GROUP BY ALL ORDER BY ALL
    """).fetchall()
    return [DailyUsage(*row[:3], *(int(value or 0) for value in row[3:])) for row in rows]


def stage_charges(charges: Sequence[Charge], folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Put the charges where a bill's are staged, marked as estimated from list price."""
    lines = folder / "charges.json"
    with lines.open("w") as file:
        file.writelines(json.dumps(_staged(charge)) + "\n" for charge in charges)
    typed = ", ".join(f"{name}: '{type_}'" for name, type_ in (_DIMENSIONS | _AMOUNTS).items())
    relation = f"read_json('{lines}', format = 'newline_delimited', columns = {{{typed}}})"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE priced AS SELECT nextval('dimension_ids') AS id, * FROM {relation}; "
        f"INSERT INTO dimensions BY NAME SELECT id, 'supabase' AS kind, {', '.join(_DIMENSIONS)} FROM priced; "
        f"INSERT INTO amounts BY NAME SELECT id, {', '.join(_AMOUNTS)} FROM priced; DROP TABLE priced"
    )
    lines.unlink()


_DIMENSIONS = dict.fromkeys(
    (
        "provider_name", "billing_account_id", "sub_account_id", "service_name", "usage_type", "operation",
        "line_item_type", "billing_currency", "consumed_unit", "resource_id",
    ),
    "VARCHAR",
) | {"estimated": "BOOLEAN"}  # fmt: skip
_AMOUNTS = (
    dict.fromkeys(("billing_period_start", "charge_period_start"), "DATE")
    | dict.fromkeys(("consumed_quantity", "billed_cost", "effective_cost", "list_cost"), "DECIMAL(38,18)")
    | {"row_count": "BIGINT", "usage_until": "TIMESTAMP"}
)


def _staged(charge: Charge) -> dict[str, object]:
    usage, cost = charge.usage, format(charge.cost, "f")
    until = datetime.combine(usage.day + timedelta(days=1), datetime.min.time(), UTC)
    return {
        "provider_name": "Supabase",
        "billing_account_id": usage.organization,
        "sub_account_id": usage.project,
        "service_name": "Supabase Storage" if charge.usage_type != "Plan" else "Supabase Plan",
        "usage_type": charge.usage_type,
        "operation": "estimated from list price",
        "line_item_type": charge.line_item_type,
        "billing_currency": "USD",
        "consumed_unit": charge.unit,
        "resource_id": usage.project,
        "billing_period_start": str(usage.day.replace(day=1)),
        "charge_period_start": str(usage.day),
        "estimated": True,
        "consumed_quantity": str(charge.quantity),
        "billed_cost": cost,
        "effective_cost": cost,
        "list_cost": cost,
        "row_count": 1,
        "usage_until": until.replace(tzinfo=None).isoformat(),
    }
