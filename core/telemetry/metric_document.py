"""Metric document: what CloudWatch was asked and what it answered, as `aws cloudwatch get-metric-data` prints it.

The answer does not say what it is about, so the queries have to stand beside it: a JSON document with
`MetricDataQueries` and `MetricDataResults`, and the `Region` that was asked where it is not us-east-1.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.errors import DeliveryRefused

#: CloudFront's metrics, those of the whole world, are kept there only.
GLOBAL = "us-east-1"
#: What each metric is in, where the query does not say; CloudWatch's own names.
UNITS = {
    "Requests": "None", "BytesDownloaded": "Bytes", "BytesUploaded": "Bytes", "4xxErrorRate": "Percent",
    "5xxErrorRate": "Percent", "TotalErrorRate": "Percent", "CacheHitRate": "Percent", "OriginLatency": "Milliseconds",
    "BucketSizeBytes": "Bytes", "NumberOfObjects": "Count", "AllRequests": "Count", "GetRequests": "Count",
    "PutRequests": "Count", "ListRequests": "Count", "HeadRequests": "Count", "DeleteRequests": "Count",
    "PostRequests": "Count", "4xxErrors": "Count", "5xxErrors": "Count", "FirstByteLatency": "Milliseconds",
    "TotalRequestLatency": "Milliseconds",
}  # fmt: skip
_AGAIN = "Ask CloudWatch again."


@dataclass(frozen=True)
class Point:
    """What a metric was over a period."""

    namespace: str
    metric: str
    dimensions: str  #: name=value, sorted, separated by commas
    region: str
    period_start: datetime
    period_s: int
    stat: str
    value: float
    unit: str


def is_metric_document(start: bytes) -> bool:
    """Whether a file is one, by how it begins."""
    return start.lstrip().startswith(b"{") and (b'"MetricDataResults"' in start or b'"MetricDataQueries"' in start)


def read_metric_document(path: str, content: bytes) -> tuple[list[Point], int]:
    """Its points, and how many more have no number or no instant.

    A period without a value has no point: a gap is no zero. Raises DeliveryRefused where it is cut, or answers what
    was not asked.
    """
    try:
        told = json.loads(content)
        queries = {str(query["Id"]): query for query in told["MetricDataQueries"]}
        points = [point for result in told["MetricDataResults"] for point in _points(path, told, queries, result)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DeliveryRefused(
            f"{path} is no complete answer of CloudWatch ({type(error).__name__}).",
            "It needs MetricDataQueries beside MetricDataResults.",
        ) from error
    good = [point for point in points if point]
    return good, len(points) - len(good)


def _points(
    path: str, told: Mapping[str, Any], queries: Mapping[str, Any], result: Mapping[str, Any]
) -> Iterator[Point | None]:
    query = queries.get(str(result["Id"]))
    if query is None:
        raise DeliveryRefused(f"{path} answers {result['Id']!r}, which is not among its queries.", _AGAIN)
    if "MetricStat" not in query:
        return  # a sum of others
    times, values = result["Timestamps"], result["Values"]
    if len(times) != len(values):
        raise DeliveryRefused(
            f"{path} has {len(times)} instants and {len(values)} values for {result['Id']!r}.", _AGAIN
        )
    for time, value in zip(times, values, strict=True):
        yield _point(query["MetricStat"], str(told.get("Region") or GLOBAL), time, value)


def _point(asked: Mapping[str, Any], region: str, time: object, value: object) -> Point | None:
    metric = asked["Metric"]
    try:
        start, number = datetime.fromisoformat(str(time)), float(str(value))
    except ValueError:
        return None
    if not math.isfinite(number) or start.tzinfo is None or not 2009 <= start.year <= 2099:
        return None
    name = str(metric["MetricName"])
    unit = str(asked.get("Unit") or UNITS.get(name, ""))
    return Point(
        str(metric["Namespace"]), name, dimensions_text(metric.get("Dimensions", [])), region, start.astimezone(UTC),
        int(asked["Period"]), str(asked["Stat"]), number, unit,
    )  # fmt: skip


def dimensions_text(dimensions: list[dict[str, str]]) -> str:
    """Dimensions as the warehouse has them."""
    return ",".join(sorted(f"{each['Name']}={each['Value']}" for each in dimensions))
