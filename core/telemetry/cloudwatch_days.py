"""CloudWatch days: its metrics of our distribution and buckets, kept as documents that are ingested like others."""

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from core.errors import StorageError
from core.storage.patience import Patience
from core.telemetry.cloudwatch import get_metrics, list_metrics
from core.telemetry.cloudwatch_resources import Resource, cloudwatch_folder

#: Asked for at first; CloudWatch keeps hours for 455 days.
_FIRST_DAYS = 30
#: Asked for again each time: S3 tells of a day's storage up to two days later.
_AGAIN_DAYS = 2

#: Gives a boto3 client of a region.
Clients = Callable[[str], Any]


def measure_cloudwatch(
    asked: Sequence[Resource], clients: Clients, home: Path, now: datetime, patience: Patience
) -> tuple[str, ...]:
    """Ask for what may have changed since the last time, and keep it; what is missing, in words.

    Where a region fails, its older answers stay and those of the others are kept.
    """
    folder = cloudwatch_folder(home)
    remarks: list[str] = []
    for region in sorted({each.region for each in asked}):
        of_region = [each for each in asked if each.region == region]
        try:
            remarks += _measure_region(of_region, clients(region), folder, now, patience)
        except StorageError as error:
            remarks.append(f"{', '.join(each.name for each in of_region)} in {region}: {error}")
    return tuple(remarks)


def _measure_region(
    asked: Sequence[Resource], client: Any, folder: Path, now: datetime, patience: Patience
) -> list[str]:
    remarks: list[str] = []
    queries: list[dict[str, Any]] = []
    for resource in asked:
        try:
            there = list_metrics(client, resource.namespace, resource.dimension, resource.name, patience)
        except StorageError as error:
            remarks.append(f"{resource.name}: {error}")
            continue
        remarks += filter(None, [resource.missing(metric["MetricName"] for metric in there)])
        queries += _queries(resource, there, len(queries))
    region = asked[0].region
    days = _days(folder, region, now)
    if queries:
        start, end = datetime.combine(days[0], time(), UTC), datetime.combine(days[-1], time(), UTC)
        answer = get_metrics(client, queries, start, end + timedelta(days=1), patience)
        remarks += answer.remarks
        for day in days:
            _keep(folder / f"{day}-{region}.json", region, queries, _of_day(answer.results, day), answer.complete)
    return remarks


def _queries(resource: Resource, there: Iterable[Mapping[str, Any]], first: int) -> Iterator[dict[str, Any]]:
    for metric in there:
        period_s, stats = resource.wanted.get(metric["MetricName"], (0, ()))
        for stat in stats:
            asked = {"Metric": dict(metric), "Period": period_s, "Stat": stat}
            yield {"Id": f"m{first}", "MetricStat": asked, "ReturnData": True}
            first += 1


def _days(folder: Path, region: str, now: datetime) -> list[date]:
    """From the last day that is kept, and those that may have changed since."""
    today = now.astimezone(UTC).date()
    kept = [file.name[:10] for file in folder.glob(f"*-{region}.json")] if folder.exists() else []
    oldest = today - timedelta(days=_FIRST_DAYS)
    if kept:
        oldest = max(oldest, min(date.fromisoformat(max(kept)), today) - timedelta(days=_AGAIN_DAYS))
    return [oldest + timedelta(days=n) for n in range((today - oldest).days + 1)]


def _of_day(results: Iterable[Mapping[str, Any]], day: date) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for result in results:
        points = zip(result["Timestamps"], result["Values"], strict=True)
        kept = [(at.astimezone(UTC).isoformat(), value) for at, value in points if at.astimezone(UTC).date() == day]
        if kept:
            times, values = map(list, zip(*kept, strict=True))
            found.append({"Id": result["Id"], "Timestamps": times, "Values": values})
    return found


def _keep(path: Path, region: str, queries: Sequence[Any], results: Sequence[Any], complete: Container[str]) -> None:
    """A day's answer in place of the one before; where nothing was answered and nothing is there, nothing.

    What was known of a metric stays where the answer about it is not complete, or nothing could be asked about it.
    """
    if not results and not path.exists():
        return
    asked = {query["Id"]: query for query in queries}
    answered = {_metric(query) for query in queries if query["Id"] in complete}
    kept = {metric: told for metric, told in _kept(path).items() if metric not in answered}
    for result in results:
        metric = _metric(asked[result["Id"]])
        before = kept[metric][1] if metric in kept else {}
        points = before | dict(zip(result["Timestamps"], result["Values"], strict=True))
        kept[metric] = (asked[result["Id"]], dict(sorted(points.items())))
    told = {
        "Region": region,
        "MetricDataQueries": [query | {"Id": f"m{n}"} for n, (query, _) in enumerate(kept.values())],
        "MetricDataResults": [
            {"Id": f"m{n}", "Timestamps": list(points), "Values": list(points.values())}
            for n, (_, points) in enumerate(kept.values())
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_text(json.dumps(told, indent=1))
    new.rename(path)


def _kept(path: Path) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Of each metric its query, and its values by their instants."""
    if not path.exists():
        return {}
    told = json.loads(path.read_text())
    results = {result["Id"]: result for result in told["MetricDataResults"]}
    points = {id: dict(zip(each["Timestamps"], each["Values"], strict=True)) for id, each in results.items()}
    return {_metric(query): (query, points[query["Id"]]) for query in told["MetricDataQueries"]}


def _metric(query: Mapping[str, Any]) -> str:
    return json.dumps(query["MetricStat"], sort_keys=True)
