"""Metrics: what CloudWatch measured of the demo's distribution and buckets, as it answers when it is asked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from core.costs.period import midnight
from core.demo.buckets import BUCKETS
from core.demo.chance import wobble
from core.demo.delivery import write_manifest
from core.demo.demand import Demand
from core.demo.inventories import count_objects
from core.demo.lines import EU, US
from core.demo.logs import DISTRIBUTION_ID
from core.demo.s3_storage import kept_bytes
from core.demo.traffic import AUDIENCES, BROKEN_HIT_RATIO, HIT_RATIO, REFRESHED, HourTraffic, Traffic, hours_of
from core.units import MIB

METRIC_DAYS = 90
_HOUR, _DAY = 3600, 86_400
#: How CloudWatch calls what bills call a tier.
_TYPES = {
    "STANDARD": "StandardStorage",
    "GIR": "GlacierInstantRetrievalStorage",
    "INT-FA": "IntelligentTieringFAStorage",
    "INT-IA": "IntelligentTieringIAStorage",
    "INT-AIA": "IntelligentTieringAIAStorage",
}
#: Of an object in a bucket that holds no videos.
_MEAN_BYTES = 20 * MIB


@dataclass
class _Answer:
    """What was asked of a region, and what was answered."""

    region: str
    queries: list[dict[str, Any]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self, metric: tuple[str, str], dimensions: dict[str, str], period_s: int, stat: str,
        points: Iterable[tuple[datetime, float]],
    ) -> None:  # fmt: skip
        points = list(points)
        namespace, name = metric
        named = [{"Name": key, "Value": value} for key, value in dimensions.items()]
        asked = {"Namespace": namespace, "MetricName": name, "Dimensions": named}
        query_id = f"m{len(self.queries)}"
        stated = {"Metric": asked, "Period": period_s, "Stat": stat}
        self.queries.append({"Id": query_id, "MetricStat": stated, "ReturnData": True})
        times = [at.isoformat() for at, _ in points]
        self.results.append({"Id": query_id, "Timestamps": times, "Values": [value for _, value in points]})

    @property
    def told(self) -> dict[str, Any]:
        return {"Region": self.region, "MetricDataQueries": self.queries, "MetricDataResults": self.results}


def write_metrics(folder: Path, demand: Demand, day: date) -> None:
    """A day's answer of each region."""
    traffic = demand.traffic
    for region in (US, EU):
        answer = _Answer(region)
        if region == US and traffic.days[day].cdn:
            _measure_distribution(answer, traffic, day)
        _measure_buckets(answer, demand, day)
        write_manifest(folder / f"{day}-{region}.json", answer.told, midnight(day + timedelta(1)))


def _measure_distribution(answer: _Answer, traffic: Traffic, day: date) -> None:
    dimensions = {"DistributionId": DISTRIBUTION_ID, "Region": "Global"}
    hours = hours_of(day)
    taken = [[traffic.hour(hour, audience) for audience in AUDIENCES] for hour in hours]
    measured = {
        ("Requests", "Sum"): [sum(each.requests for each in one) for one in taken],
        ("BytesDownloaded", "Sum"): [sum(each.sent_bytes for each in one) for one in taken],
        ("CacheHitRate", "Average"): [_hit_rate(traffic, hour) for hour in hours],
        ("4xxErrorRate", "Average"): [round(0.5 + 0.1 * _luck(traffic, "4xx", hour), 3) for hour in hours],
        ("5xxErrorRate", "Average"): [_failing(traffic, hour, one) for hour, one in zip(hours, taken, strict=True)],
        ("OriginLatency", "Average"): [round(126 + 14 * _luck(traffic, "origin", hour), 1) for hour in hours],
    }
    for (name, stat), values in measured.items():
        answer.add(("AWS/CloudFront", name), dimensions, _HOUR, stat, zip(hours, values, strict=True))


def _hit_rate(traffic: Traffic, hour: datetime) -> float:
    """CloudFront counts a copy that is still so as a hit, although S3 was asked."""
    ratio = (BROKEN_HIT_RATIO if traffic.story.is_mishap(hour) else HIT_RATIO) + REFRESHED
    return round(100 * ratio + 0.4 * _luck(traffic, "hits", hour), 2)


def _failing(traffic: Traffic, hour: datetime, taken: Sequence[HourTraffic]) -> float:
    """Nearly nothing; and while the edge is bad, its part of South America's requests."""
    usual = 0.06 + 0.02 * _luck(traffic, "5xx", hour)
    if not traffic.story.is_edge_bad(hour.date()):
        return round(usual, 3)
    of_edge = _BAD_PART * next(each.requests for each, a in zip(taken, AUDIENCES, strict=True) if a.prefix == "SA")
    return round(usual + 16 * of_edge / max(sum(each.requests for each in taken), 1), 3)


#: Of South America's requests, those that the bad edge answers.
_BAD_PART = 0.62 * 2 / 3


def _luck(traffic: Traffic, *key: object) -> float:
    return wobble(traffic.story.seed, *key)


def _measure_buckets(answer: _Answer, demand: Demand, day: date) -> None:
    counted = count_objects(demand, day)
    objects: dict[str, int] = {}
    for place, size in kept_bytes(demand.traffic.catalogue, day).items():
        if BUCKETS[place.bucket].region == answer.region:
            dimensions = {"BucketName": place.bucket, "StorageType": _TYPES[place.tier]}
            answer.add(("AWS/S3", "BucketSizeBytes"), dimensions, _DAY, "Average", [(midnight(day), float(size))])
            objects[place.bucket] = counted[place.bucket] or size // _MEAN_BYTES
    for bucket, count in objects.items():
        dimensions = {"BucketName": bucket, "StorageType": "AllStorageTypes"}
        answer.add(("AWS/S3", "NumberOfObjects"), dimensions, _DAY, "Average", [(midnight(day), float(count))])


def metric_days(traffic: Traffic) -> Iterator[date]:
    """The days that CloudWatch was asked about; all of them are over."""
    for ago in range(METRIC_DAYS, 0, -1):
        yield traffic.story.today - timedelta(ago)
