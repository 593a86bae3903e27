"""Prices: the dated list-price catalogue, and how old it is."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from core.errors import SettingsError

SHIPPED = Path(__file__).with_name("price_catalog_2026-11.json")


_STEEPEST = 1000  #: percent
_METERS = {"storage": "storage_gb_month", "egress": "egress_gb", "cached_egress": "cached_egress_gb"}


@dataclass(frozen=True)
class Meter:
    """What a plan includes of one thing, and the price beyond it."""

    included_gb: Decimal  #: a month, of the plan's own GB
    usd_per_gb: Decimal  #: storage: per GB-month


@dataclass(frozen=True)
class SupabasePrices:
    """List prices and quotas of one Supabase plan."""

    plan: str
    month_usd: Decimal
    meters: dict[str, Meter]  #: storage, egress and cached_egress


@dataclass(frozen=True)
class PriceStep:
    """A price of a service that is announced for a day."""

    from_day: date
    service: str  #: as bills name it
    percent: Decimal  #: by which all of it gets dearer; below 0: cheaper

    @classmethod
    def of(cls, told: dict[str, Any]) -> "PriceStep":
        """Raises ValueError, KeyError, TypeError or ArithmeticError where it is none."""
        step = cls(date.fromisoformat(told["from"]), str(told["service"]), Decimal(str(told["percent"])))
        if not (step.service and step.percent.is_finite() and -100 <= step.percent <= _STEEPEST):
            raise ValueError(f"price_steps has {told}")
        return step


@dataclass(frozen=True)
class PriceCatalog:
    """List prices as compiled on one day, each with its source (see the file itself)."""

    compiled: date
    content: dict[str, Any]

    def age_days(self, today: date) -> int:
        """Days since the prices were compiled."""
        return (today - self.compiled).days

    def supabase(self, plan: str) -> SupabasePrices:
        """The plan's prices; the free plan includes less and has nothing to pay for beyond."""
        pro: dict[str, Any] = self.content["supabase_pro"]
        if plan == "free":
            meters = {name: Meter(Decimal(pro["free"][f"{name}_gb"]), Decimal(0)) for name in _METERS}
            return SupabasePrices(plan, Decimal(0), meters)
        meters = {
            name: Meter(Decimal(pro[f"{name}_included_gb"]), Decimal(pro[price])) for name, price in _METERS.items()
        }
        return SupabasePrices(plan, Decimal(pro["month"]), meters)

    @property
    def steps(self) -> tuple[PriceStep, ...]:
        """Those that `price_steps` states, such as {"from": "2027-01-01", "service": "Amazon CloudFront",
        "percent": 5}; none where it is not there.
        """
        return tuple(PriceStep.of(each) for each in self.content.get("price_steps", ()))

    @property
    def region_prefixes(self) -> dict[str, str]:
        """Billing prefix of a usage type to region: `EUC1` to `eu-central-1`."""
        prefixes: dict[str, str | list[str]] = self.content["region_billing_prefix"]
        pairs = [
            (p, region) for region, value in prefixes.items() for p in (value if isinstance(value, list) else [value])
        ]
        return {prefix: region for prefix, region in pairs if prefix}


@cache
def load_prices(file: Path | None = None) -> PriceCatalog:
    """The shipped catalogue, or the user's own.

    Raises SettingsError when the user's own cannot be read.
    """
    try:
        content = json.loads((file or SHIPPED).read_text(), parse_float=Decimal)
        catalog = PriceCatalog(date.fromisoformat(content["compiled"]), content)
        for plan in ("free", "pro"):  # what is absent is told now, not in the middle of an ingestion
            catalog.supabase(plan)
        _ = catalog.steps
        return catalog
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise SettingsError(
            f"PHYGHT_PRICE_CATALOG: {file} is not a price catalogue ({type(error).__name__}: {error}).",
            f"Give it the shape of {SHIPPED.name}, or leave the variable empty to use that one.",
        ) from error
