"""Watched again: renditions in Glacier Instant Retrieval whose reads have cost more by now than coming back costs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from core.actions.action import Action, Kind
from core.actions.kinds.rule_words import NAMES
from core.errors import HistoryRefused
from core.recommendations.asking import of_each_bucket
from core.recommendations.class_prices import ClassPrices
from core.recommendations.grounds import Bucket, Grounds, Stored, not_here
from core.recommendations.history import History
from core.recommendations.measured import measured_history
from core.recommendations.monthly import MONTH_DAYS, by_part, money, twice
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
from core.recommendations.returning import Ledger, ledger_of
from core.recommendations.rules.renditions import (
    NO_RENDITIONS,
    counted_in,
    moving_once,
    of_mean_size,
    region_prices,
    those_counted,
)
from core.recommendations.simulator.arrays import Bools, Ints, ints
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.classes import NUMBER, tiered
from core.recommendations.simulator.metering import meter
from core.recommendations.simulator.prices import S3Prices
from core.recommendations.simulator.schedule import Entry, Schedule
from core.recommendations.simulator.window import Window, number_of
from core.recommendations.sketch import sketch_of
from core.sql import literal
from core.storage.provider import SMALLEST_BILLED_BYTES, StorageClass
from core.units import GIB
from core.units import number_of as counted

NAME = "watched again"
#: Where they would lie: reads cost nothing extra, and what ceases to be read becomes as cheap by itself.
_BACK, _THERE = StorageClass.INTELLIGENT_TIERING, StorageClass.GLACIER_IR
#: The first of the days, until the newest inventory, on all of which some of a video is listed in a class.
_SINCE = f"""
    WITH seen AS (
        SELECT video, day, bool_or(storage_class = $class) AS here FROM inventory
        WHERE provider = 'AWS' AND bucket = $bucket AND kind = 'object' AND current AND video <> ''
            AND rung NOT IN {NO_RENDITIONS} AND bytes >= {SMALLEST_BILLED_BYTES}
        GROUP BY ALL
    ), away AS (SELECT video, max(day) AS day FROM seen WHERE NOT here GROUP BY ALL)
    SELECT seen.video, min(seen.day) FROM seen LEFT JOIN away USING (video)
    WHERE here AND (away.day IS NULL OR seen.day > away.day) GROUP BY ALL
"""


@dataclass(frozen=True)
class _Found:
    """Videos that come back, and what of them there is."""

    videos: tuple[str, ...]
    catalogue: Catalogue  #: their objects of 128 KB and more
    there: Sequence[Stored]  #: all of them, as they are listed
    window: Window  #: the last 30 days
    days: int  #: of history
    owing_usd: Decimal  #: what reads have cost since beyond what storage has cost less

    @property
    def size_bytes(self) -> int:
        return sum(each.size_bytes for each in self.there)


def find(grounds: Grounds) -> Iterator[Said]:
    """One for each bucket that has any."""
    yield from of_each_bucket(grounds, NAME, _of_bucket)


def _of_bucket(grounds: Grounds, bucket: Bucket) -> Iterator[Said]:
    since = dict(grounds.warehouse.query(_SINCE, {"bucket": bucket.name, "class": str(_THERE)}))
    if not since:
        return
    try:
        yield _of_those(grounds, bucket, since)
    except HistoryRefused as error:
        yield Remark(NAME, str(error), bucket.name)


def _of_those(grounds: Grounds, bucket: Bucket, since: Mapping[str, date]) -> Said:
    prices, there = region_prices(grounds, bucket), counted_in(grounds, bucket, _THERE)
    here = f"bucket = {literal(bucket.name)} AND storage_class = {literal(_THERE)} AND rung NOT IN {NO_RENDITIONS}"
    history, _ = those_counted(measured_history(grounds.warehouse, here), there)
    history = _listed(history, since)
    if not len(history.catalogue):
        return Remark(NAME, f"Nobody knows since when that lies in {_THERE} which is listed there.", bucket.name)
    came = ints([number_of(since[history.videos[group]]) for group in history.catalogue.group])
    found = _found(history, ledger_of(history, prices, NUMBER[_THERE], came), there)
    if not found.videos:
        return Remark(NAME, f"Nothing in {_THERE} was read so much that it had better come back.", bucket.name)
    return _recommended(grounds, prices, bucket, found)


def _listed(history: History, since: Mapping[str, date]) -> History:
    """Those videos of which it is known since when they lie there."""
    known = np.fromiter((each in since for each in history.videos), bool, len(history.videos))
    return History(
        history.catalogue.only(known[history.catalogue.group]),
        history.first, history.end, history.remarks, history.videos,
    )  # fmt: skip


def _found(history: History, ledger: Ledger, there: Mapping[str, tuple[Stored, ...]] | None) -> _Found:
    due, videos = ledger.due, history.videos
    names = tuple(name for name, is_due in zip(videos, due, strict=True) if is_due)
    part = _of_videos(history.catalogue, due)
    if there is None:
        mine = of_mean_size(_THERE, len(part), int(part.size.sum())) if len(part) else []
    else:
        mine = [of for name in names for of in there[name]]
    return _Found(
        names, part, mine, Window(max(history.first, history.end - MONTH_DAYS), history.end),
        history.end - history.first, money(float(ledger.owing[due].sum())),
    )  # fmt: skip


def _of_videos(catalogue: Catalogue, videos: Bools) -> Catalogue:
    return catalogue.only(videos[catalogue.group] & tiered(catalogue.size))


def _recommended(grounds: Grounds, simulated: S3Prices, bucket: Bucket, found: _Found) -> Recommendation | Remark:
    evidence = _evidence(grounds.class_prices(bucket), simulated, found)
    if evidence.saving_usd <= 0:
        words = f"What was read so much in {_THERE} that it had better come back is hardly read any more."
        return Remark(NAME, words, bucket.name)
    once = moving_once(grounds, bucket, _THERE, _BACK, found.there)
    return Recommendation(
        NAME, bucket.place, f"renditions out of {_THERE}",
        f"Bring back the renditions of {counted(len(found.videos), 'video')} out of {NAMES[_THERE]}",
        f"Since they lie there, their reads have cost {found.owing_usd:,.2f} USD more than storage has cost less. In "
        f"{NAMES[_BACK]} reads cost nothing extra, and what nobody reads for 90 days costs as little.",
        once.usd, evidence, _action(bucket, found), not_here(bucket),
        portions=((f"{bucket.name} renditions {_THERE}", evidence.saving_usd),), sketch=sketch_of(found.videos),
        one_off_more_usd=once.more_usd,
    )  # fmt: skip


def _evidence(prices: ClassPrices, simulated: S3Prices, found: _Found) -> Evidence:
    now, then = _bills(found.catalogue, found, simulated)
    reads = found.catalogue.reads.where(found.catalogue.reads.day >= found.window.first)
    read_twice = Catalogue(found.catalogue.group, found.catalogue.size, found.catalogue.created, twice(reads))
    doubled = [sum(each.values(), NOTHING) for each in _bills(read_twice, found, simulated)]
    gets = round(float(reads.gets.sum()))
    return Evidence(
        objects=len(found.there),
        size_bytes=found.size_bytes,
        fees=tuple(Fee(part, now[part], then[part]) for part in now if now[part] or then[part]),
        confidence=Confidence.MEDIUM,
        because="The last 30 days of the CDN's misses are taken to go on; the ledger behind it is of all days there.",
        days=found.days,
        reads=gets,
        break_even=Line("Pays while each is read as a whole", _least_reads(prices, found), Unit.TIMES_A_MONTH),
        if_doubled_usd=doubled[0] - doubled[1],
        besides=(
            Line("Videos", Decimal(len(found.videos)), Unit.VIDEOS),
            Line("Reads there have cost, less what storage saved", found.owing_usd, Unit.USD),
        ),
    )


def _bills(catalogue: Catalogue, found: _Found, prices: S3Prices) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Of the last 30 days by part: where they lie, and as if they had come back on the first of them."""
    during = catalogue.during(found.window)
    now, then = (
        by_part(meter(during, _lying(during, found.window, NUMBER[each]), found.window).meters, prices)
        for each in (_THERE, _BACK)
    )
    return now, then


def _lying(catalogue: Catalogue, window: Window, number: int) -> Schedule:
    there = ints(np.flatnonzero(catalogue.created < window.end))
    start = catalogue.created[there].clip(window.first)
    return Schedule(there, start, _all(there, window.end), _all(there, number), _all(there, Entry.HELD), start)


def _all(objects: Ints, value: int) -> Ints:
    return np.full(len(objects), value)


def _least_reads(prices: ClassPrices, found: _Found) -> Decimal | None:
    """At Intelligent-Tiering's dearest tier; None where reads cost nothing extra."""
    size, objects = Decimal(found.size_bytes) / GIB, len(found.there)
    kept = size * (prices.storage(_BACK) - prices.storage(_THERE)) + objects * prices.monitoring()
    more = objects * (prices.get(_THERE) - prices.get(_BACK)) + size * prices.retrieval(_THERE)
    return kept / more if more > 0 else None


def _action(bucket: Bucket, found: _Found) -> Action | None:
    if not bucket.provider:
        return None
    terms = {
        "storage_class": str(_BACK), "kind": "rendition", "videos": sorted(found.videos), "in_classes": [str(_THERE)],
        "at_least_bytes": SMALLEST_BILLED_BYTES,
    }  # fmt: skip
    return Action(Kind.CHANGE_STORAGE_CLASS, bucket.provider, terms, f"renditions {_BACK}")
