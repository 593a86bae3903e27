"""Monthly: what meters come to in a month of 30 days, by part of the bill, as the cards of recommendations tell it."""

from collections.abc import Mapping
from decimal import Decimal

import numpy as np

from core.recommendations.simulator.catalogue import Reads
from core.recommendations.simulator.meters import HOURLY, METERS, Kind, Meters
from core.recommendations.simulator.prices import S3Prices

#: Days that a month of what is told has.
MONTH_DAYS = 30
_PARTS: Mapping[str, tuple[Kind, ...]] = {
    "Storage": (Kind.STORAGE,),
    "Monitoring": (Kind.MONITORING,),
    "Early deletion": (Kind.EARLY_DELETION,),
    "Requests": (Kind.PUT, Kind.GET),
    "Transitions": (Kind.TRANSITION,),
    "Retrieval and restores": (Kind.RETRIEVAL, Kind.RESTORE, Kind.RESTORED),
}


def by_part(meters: Meters, prices: S3Prices) -> dict[str, Decimal]:
    """USD of 30 days by part, of a window of any length."""
    window = meters.window
    amounts = np.where(HOURLY, meters.amounts / window.hours_in_month[:, None], meters.amounts)
    usd = amounts.sum(0) * prices.unit_usd * MONTH_DAYS / window.days
    return {
        part: money(sum(float(usd[n]) for n, each in enumerate(METERS) if each.kind in kinds))
        for part, kinds in _PARTS.items()
    }


def twice(reads: Reads) -> Reads:
    """The same reads, each of them twice."""
    return Reads(reads.object, reads.day, reads.gets * 2, reads.bytes * 2)


def money(usd: float) -> Decimal:
    """An amount, as precise as a double has it."""
    return Decimal(f"{usd:.10f}")
