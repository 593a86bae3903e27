"""Buckets: what S3 has kept and answered since the bill, at list price."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.billing.prices import PriceCatalog
from core.billing.request_prices import s3_get_usd, s3_put_usd
from core.billing.storage_prices import s3_usd_per_gb_month
from core.billing.usage_types import S3
from core.costs.period import Period, midnight
from core.costs.pools import PLACE
from core.reconciliation.counts import Counts, days_of
from core.reconciliation.reconciled import Counter, Figure, Reconciliation
from core.reconciliation.storage import STANDS_DAYS, Shelf, cloudwatch_counts, inventory_counts
from core.running.cdn import factor_of
from core.running.estimated import Estimate, Moment
from core.running.hours import Measured, believed, measured
from core.storage.provider import StorageClass
from core.units import GIB, hours_in_month
from core.warehouse import Warehouse

_GRAIN = Decimal("1e-10")
_TIERS = """CASE WHEN metric IN ('PutRequests', 'PostRequests', 'ListRequests') THEN '1' ELSE '2' END"""


@dataclass(frozen=True)
class Buckets:
    """Knows the prices, and the region of each bucket that a bill or CloudWatch names."""

    warehouse: Warehouse
    catalog: PriceCatalog
    home_region: str  #: of buckets that nothing names the region of

    def storage(self, moment: Moment, before: Reconciliation) -> Estimate:
        """What lay there since the last day with storage on the bill, each size standing until the next."""
        period = Period(self.storage_until(moment), moment.at.date() + timedelta(1))
        by, found = self._sizes(period)
        if not found:
            return Estimate(None, None, remarks=("no bucket's size was measured in the week before",))
        factor, told = factor_of(before, Figure.STORED, by)
        usd, unknown = Decimal(0), set[str]()
        for (bucket, storage_class), days in found.items():
            price = self._price(bucket, storage_class)
            if price is None:
                unknown.add(storage_class or "of no class")
            usd += _byte_hours(days, moment.at) * (price or 0) / GIB / hours_in_month(moment.start.date())
        remarks = (*told, "first price band", *(f"no price is known of {each}" for each in sorted(unknown)))
        return Estimate((usd * Decimal(factor or 1)).quantize(_GRAIN), moment.at, by, factor, remarks)

    def requests(self, moment: Moment) -> Estimate:
        """What buckets were asked since the bill, by their access logs or CloudWatch's request metrics."""
        found = believed((measured("access logs", self._logged(moment), moment), self._told(moment)))
        if not found:
            return Estimate(None, None, remarks=("neither access logs nor request metrics since the bill",))
        usd, unknown = Decimal(0), False
        for (bucket, tier), number in found.amounts.items():
            region = self._region(bucket)
            price = s3_put_usd(self.catalog, region, StorageClass.STANDARD) if tier == "1" else None
            price = s3_get_usd(self.catalog, region) if tier == "2" else price
            unknown |= price is None
            usd += number * (price or 0)
        remarks = (*found.remarks, "at STANDARD's prices, not compared with the bill")
        remarks += ("no price is known of a region",) if unknown else ()
        return Estimate(usd.quantize(_GRAIN), found.until, found.by, None, remarks)

    def storage_until(self, moment: Moment) -> date:
        """The day after the last one that storage is billed for; the month's first where there is none."""
        ((last,),) = self.warehouse.query(
            f"SELECT max(charge_period_start) FROM charges WHERE service_name = '{S3}' AND usage_family = 'storage' "
            "AND charge_period_start >= $start AND charge_period_start < $until",
            {"start": moment.start.date(), "until": moment.until.replace(tzinfo=None)},
        )
        return min(last + timedelta(1), moment.at.date()) if last else moment.start.date()

    def _sizes(self, period: Period) -> tuple[Counter, dict[Shelf, dict[date, int]]]:
        """Byte-hours of whole days: by CloudWatch, which counts everything, or else by the inventories."""
        wider = Period(period.start - timedelta(STANDS_DAYS - 1), period.end)
        sizes = cloudwatch_counts(self.warehouse, wider, priced=True)
        told = {shelf: _stands(counts, period) for shelf, counts in sizes.items()}
        if any(told.values()):
            return Counter.CLOUDWATCH, told
        listed = inventory_counts(self.warehouse, period, priced=True)
        return Counter.INVENTORY, {shelf: _stands(counts, period) for shelf, counts in listed.items() if counts.values}

    def _price(self, bucket: str, storage_class: str) -> Decimal | None:
        if storage_class not in tuple(StorageClass):
            return None
        return s3_usd_per_gb_month(self.catalog, self._region(bucket), StorageClass(storage_class))

    def _region(self, bucket: str) -> str:
        return self._regions().get(bucket) or self.home_region

    def _regions(self) -> Mapping[str, str]:
        named = self.warehouse.standing(
            f"SELECT {PLACE}, max(region_id) FROM monthly_charges WHERE service_name = '{S3}' GROUP BY ALL"
        )
        return {bucket: region for bucket, region in named if bucket and region}

    def _logged(self, moment: Moment) -> list[tuple[Any, ...]]:
        return self.warehouse.query(
            "SELECT hour, 3600, sum(requests)::BIGINT, bucket, tier FROM origin_requests "
            "WHERE tier <> '' AND hour >= $until AND hour < $at GROUP BY ALL",
            {"until": moment.until.replace(tzinfo=None), "at": moment.at.replace(tzinfo=None)},
        )

    def _told(self, moment: Moment) -> Measured | None:
        rows = self.warehouse.query(
            f"SELECT period_start, period_s, sum(value), regexp_extract(dimensions, 'BucketName=([^,]+)', 1), {_TIERS} "
            "FROM metrics WHERE namespace = 'AWS/S3' AND stat = 'Sum' AND metric IN ('PutRequests', 'PostRequests', "
            "'ListRequests', 'GetRequests', 'HeadRequests') AND period_start >= $until AND period_start < $at "
            "GROUP BY ALL",
            {"until": moment.until.replace(tzinfo=None), "at": moment.at.replace(tzinfo=None)},
        )
        return measured(Counter.CLOUDWATCH, rows, moment)


def _stands(counts: Counts, period: Period) -> dict[date, int]:
    """Each day's byte-hours; a day without a size has the one before it, for a week at most."""
    known = {day: value for (_, day), value in counts.values.items()}
    found: dict[date, int] = {}
    for day in sorted(days_of(period.start, period.end)):
        newest = next((known[at] for at in _back(day) if at in known), None)
        if newest is not None:
            found[day] = newest
    return found


def _back(day: date) -> Iterable[date]:
    return (day - timedelta(n) for n in range(STANDS_DAYS))


def _byte_hours(days: Mapping[date, int], at: datetime) -> Decimal:
    """Of whole days, and of the part of the last one that is over."""
    parts = ((value, min((at - midnight(day)) / timedelta(days=1), 1.0)) for day, value in days.items())
    return sum((value * Decimal(part) for value, part in parts if part > 0), Decimal(0))
