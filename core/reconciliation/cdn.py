"""CDN: CloudFront's bytes and requests of each day by the bill, by CloudWatch and by logs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from core.billing.usage_types import CLOUDFRONT
from core.costs.period import Period
from core.costs.pools import PLACE
from core.reconciliation.counts import Billed, Counts, Days, billed_days, without_places
from core.reconciliation.reconciled import Counter, Figure
from core.units import GIB
from core.warehouse import Warehouse

_FAMILIES = {Figure.BYTES: "transfer out", Figure.REQUESTS: "requests"}
_METRICS = {Figure.BYTES: "BytesDownloaded", Figure.REQUESTS: "Requests"}
_COLUMNS = {Figure.BYTES: "bytes", Figure.REQUESTS: "requests"}
#: Bytes or requests that a charge is for, as SQL.
QUANTITY = f"""consumed_quantity * CASE WHEN usage_family = 'requests' OR lower(consumed_unit) IN ('byte', 'bytes')
    THEN 1 ELSE {GIB} END"""
#: A charge is for CloudFront's use, as SQL.
IS_CDN_USE = f"service_name = '{CLOUDFRONT}' AND charge_category = 'usage'"
#: CloudWatch's sums of a day: where a day was asked for in several periods, of those that tell of most of it.
_CLOUDWATCH = """
    SELECT regexp_extract(dimensions, 'DistributionId=([^,]+)', 1) AS place, period_start::DATE AS day,
        round(sum(value))::BIGINT, sum(period_s) >= 86400, min(min(period_start)) OVER ()
    FROM metrics WHERE namespace = 'AWS/CloudFront' AND metric = $metric AND stat = 'Sum'
    GROUP BY place, day, period_s QUALIFY row_number() OVER (PARTITION BY place, day ORDER BY sum(period_s) DESC) = 1
"""


@dataclass(frozen=True)
class CdnCounts:
    """One figure."""

    figure: Figure
    billed: Billed
    counts: tuple[Counts, ...]


def cdn_counts(warehouse: Warehouse, period: Period) -> tuple[CdnCounts, ...]:
    """Bytes and requests; by distribution, unless some charges name none."""
    days = billed_days(warehouse, period)
    return tuple(_figure(warehouse, period, days, figure) for figure in (Figure.BYTES, Figure.REQUESTS))


def _figure(warehouse: Warehouse, period: Period, days: frozenset[date], figure: Figure) -> CdnCounts:
    billed = _billed(warehouse, period, days, figure)
    counts = _cloudwatch(warehouse, period, figure), _logs(warehouse, period, figure)
    if all(place for place, _ in billed.values) and not any(
        "." in place for each in counts for place, _ in each.values
    ):
        return CdnCounts(figure, billed, counts)
    plain = tuple(_without_places(each) for each in counts)
    return CdnCounts(figure, _whole(billed), plain)


def _whole(billed: Billed) -> Billed:
    return replace(billed, values=without_places(billed.values))


def _without_places(counts: Counts) -> Counts:
    whole = {key: value for key, value in counts.values.items() if key[1] not in counts.gaps}
    return replace(counts, values=without_places(whole))


def _billed(warehouse: Warehouse, period: Period, days: frozenset[date], figure: Figure) -> Billed:
    rows = warehouse.query(
        f"SELECT {PLACE}, charge_period_start, round(sum({QUANTITY}))::BIGINT, bool_or(estimated) "
        f"FROM resource_charges WHERE {IS_CDN_USE} AND usage_family = '{_FAMILIES[figure]}' "
        "AND charge_period_start >= $start AND charge_period_start < $end GROUP BY ALL",
        {"start": period.start, "end": period.end},
    )
    values = {(place, day): value for place, day, value, _ in rows if day in days}
    flat = warehouse.query(
        "SELECT 1 FROM charges WHERE usage_family = 'flat-rate plan' "
        "AND charge_period_start >= $start AND charge_period_start < $end LIMIT 1",
        {"start": period.start, "end": period.end},
    )
    return Billed(days, values, any(estimated for *_, estimated in rows), bool(flat))


def _cloudwatch(warehouse: Warehouse, period: Period, figure: Figure) -> Counts:
    rows = warehouse.query(_CLOUDWATCH, {"metric": _METRICS[figure]})
    within = [row for row in rows if period.start <= row[1] < period.end]
    values = {(place, day): value for place, day, value, whole, _ in within if whole}
    gaps = frozenset(day for _, day, _, whole, _ in within if not whole)
    return Counts(Counter.CLOUDWATCH, values, gaps, *_ends(rows))


def _ends(rows: Sequence[tuple[Any, ...]]) -> tuple[date | None, date | None]:
    days = [row[1] for row in rows]
    return min(days, default=None), max(days, default=None)


def _logs(warehouse: Warehouse, period: Period, figure: Figure) -> Counts:
    column = _COLUMNS[figure]
    rows = warehouse.query(
        f"SELECT distribution, hour::DATE AS day, sum({column})::BIGINT, sum(lines)::BIGINT, sum(requests)::BIGINT, "
        f"count({column}) < count(*) "
        "FROM request_places WHERE hour >= $start::DATE AND hour < $end::DATE GROUP BY ALL",
        {"start": period.start, "end": period.end},
    )
    ends = warehouse.query("SELECT min(hour)::DATE, max(hour)::DATE FROM request_places")
    gaps = frozenset(day for _, day, *_, unknown in rows if unknown)  # some lines do not tell their bytes
    values: Days = {(place, day): value for place, day, value, *_ in rows if day not in gaps}
    requests, lines = sum(row[4] or 0 for row in rows), sum(row[3] or 0 for row in rows)
    return Counts(Counter.LOGS, values, gaps, *ends[0], lines_a_request=lines / requests if requests else 1.0)
