"""Prices: what each meter costs in a region, from the dated catalogue; a price that is not there is never guessed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from core.billing.prices import PriceCatalog
from core.billing.storage_prices import first_band
from core.errors import PriceUnknown
from core.recommendations.simulator.arrays import Floats, floats
from core.recommendations.simulator.meters import COLUMN, HOURLY, METERS, Kind, Meter, Meters, Tier
from core.storage.provider import StorageClass
from core.units import GIB

_TIERS = {Tier.FREQUENT: "fa", Tier.INFREQUENT: "ia", Tier.ARCHIVE_INSTANT: "aia"}
#: Where in a class's prices a meter's is, and of how much it is the price.
_PLACES: dict[Kind, tuple[tuple[str, ...], float]] = {
    Kind.STORAGE: (("storage_gb_month",), GIB),
    Kind.MONITORING: (("monitor_1k_objects_month",), 1000),
    Kind.EARLY_DELETION: (("storage_gb_month",), GIB),
    Kind.PUT: (("put_1k",), 1000),
    Kind.GET: (("get_1k",), 1000),
    Kind.TRANSITION: (("transition_in_1k",), 1000),
    Kind.RETRIEVAL: (("retrieval_gb",), GIB),
    Kind.RESTORE: (("restore", "standard", "req_1k"), 1000),
    Kind.RESTORED: (("restore", "standard", "gb"), GIB),
}


@dataclass(frozen=True)
class S3Prices:
    """USD for one of each meter in a region: for a byte or an object and calendar month, for a request, for a byte.

    The first price band holds for all bytes, so that what one object costs does not depend on the others.
    """

    region: str
    compiled: date
    unit_usd: Floats  #: by meter

    def daily_usd(self, meters: Meters) -> Floats:
        """USD of each day: byte-hours are divided by the hours of their calendar month, as S3 does."""
        hourly = (meters.amounts[:, HOURLY] @ self.unit_usd[HOURLY]) / meters.window.hours_in_month
        return floats(hourly + meters.amounts[:, ~HOURLY] @ self.unit_usd[~HOURLY])

    def monthly_usd(self, meters: Meters) -> Floats:
        """USD of each of the window's months."""
        starts = meters.window.months - meters.window.first
        return floats(np.add.reduceat(self.daily_usd(meters), starts))

    def usd(self, kind: Kind, of: StorageClass | Tier) -> float:
        """USD for one of a meter."""
        return float(self.unit_usd[COLUMN[Meter(kind, of)]])


def s3_prices(catalog: PriceCatalog, region: str) -> S3Prices:
    """A region's prices. Raises PriceUnknown, which names what the catalogue lacks."""
    classes: dict[str, Any] = catalog.content["s3"].get(region, {})
    found = [_price(classes, meter) for meter in METERS]
    if missing := [_named(meter) for meter, price in zip(METERS, found, strict=True) if price is None]:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise PriceUnknown(
            f"The price catalogue of {catalog.compiled} has no price for {missing[0]}{more} in {region}.",
            f"Add it under s3, {region} to a catalogue of your own (PHYGHT_PRICE_CATALOG), or simulate with the "
            f"prices of another region, such as --region us-east-1.",
        )
    return S3Prices(region, catalog.compiled, floats(found))


def _named(meter: Meter) -> str:
    return f"{meter.kind} of {meter.of}"


def _price(classes: dict[str, Any], meter: Meter) -> float | None:
    path, per = _PLACES[meter.kind]
    name = meter.of
    if isinstance(meter.of, Tier):
        name, path = StorageClass.INTELLIGENT_TIERING, (_TIERS[meter.of],)
    return _found(classes, (name, *path), lambda price: float(price) / per)


def _found(content: Any, path: tuple[str, ...], use: Callable[[Any], float]) -> float | None:
    for name in path:
        content = content.get(name) if isinstance(content, dict) else None
    price = first_band(content)
    return None if price is None else use(price)
