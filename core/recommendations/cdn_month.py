"""CDN month: what CloudFront sent in the last 30 days, by distribution and price region, as its log says."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from core.costs.period import add_months
from core.recommendations.recommendation import Confidence
from core.warehouse import Warehouse

DAYS = 30
#: A log that lacks more days tells no month.
LEAST_DAYS = 28
_SENT = """
    SELECT distribution, price_region, scheme, count(DISTINCT day), coalesce(sum(bytes), 0)::BIGINT,
        sum(requests)::BIGINT, coalesce(sum(requests) FILTER (result = 'miss'), 0)::BIGINT
    FROM request_titles WHERE day >= $start AND day < $end GROUP BY ALL ORDER BY ALL
"""
_DAYS = "SELECT count(DISTINCT day) FROM request_titles WHERE day >= $start AND day < $end"

#: What the bill has of CloudFront's traffic in a month, discounts with it, and what the same is at list price. Credits
#: are left out, as they end.
_BILLED = """
    SELECT coalesce(sum(billed_cost), 0), coalesce(sum(list_cost), 0) FROM charges
    WHERE charge_period_start >= $start AND charge_period_start < $end AND charge_category IN ('usage', 'discount')
        AND service_name = 'Amazon CloudFront' AND usage_family IN ('transfer out', 'requests')
        AND billing_currency = 'USD'
"""


@dataclass(frozen=True)
class CdnMonth:
    """Of one distribution; amounts by price region as the bill names it."""

    distribution: str
    sizes: Mapping[str, int]  #: bytes
    http: Mapping[str, int]  #: requests
    https: Mapping[str, int]
    misses: Mapping[str, int]

    @property
    def size_bytes(self) -> int:
        return sum(self.sizes.values())

    @property
    def requests(self) -> int:
        return sum(self.http.values()) + sum(self.https.values())


def logged(warehouse: Warehouse, today: date) -> int:
    """Of the last 30 days those that the log has."""
    [(days,)] = warehouse.query(_DAYS, {"start": today - timedelta(DAYS), "end": today})
    return days


def cdn_month(warehouse: Warehouse, today: date) -> tuple[CdnMonth, ...]:
    """Each distribution's; days that the log lacks are taken for such as the others are."""
    days = logged(warehouse, today)
    found: dict[str, dict[str, dict[str, int]]] = {}
    for name, region, scheme, _, size, requests, misses in warehouse.query(
        _SENT, {"start": today - timedelta(DAYS), "end": today}
    ):
        of = found.setdefault(name, {key: defaultdict(int) for key in ("sizes", "http", "https", "misses")})
        of["sizes"][region] += size * DAYS // days
        of["http" if scheme == "http" else "https"][region] += requests * DAYS // days
        of["misses"][region] += misses * DAYS // days
    return tuple(CdnMonth(name, **of) for name, of in sorted(found.items()))


def billed_share(warehouse: Warehouse, today: date) -> Decimal:
    """What the last whole month's bill has of list price, 0 to 1; 1 where no bill tells."""
    month = today.replace(day=1)
    [(billed, listed)] = warehouse.query(_BILLED, {"start": add_months(month, -1), "end": month})
    return min(billed / listed, Decimal(1)) if listed > 0 and billed > 0 else Decimal(1)


def priced_at(share: Decimal) -> str:
    """In words."""
    if share == 1:
        return "Traffic is priced by the list."
    return f"Traffic is priced by the list less {1 - share:.0%}, as in the last whole month's bill."


def confidence(days: int) -> tuple[Confidence, str]:
    """How far a month of so many logged days can be relied on, and why."""
    if days >= DAYS:
        return Confidence.HIGH, f"The CDN's log has each of the last {DAYS} days."
    return Confidence.MEDIUM, f"The CDN's log has {days} of the last {DAYS} days; the others are taken for such days."
