"""Origin Shield: one more cache before the bucket, where reads of the bucket cost more than the shield does."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from core.actions.action import Action, Kind
from core.recommendations.cdn_month import DAYS, LEAST_DAYS, CdnMonth, cdn_month, confidence, logged
from core.recommendations.class_prices import ClassPrices
from core.recommendations.grounds import Grounds, class_named
from core.recommendations.recommendation import NOTHING, Evidence, Fee, Line, Recommendation, Remark, Said, Unit
from core.recommendations.sketch import sketch_of
from core.units import GIB

NAME = "origin shield"
#: Misses of one video's rung on one day: with a shield the first one of them reaches the bucket, as far as it is one
#: range; so this is the most that a shield can spare, and half of it is counted.
_REPEATED = """
    WITH stored AS (
        SELECT DISTINCT ON (video, rung) video, rung, bucket, storage_class FROM inventory
        JOIN (SELECT bucket, max(day) AS day FROM inventory WHERE provider = 'AWS' GROUP BY ALL) USING (bucket, day)
        WHERE provider = 'AWS' AND kind = 'object' AND current AND video <> '' ORDER BY video, rung, objects DESC
    ), missed AS (
        SELECT day, video, rung, sum(requests) AS requests, coalesce(sum(bytes), 0) AS bytes,
            count(DISTINCT price_region) AS regions
        FROM request_titles
        WHERE distribution = $distribution AND day >= $start AND day < $end AND result = 'miss' AND video <> ''
        GROUP BY ALL
    )
    SELECT bucket, storage_class, sum(requests * (1 - 1 / regions))::BIGINT, sum(bytes * (1 - 1 / regions))::BIGINT
    FROM missed JOIN stored USING (video, rung) GROUP BY ALL ORDER BY ALL
"""
_COUNTED = Decimal("0.5")


def find(grounds: Grounds) -> Iterator[Said]:
    """One for each distribution; a remark while the catalogue does not know what a shield costs."""
    per_10k: Any = grounds.prices.content["cloudfront_payg"].get("origin_shield_10k")
    if per_10k is None:
        yield Remark(
            NAME,
            f"The price catalogue of {grounds.prices.compiled} has no price for Origin Shield. Add origin_shield_10k "
            "under cloudfront_payg to a catalogue of your own (PHYGHT_PRICE_CATALOG).",
        )
        return
    days = logged(grounds.warehouse, grounds.today)
    if days < LEAST_DAYS:
        yield Remark(NAME, f"The CDN's log has {days} of the last {DAYS} days: nobody knows what it did not have.")
        return
    for month in cdn_month(grounds.warehouse, grounds.today):
        if found := _of(grounds, month, Decimal(per_10k) / 10_000, days):
            yield found


def _of(grounds: Grounds, month: CdnMonth, usd_a_request: Decimal, days: int) -> Recommendation | None:
    at = {"distribution": month.distribution, "start": grounds.days_ago(DAYS), "end": grounds.today}
    buckets = {each.name: each for each in grounds.buckets}
    spared, requests, retrieval = 0, NOTHING, NOTHING
    for bucket, name, repeated, size in grounds.warehouse.query(_REPEATED, at):
        prices, storage_class = _prices(grounds, buckets[bucket]), class_named(name)
        spared += repeated
        requests += _COUNTED * repeated * DAYS / days * prices.get(storage_class)
        retrieval += _COUNTED * size * DAYS / days / GIB * prices.retrieval(storage_class)
    shield = usd_a_request * sum(month.misses.values())
    if requests + retrieval <= shield:
        return None
    sure, why = confidence(days)
    evidence = Evidence(
        objects=0,
        size_bytes=0,
        fees=(Fee("Requests to buckets", requests, NOTHING), Fee("Retrieval", retrieval, NOTHING),
              Fee("Origin Shield", NOTHING, shield)),
        confidence=sure,
        because=f"{why} Half of the misses that several regions had of one rung on one day are taken to be spared.",
        days=days,
        reads=sum(month.misses.values()),
        if_doubled_usd=2 * (requests + retrieval - shield),
        besides=(Line("Misses of what another region had missed", Decimal(spared), Unit.REQUESTS),),
    )  # fmt: skip
    own = month.distribution == grounds.settings.cloudfront_distribution_id
    action = Action(
        Kind.PUT_DISTRIBUTION_SETTING,
        month.distribution,
        {"origin_shield": grounds.settings.aws_region},
        "origin shield",
    )
    return Recommendation(
        NAME, month.distribution, "origin shield", "Put Origin Shield before the bucket",
        "Several regions miss the same rungs on the same days: a shield has them fetched once.",
        NOTHING, evidence, action if own else None,
        "" if own else "Set CLOUDFRONT_DISTRIBUTION_ID to this distribution to change it here.",
        portions=((f"{month.distribution} misses", evidence.saving_usd),), sketch=sketch_of([month.distribution]),
    )  # fmt: skip


def _prices(grounds: Grounds, bucket: Any) -> ClassPrices:
    return grounds.class_prices(bucket)
