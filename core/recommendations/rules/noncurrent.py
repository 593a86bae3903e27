"""Noncurrent versions: what was replaced or removed long ago, and is billed all the same."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.actions.action import Action, Kind
from core.actions.kinds.old_versions import Terms, removable, removing
from core.actions.money import Once, Stay
from core.catalog.holds import held_keys
from core.recommendations.asking import of_each_bucket
from core.recommendations.grounds import Bucket, Grounds, class_named, not_here
from core.recommendations.leaving import Costs, costs
from core.recommendations.recommendation import (
    NOTHING,
    Confidence,
    Evidence,
    Fee,
    LeftOut,
    Line,
    Recommendation,
    Remark,
    Said,
    Unit,
)
from core.recommendations.sketch import sketch_of
from core.storage.abilities import Versioned
from core.storage.provider import StorageClass
from core.units import number_of

NAME = "noncurrent versions"
#: For so long a version that was replaced by mistake can be had back.
OLDER_THAN_DAYS = 30
#: What is noncurrent now, and of the same video, rung and class what was so long ago: the smaller one of both was
#: noncurrent all the time, or else more was.
_VERSIONS = """
    WITH now AS (
        SELECT video, rung, storage_class, sum(objects)::BIGINT AS objects, sum(bytes)::BIGINT AS bytes,
            sum(billable_bytes)::BIGINT AS billable
        FROM inventory WHERE provider = 'AWS' AND bucket = $bucket AND day = $day AND kind = 'noncurrent' GROUP BY ALL
    ), before AS (
        SELECT video, rung, storage_class, sum(objects)::BIGINT AS objects, sum(bytes)::BIGINT AS bytes,
            sum(billable_bytes)::BIGINT AS billable
        FROM inventory WHERE provider = 'AWS' AND bucket = $bucket AND day = $since AND kind = 'noncurrent' GROUP BY ALL
    )
    SELECT video, storage_class, now.objects, least(now.objects, coalesce(before.objects, 0)),
        least(now.bytes, coalesce(before.bytes, 0)), least(now.billable, coalesce(before.billable, 0))
    FROM now LEFT JOIN before USING (video, rung, storage_class) ORDER BY ALL
"""
_SINCE = """
    SELECT max(day) FROM inventory WHERE provider = 'AWS' AND bucket = $bucket AND day <= $latest
"""
_MARKERS = """
    SELECT coalesce(sum(objects), 0)::BIGINT FROM inventory
    WHERE provider = 'AWS' AND bucket = $bucket AND day = $day AND kind = 'delete marker'
"""


def find(grounds: Grounds) -> Iterator[Said]:
    """One for each bucket that keeps versions which were noncurrent a month ago already."""
    yield from of_each_bucket(grounds, NAME, _of_bucket)


def _of_bucket(grounds: Grounds, bucket: Bucket) -> Iterator[Said]:
    at = {"bucket": bucket.name, "day": bucket.newest}
    latest = bucket.newest - timedelta(days=OLDER_THAN_DAYS)
    [(since,)] = grounds.warehouse.query(_SINCE, {"bucket": bucket.name, "latest": latest})
    rows = grounds.warehouse.query(_VERSIONS, at | {"since": since or date.min})
    if not rows:
        return
    if since is None:
        days = (bucket.newest - bucket.oldest).days
        words = f"Its inventories reach back {days} days: nobody knows which versions are {OLDER_THAN_DAYS} days old."
        yield Remark(NAME, words, bucket.name)
        return
    [(markers,)] = grounds.warehouse.query(_MARKERS, at)
    old = [row for row in rows if row[3]]
    if old:
        yield _recommended(grounds, bucket, old, sum(row[2] - row[3] for row in rows), markers, since)


def _recommended(
    grounds: Grounds, bucket: Bucket, old: list[tuple[Any, ...]], young: int, markers: int, since: date
) -> Recommendation:
    prices, usd, once = grounds.class_prices(bucket), dict[StorageClass, Decimal](), _once(grounds, bucket, old)
    for _, name, _, _, _, billable in old:
        storage_class = class_named(name)
        usd[storage_class] = usd.get(storage_class, NOTHING) + prices.monthly(storage_class, billable)
    objects = sum(row[3] for row in old)
    days = (bucket.newest - since).days
    evidence = Evidence(
        objects=objects,
        size_bytes=sum(row[4] for row in old),
        fees=tuple(Fee(f"Storage in {name}", each, NOTHING) for name, each in sorted(usd.items())),
        confidence=Confidence.MEDIUM,
        because=f"So much was noncurrent {days} days ago and is now, by video, rung and class; an inventory does not "
        "tell since when each version is.",
        days=days,
        left_out=(LeftOut(young, f"They may have become noncurrent in the last {OLDER_THAN_DAYS} days."),)
        if young
        else (),
        besides=(Line("Delete markers", Decimal(markers), Unit.OBJECTS),),
    )
    return Recommendation(
        NAME, bucket.place, "old versions", f"Delete {number_of(objects, 'noncurrent version')}",
        f"They were replaced or removed {OLDER_THAN_DAYS} days ago or longer, nobody can reach them by their address, "
        f"and {bucket.name} is billed for them as for any object.",
        once.usd, evidence, _action(bucket), not_here(bucket),
        "A version that is deleted cannot come back: what was overwritten or removed by mistake before then is lost.",
        tuple((f"{bucket.name} noncurrent {name}", each) for name, each in sorted(usd.items())),
        sketch_of(row[0] for row in old), once.more_usd,
    )  # fmt: skip


def _once(grounds: Grounds, bucket: Bucket, old: list[tuple[Any, ...]]) -> Costs:
    """By the versions that the bucket has now; where it cannot be asked, of those that the inventory lists."""
    money = grounds.money(bucket)
    provider = next((each for each in grounds.providers.all if each.name == bucket.provider), None)
    if isinstance(provider, Versioned):
        held = held_keys(grounds.database, bucket.provider)
        found = removable(provider.versions(), Terms("", OLDER_THAN_DAYS), (), grounds.now)
        return costs(money, removing(money, [each for each in found if each.key not in held], grounds.now))
    looks = Once(money.write_usd(StorageClass.STANDARD, sum(row[3] for row in old)))
    stays = (Stay(class_named(row[1]), row[5], None, OLDER_THAN_DAYS) for row in old)
    return costs(money, looks + money.leaving(stays))


def _action(bucket: Bucket) -> Action | None:
    if not bucket.provider:
        return None
    terms = {"older_than_days": OLDER_THAN_DAYS, "prefix": ""}
    return Action(Kind.DELETE_NONCURRENT_VERSIONS, bucket.provider, terms)
