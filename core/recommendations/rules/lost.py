"""Lost: objects in folders of videos that the catalogue does not know, and contents that lie there twice."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from core.database import Row, named_queries
from core.recommendations.asking import of_each_bucket
from core.recommendations.grounds import Bucket, Grounds, Stored
from core.recommendations.recommendation import (
    NOTHING,
    Confidence,
    Evidence,
    Fee,
    LeftOut,
    Recommendation,
    Remark,
    Said,
)
from core.recommendations.removal import removal
from core.recommendations.sketch import sketch_of
from core.storage.provider import StorageClass
from core.units import number_of

NAME, TWICE = "orphans", "duplicate content"
#: What is younger may be a video that is just being made.
_LEAST_DAYS = 7
_QUIET_DAYS = 28
_BORN = """
    SELECT video, min(day) FROM inventory WHERE provider = 'AWS' AND bucket = $bucket AND current GROUP BY ALL
"""
_ASKED = "SELECT DISTINCT video FROM request_titles WHERE day >= $since AND video <> ''"
_LOG_DAYS = "SELECT count(DISTINCT day) FROM request_titles WHERE day >= $since"
_BY_HAND = (
    "Nothing here removes what the catalogue does not know. Look at the folders in the bucket: add the videos to the "
    "library, or remove them there."
)
_BY_HAND_TWICE = "Which of the videos is to go is for people to say: remove one of each in the library."

_queries: Any = named_queries(__file__, "lost.sql")


def find(grounds: Grounds) -> Iterator[Said]:
    """Orphans of each bucket, while anything is in the catalogue at all; and duplicates of each provider."""
    with grounds.database.reading() as connection:
        known = {row["id"] for row in _queries.every_video(connection)}
        twice = list(_queries.originals_twice(connection))
    if known:
        yield from of_each_bucket(grounds, NAME, lambda of, bucket: _orphans(of, bucket, known))
    yield from _twice(grounds, twice)


def _orphans(grounds: Grounds, bucket: Bucket, known: set[str]) -> Iterator[Said]:
    lost = [each for each in grounds.stored(bucket, "video <> '' AND kind = 'object'") if each.video not in known]
    if not lost:
        return
    since = {"since": grounds.days_ago(_QUIET_DAYS)}
    [(days,)] = grounds.warehouse.query(_LOG_DAYS, since)
    if days < _QUIET_DAYS - 1:
        words = f"The CDN's log has {days} of the last {_QUIET_DAYS} days: nobody knows whether they are watched."
        yield Remark(NAME, words, bucket.name)
        return
    watched = {row[0] for row in grounds.warehouse.query(_ASKED, since)}
    born = dict(grounds.warehouse.query(_BORN, {"bucket": bucket.name}))
    young = {each.video for each in lost if born[each.video] > bucket.newest - timedelta(days=_LEAST_DAYS)}
    chosen = [each for each in lost if each.video not in watched | young]
    left_out = (
        LeftOut(_count(lost, watched), f"They were asked for in the last {_QUIET_DAYS} days."),
        LeftOut(_count(lost, young - watched), f"No inventory of {_LEAST_DAYS} days ago lists them: they may be new."),
    )
    if chosen:
        yield _orphaned(grounds, bucket, chosen, tuple(each for each in left_out if each.objects))


def _count(stored: list[Stored], videos: set[str]) -> int:
    return sum(each.objects for each in stored if each.video in videos)


def _orphaned(grounds: Grounds, bucket: Bucket, chosen: list[Stored], left_out: tuple[LeftOut, ...]) -> Recommendation:
    gone = removal(grounds, bucket, chosen)
    videos = {each.video for each in chosen}
    evidence = Evidence(
        objects=gone.objects,
        size_bytes=gone.size_bytes,
        fees=gone.fees,
        confidence=Confidence.MEDIUM,
        because="The key says that they are a video's, and the catalogue has none by that id; another system may.",
        days=_QUIET_DAYS,
        reads=0,
        left_out=left_out,
    )
    return Recommendation(
        NAME, bucket.place, "objects of no known video",
        f"Remove the objects of {number_of(len(videos), 'unknown video')}",
        f"They lie in folders of {bucket.name} that are named as those of videos are, the library does not know them, "
        f"and nobody asked for them in {_QUIET_DAYS} days.",
        gone.once.usd, evidence, None, _BY_HAND,
        "What is removed cannot come back, unless the bucket keeps versions.",
        gone.portions, sketch_of(videos), gone.once.more_usd,
    )  # fmt: skip


def _twice(grounds: Grounds, rows: list[Row]) -> Iterator[Said]:
    """One for each provider."""
    for name in sorted({row["provider"] for row in rows}):
        found = [row for row in rows if row["provider"] == name]
        provider = next((each for each in grounds.providers.all if each.name == name), None)
        if provider is None:
            yield Remark(TWICE, "It is not connected here, so nobody knows its region and its prices.", name)
            continue
        usd = [grounds.storage_prices.monthly_usd(name, provider.region, _class(row), _more(row)) for row in found]
        if None in usd:
            yield Remark(TWICE, f"The price catalogue has no price for storage in {provider.region}.", name)
            continue
        yield _doubled(name, found, sum((each for each in usd if each is not None), NOTHING))


def _doubled(name: str, rows: list[Row], usd: Decimal) -> Recommendation:
    more = sum(row["copies"] - 1 for row in rows)
    evidence = Evidence(
        objects=more,
        size_bytes=sum(map(_more, rows)),
        fees=(Fee("Storage", usd, NOTHING),),
        confidence=Confidence.HIGH,
        because="Size and checksum are the same, or size and ETag where no checksum is known.",
    )
    return Recommendation(
        TWICE, name, "originals", f"Keep {number_of(len(rows), 'original')} once instead of {more + len(rows):,} times",
        "Several videos of the library have originals with the same bytes. Only originals are counted: what was made "
        "of them lies there twice too.",
        NOTHING, evidence, None, _BY_HAND_TWICE, "One of the two videos goes, with its link.",
        ((f"{name} originals twice", usd),), sketch_of(f"{row['content']}" for row in rows),
    )  # fmt: skip


def _class(row: Row) -> StorageClass:
    return StorageClass(row["storage_class"])


def _more(row: Row) -> int:
    """Bytes beyond the first."""
    return row["size_bytes"] * (row["copies"] - 1)
