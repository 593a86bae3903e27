"""Replicas: buckets whose objects lie in another one too, and that nobody has read."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from core.recommendations.asking import of_each_bucket
from core.recommendations.grounds import Bucket, Grounds
from core.recommendations.recommendation import Confidence, Evidence, Recommendation, Remark, Said
from core.recommendations.removal import removal
from core.recommendations.sketch import sketch_of

NAME = "replicas"
_DAYS = 28
_CURRENT = "kind = 'object' AND current"
#: Of the bytes of a replica, what lies elsewhere in the same size.
_LEAST_SHARE = Decimal("0.95")
_SAME = """
    WITH newest AS (SELECT bucket, max(day) AS day FROM inventory WHERE provider = 'AWS' GROUP BY ALL),
    there AS (
        SELECT bucket, video, rung, sum(bytes) AS bytes FROM inventory JOIN newest USING (bucket, day)
        WHERE provider = 'AWS' AND kind = 'object' AND current AND video <> '' GROUP BY ALL
    )
    SELECT other.bucket, sum(one.bytes)::BIGINT
    FROM there one JOIN there other ON one.video = other.video AND one.rung = other.rung AND one.bytes = other.bytes
    WHERE one.bucket = $bucket AND other.bucket <> $bucket GROUP BY ALL ORDER BY 2 DESC, 1 LIMIT 1
"""
_READ = """
    SELECT count(DISTINCT hour::DATE), coalesce(sum(requests) FILTER (operation = 'REST.GET.OBJECT'), 0)::BIGINT
    FROM origin_requests WHERE bucket = $bucket AND hour >= $since
"""
_BY_HAND = (
    "End the replication rule of the other bucket, then let a lifecycle rule remove what lies here. Whether it is a "
    "backup that somebody relies on is for people to say."
)


def find(grounds: Grounds) -> Iterator[Said]:
    """One for each bucket whose bytes lie in another one too and were not read for four weeks."""
    if len(grounds.buckets) > 1:
        yield from of_each_bucket(grounds, NAME, _of_bucket)


def _of_bucket(grounds: Grounds, bucket: Bucket) -> Iterator[Said]:
    stored = list(grounds.stored(bucket, _CURRENT))
    size = sum(each.size_bytes for each in stored)
    same = grounds.warehouse.query(_SAME, {"bucket": bucket.name})
    if not same or same[0][1] < _LEAST_SHARE * size:
        return
    since = grounds.now.replace(tzinfo=None) - timedelta(days=_DAYS)
    [(days, gets)] = grounds.warehouse.query(_READ, {"bucket": bucket.name, "since": since})
    if days < _DAYS - 1:
        words = (
            f"It has what {same[0][0]} has, and S3's access logs tell {days} of {_DAYS} days: nobody knows its reads."
        )
        yield Remark(NAME, words, bucket.name)
    elif not gets:
        yield _recommended(grounds, bucket, same[0][0])


def _recommended(grounds: Grounds, bucket: Bucket, other: str) -> Recommendation:
    stored = list(grounds.stored(bucket, _CURRENT))
    gone = removal(grounds, bucket, stored)
    evidence = Evidence(
        objects=gone.objects,
        size_bytes=gone.size_bytes,
        fees=gone.fees,
        confidence=Confidence.MEDIUM,
        because=f"S3's access logs have no GET of it in {_DAYS} days; sizes agree, bytes were not compared.",
        days=_DAYS,
        reads=0,
    )
    return Recommendation(
        NAME, bucket.place, "replica", f"Give up the replica in {bucket.name}",
        f"{bucket.name} has the same videos in the same sizes as {other}, and nobody has read it for {_DAYS} days.",
        gone.once.usd, evidence, None, _BY_HAND, f"If {other} is lost, there is no other copy in S3.",
        gone.portions, sketch_of(each.video for each in stored), gone.once.more_usd,
    )  # fmt: skip
