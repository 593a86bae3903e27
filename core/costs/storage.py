"""Stored: how many bytes lie where, as the bills count them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.costs.dimensions import NOT_STATED
from core.units import GIB, hours_in_month
from core.warehouse import Warehouse


@dataclass(frozen=True)
class StoredBytes:
    """What one storage class of a provider held on a day."""

    provider: str
    storage_class: str  #: S3's own name; "not stated" where the bill names none
    size_bytes: int  #: average of the day
    day: date


def stored_bytes(warehouse: Warehouse) -> tuple[StoredBytes, ...]:
    """What each provider held on the last whole day that its bills count storage for, most first.

    From the storage rows' quantities, in GB-months (of 2^30 bytes and the calendar month's hours) or byte-hours.
    Empty where no bill has storage in it.
    """
    rows = warehouse.standing(f"""
        WITH storage AS (
            FROM charges SELECT provider_name, coalesce(storage_class, '{NOT_STATED}') AS storage_class,
                charge_period_start AS day, consumed_unit, sum(consumed_quantity) AS quantity
            WHERE usage_family = 'storage' AND charge_category = 'usage' AND provider_name IS NOT NULL
            GROUP BY ALL
        ), ends AS (
            SELECT provider_name, max(usage_until)::DATE AS until FROM bills WHERE counted GROUP BY ALL
        ), last_days AS (
            SELECT provider_name, coalesce(max(day) FILTER (day < until), max(day)) AS day
            FROM storage JOIN ends USING (provider_name) GROUP BY ALL
        )
        SELECT provider_name, storage_class, consumed_unit, quantity, day
        FROM storage JOIN last_days USING (provider_name, day)
    """)
    sizes: dict[tuple[str, str, date], int] = {}
    for provider, storage_class, unit, quantity, day in rows:
        key = (provider, storage_class, day)
        sizes[key] = sizes.get(key, 0) + round(byte_hours(unit, quantity, day) / 24)
    found = [StoredBytes(provider, class_, size, day) for (provider, class_, day), size in sizes.items()]
    return tuple(sorted(found, key=lambda stored: (-stored.size_bytes, stored.provider, stored.storage_class)))


def byte_hours(unit: str | None, quantity: Decimal, day: date) -> Decimal:
    """Bytes times hours, from what a bill counts of a day's storage: GB-months, unless its unit says otherwise."""
    plain = (unit or "").lower().replace("-", "").replace(" ", "")
    if plain in ("bytehrs", "bytehours"):
        return quantity
    if plain in ("gbhours", "gbhrs"):
        return quantity * GIB
    return quantity * GIB * hours_in_month(day)
