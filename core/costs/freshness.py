"""Freshness: how far each provider's newest bill goes."""

from dataclasses import dataclass
from datetime import date, datetime

from core.warehouse import Warehouse


@dataclass(frozen=True)
class Freshness:
    """How far one provider's newest bill goes."""

    provider: str
    export: str
    kind: str
    billing_period_start: date
    usage_until: datetime | None  #: end of the last usage in its export; None where that has none
    delivered_at: datetime
    loaded_at: datetime
    estimated: bool  #: some of it is on no invoice yet
    complete: bool  #: a manifest vouches for it


def freshness(warehouse: Warehouse) -> tuple[Freshness, ...]:
    """The newest bill of each provider and export that is counted."""
    rows = warehouse.standing("""
        SELECT provider_name, export, kind, billing_period_start,
            -- a bill of nothing but late charges takes nothing back of what those before it brought
            max(max(usage_until)) OVER (PARTITION BY provider_name, export, kind),
            max(delivered_at), max(loaded_at), bool_or(estimated), bool_and(complete)
        FROM bills WHERE counted
        GROUP BY provider_name, export, kind, billing_period_start
        QUALIFY row_number() OVER (PARTITION BY provider_name, export, kind ORDER BY billing_period_start DESC) = 1
        ORDER BY provider_name, export
    """)
    return tuple(Freshness(*row) for row in rows)
