"""Requests: renditions that are asked for in small pieces, and buckets that are listed again and again."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from core.billing.cdn_prices import requests_usd
from core.recommendations.asking import of_each_bucket
from core.recommendations.cdn_month import DAYS, LEAST_DAYS, CdnMonth, billed_share, cdn_month, confidence, logged
from core.recommendations.grounds import Bucket, Grounds, not_here
from core.recommendations.recommendation import (
    NOTHING,
    Confidence,
    Evidence,
    Fee,
    Line,
    Recommendation,
    Remark,
    Said,
    Unit,
)
from core.recommendations.sketch import sketch_of
from core.storage.provider import StorageClass
from core.units import KIB

NAME, LISTS = "small pieces", "bucket lists"
#: Pieces of six seconds at the lowest usual rate are larger.
_SMALL_BYTES = 128 * KIB
#: What is not worth anybody's time.
_LEAST_USD = Decimal(1)
_PIECES = """
    SELECT distribution, price_region, sum(requests)::BIGINT, coalesce(sum(bytes), 0)::BIGINT FROM request_titles
    WHERE day >= $start AND day < $end AND rung LIKE '%p' AND result IN ('hit', 'miss', 'refreshhit')
    GROUP BY ALL ORDER BY ALL
"""
_LISTED = """
    SELECT count(DISTINCT hour::DATE), coalesce(sum(requests) FILTER (operation = 'REST.GET.BUCKET'), 0)::BIGINT
    FROM origin_requests WHERE bucket = $bucket AND hour >= $since
"""


def find(grounds: Grounds) -> Iterator[Said]:
    """One for each distribution with small pieces, and for each bucket that is listed much."""
    days = logged(grounds.warehouse, grounds.today)
    if days < LEAST_DAYS:
        yield Remark(NAME, f"The CDN's log has {days} of the last {DAYS} days: nobody knows how pieces are asked for.")
    else:
        for month in cdn_month(grounds.warehouse, grounds.today):
            yield from _pieces(grounds, month, days)
    if grounds.buckets:
        yield from of_each_bucket(grounds, LISTS, _lists)


def _pieces(grounds: Grounds, month: CdnMonth, days: int) -> Iterator[Said]:
    rows = grounds.warehouse.query(_PIECES, {"start": grounds.days_ago(DAYS), "end": grounds.today})
    asked = {region: count * DAYS // days for name, region, count, _ in rows if name == month.distribution}
    size = sum(row[3] for row in rows if row[0] == month.distribution) * DAYS // days
    count = sum(asked.values())
    if not count or size / count >= _SMALL_BYTES:
        return
    share = billed_share(grounds.warehouse, grounds.today)
    kept = Decimal(size) / count / _SMALL_BYTES  # so many requests would do
    fewer = {region: round(https - asked.get(region, 0) * (1 - kept)) for region, https in month.https.items()}
    now = share * requests_usd(grounds.prices, month.http, month.https)
    then = share * requests_usd(grounds.prices, month.http, {region: max(0, n) for region, n in fewer.items()})
    if now - then >= _LEAST_USD:
        yield _longer(month, count, size, now, then, days)


def _longer(month: CdnMonth, count: int, size: int, now: Decimal, then: Decimal, days: int) -> Recommendation:
    sure, why = confidence(days)
    evidence = Evidence(
        objects=0,
        size_bytes=size,
        fees=(Fee("Requests", now, then),),
        confidence=sure,
        because=why,
        days=days,
        reads=count,
        if_doubled_usd=2 * (now - then),
        besides=(Line("Mean piece", Decimal(size) / count, Unit.BYTES),),
    )
    return Recommendation(
        NAME, month.distribution, "pieces", "Make pieces of renditions longer",
        f"A piece of a rendition has {size / count / KIB:,.0f} KiB on average; with 128 KiB fewer requests would do.",
        NOTHING, evidence, None,
        "Have videos packaged anew by `python -m core media again`: pieces are six seconds then.",
        portions=((f"{month.distribution} requests", evidence.saving_usd),), sketch=sketch_of(["pieces"]),
    )  # fmt: skip


def _lists(grounds: Grounds, bucket: Bucket) -> Iterator[Said]:
    since = grounds.now.replace(tzinfo=None) - timedelta(days=DAYS)
    [(days, lists)] = grounds.warehouse.query(_LISTED, {"bucket": bucket.name, "since": since})
    if not lists:
        return
    if days < LEAST_DAYS:
        yield Remark(LISTS, f"S3's access logs tell {days} of the last {DAYS} days: too few to tell.", bucket.name)
        return
    usd = grounds.class_prices(bucket).put(StorageClass.STANDARD) * lists * DAYS / days
    if usd >= _LEAST_USD:
        yield _listed(bucket, lists, usd, days)


def _listed(bucket: Bucket, lists: int, usd: Decimal, days: int) -> Recommendation:
    evidence = Evidence(
        objects=0,
        size_bytes=0,
        fees=(Fee("LIST requests", usd, NOTHING),),
        confidence=Confidence.MEDIUM,
        because=f"S3's access logs have them on {days} days; who sends them, they tell too.",
        days=days,
        reads=lists,
        besides=(Line("A day", Decimal(lists) / days, Unit.REQUESTS),),
    )
    return Recommendation(
        LISTS, bucket.place, "lists", f"List {bucket.name} less often",
        f"It was listed {lists:,} times in {days} days, each billed as a PUT. An inventory tells the same once a day.",
        NOTHING, evidence, None, not_here(bucket) or "See in S3's access logs which program does it.",
        portions=((f"{bucket.name} lists", usd),), sketch=sketch_of(["lists"]),
    )  # fmt: skip
