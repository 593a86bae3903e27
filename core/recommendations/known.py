"""Known: what the catalogue has in a bucket of ours, by which an action chooses its objects.

An inventory is up to two days old; the catalogue learns every day from the bucket's own listing. So what a card counts
of a bucket that can be changed here is what the catalogue has there. An inventory tells of tiers, and of buckets that
are not connected.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from core.actions.action import Extent
from core.billing.class_rules import RULES
from core.catalog.video import Kind
from core.database import named_queries
from core.media.folder import MASTER
from core.recommendations.grounds import Grounds, Stored
from core.storage.provider import SMALLEST_BILLED_BYTES, StorageClass

#: A tier of Intelligent-Tiering that costs what GLACIER_IR does, without its fees.
ARCHIVE_TIER = "ARCHIVE_INSTANT"

_queries: Any = named_queries(__file__, "known.sql")


def known(grounds: Grounds, place: str, kind: Kind) -> Iterator[Stored]:
    """Each object of a kind, with when it was written where it lies in a class that has least days; of tiers it knows
    nothing.
    """
    with grounds.database.reading() as connection:
        rows = list(_queries.known_objects(connection, provider=place, kind=kind))
    for row in rows:
        storage_class, size = StorageClass(row["storage_class"]), row["size_bytes"]
        rules = RULES[storage_class]
        written_at = grounds.written(place).get(row["key"]) if rules.least_days else None
        billed = rules.billed_bytes(size)
        yield Stored(row["video_id"], row["name"], storage_class, "", 1, size, billed, row["key"], written_at)


def packaged(grounds: Grounds, place: str) -> frozenset[str]:
    """Videos that can be watched there without their original."""
    with grounds.database.reading() as connection:
        rows = _queries.known_videos(connection, provider=place, name=MASTER)
        return frozenset(row["video_id"] for row in rows)


def as_listed(
    grounds: Grounds, place: str, listed: Iterable[Stored], storage_class: StorageClass
) -> dict[str, tuple[Stored, ...]]:
    """Videos whose renditions in a class are those that an inventory lists, each with what it has there of 128 KB and
    more; those of which a part lies in the tier that costs what an archive does are none of them.
    """
    there = defaultdict[str, list[Stored]](list)
    for each in known(grounds, place, Kind.RENDITION):
        if each.storage_class is storage_class:
            there[each.video].append(each)
    told = defaultdict[str, list[Stored]](list)
    for each in listed:
        told[each.video].append(each)
    return {
        video: tuple(each for each in there[video] if each.size_bytes >= SMALLEST_BILLED_BYTES)
        for video, of in told.items()
        if _sizes(of) == _sizes(there[video]) and _is_plain(of, there[video])
    }


def _sizes(stored: Iterable[Stored]) -> dict[str, Extent]:
    """By rung."""
    found = dict[str, Extent]()
    for each in stored:
        before = found.get(each.rung, Extent(0, 0))
        found[each.rung] = Extent(before.objects + each.objects, before.size_bytes + each.size_bytes)
    return found


def _is_plain(listed: Sequence[Stored], there: Sequence[Stored]) -> bool:
    """Whether all objects of a rung are alike, so that their mean size tells of each whether it is billed as more."""
    return len({each.rung for each in there}) == len(there) and all(each.tier != ARCHIVE_TIER for each in listed)
