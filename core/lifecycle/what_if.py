"""What if: what a rule would do to the bill, had it acted on the objects and reads of the days that were measured."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from core.lifecycle.catalogued import Catalogued
from core.recommendations.simulator.arrays import Bools, Ints, ints
from core.recommendations.simulator.classes import MAY_FALL, NUMBER, tiered
from core.recommendations.simulator.metering import meter
from core.recommendations.simulator.meters import METERS, Kind, Meters
from core.recommendations.simulator.prices import S3Prices
from core.recommendations.simulator.schedule import Changes, Entry, Schedule, joined
from core.storage.lifecycle import LifecycleRule
from core.storage.provider import StorageClass

_MONTH_DAYS = 365 / 12
#: What people call the kinds of meters, in the order of a bill.
_PARTS = {
    "Storage": (Kind.STORAGE, Kind.MONITORING),
    "Requests": (Kind.PUT, Kind.GET),
    "Retrieval": (Kind.RETRIEVAL, Kind.RESTORE, Kind.RESTORED),
    "Moves": (Kind.TRANSITION,),
    "Early deletion": (Kind.EARLY_DELETION,),
}
_ONCE = (_PARTS["Moves"], _PARTS["Early deletion"])


@dataclass(frozen=True)
class Part:
    """A part of the bill, USD a month."""

    name: str
    now_usd: Decimal
    then_usd: Decimal


@dataclass(frozen=True)
class Supposed:
    """What would be with a rule, at list price, beside what is without it."""

    parts: tuple[Part, ...]
    one_off_usd: Decimal  #: what is due already moves at once
    objects: int  #: that the rule is about
    moved: int  #: of them, by the end of the days
    ended: int  #: of them, before the end of the days
    delayed_videos: int  #: whose viewers would have waited for a restore
    days: int  #: that were measured
    remarks: tuple[str, ...]

    @property
    def now_usd(self) -> Decimal:
        return sum((each.now_usd for each in self.parts), Decimal(0))

    @property
    def then_usd(self) -> Decimal:
        return sum((each.then_usd for each in self.parts), Decimal(0))

    @property
    def saving_usd(self) -> Decimal:
        """A month; below 0 where it costs more."""
        return self.now_usd - self.then_usd


def suppose(of: Catalogued, rule: LifecycleRule, prices: S3Prices) -> Supposed:
    """The rule beside the classes in which the objects lie now."""
    about = _about(of, rule)
    as_is = _held(of, about)
    moves = list(_moves(of, about, rule))
    ends = _ends(of, about, rule)
    with_rule = _ended(joined([as_is, *moves]).schedule(ends))
    before = meter(of.catalogue, as_is.schedule(np.full(len(of.keys), of.window.end)), of.window)
    after = meter(of.catalogue, with_rule, of.window)
    return Supposed(
        tuple(_parts(before.meters, after.meters, prices)),
        _usd(_at_once_usd(after.meters, prices)),
        int(about.sum()),
        len(np.unique(np.concatenate([each.object for each in moves]))) if moves else 0,
        int((about & (ends < of.window.end)).sum()),
        len(after.delayed),
        of.window.days,
        tuple(_remarks(of, rule)),
    )


def _about(of: Catalogued, rule: LifecycleRule) -> Bools:
    sizes = of.catalogue.size.tolist()
    found = [rule.is_about(key, size, rule.tags) for key, size in zip(of.keys, sizes, strict=True)]
    return np.array(found, dtype=bool) & (of.catalogue.created < of.window.end)


def _held(of: Catalogued, about: Bools) -> Changes:
    """Where each lies, since it was recorded; what came in these days was written there."""
    there = np.flatnonzero(about)
    created = of.catalogue.created[there]
    entry = np.where(created < of.window.first, Entry.HELD, Entry.PUT)
    return Changes(there, created, of.storage_class[there], ints(entry))


def _moves(of: Catalogued, about: Bools, rule: LifecycleRule) -> Iterator[Changes]:
    """Each step, for what lies in a class that S3 lets fall so; days count from an object's creation."""
    large, lies_in = tiered(of.catalogue.size), of.storage_class.copy()
    steps = sorted(rule.transitions, key=lambda each: each.after_days)
    for step, then in zip(steps, [*steps[1:], None], strict=False):
        number = NUMBER[StorageClass(step.storage_class)]
        day = (of.catalogue.created + step.after_days).clip(of.window.first)
        until = of.window.end if then is None else (of.catalogue.created + then.after_days).clip(of.window.first)
        falls = about & large & _may_fall(lies_in, number) & (day < until)
        place = np.flatnonzero(falls)
        lies_in[place] = number
        if len(place):
            yield Changes(place, day[place], np.full(len(place), number), np.full(len(place), Entry.TRANSITION))


def _may_fall(lies_in: Ints, number: int) -> Bools:
    return np.isin(lies_in, [upper for upper, lower in MAY_FALL if lower == number])


def _ends(of: Catalogued, about: Bools, rule: LifecycleRule) -> Ints:
    """The day after the last one of each object."""
    end = np.full(len(of.keys), of.window.end)
    if rule.expire_after_days is None:
        return end
    gone = (of.catalogue.created + rule.expire_after_days).clip(of.window.first, of.window.end)
    return ints(np.where(about, gone, end))


def _ended(schedule: Schedule) -> Schedule:
    """Without what would begin after the object is gone."""
    return schedule.where(schedule.end > schedule.start)


def _at_once_usd(after: Meters, prices: S3Prices) -> float:
    """Of moves, and of leaving too early, on the first day: what is due already. It happens once."""
    return sum(_first_day(after, prices, kinds) for kinds in _ONCE)


def _parts(before: Meters, after: Meters, prices: S3Prices) -> Iterator[Part]:
    for name, kinds in _PARTS.items():
        now, then = (_monthly(each, prices, kinds) for each in (before, after))
        if kinds in _ONCE:
            then -= _first_day(after, prices, kinds) * _MONTH_DAYS / after.window.days
        yield Part(name, _usd(now), _usd(then))


def _monthly(meters: Meters, prices: S3Prices, kinds: tuple[Kind, ...]) -> float:
    return float(prices.daily_usd(_only(meters, kinds)).sum()) * _MONTH_DAYS / meters.window.days


def _first_day(meters: Meters, prices: S3Prices, kinds: tuple[Kind, ...]) -> float:
    return float(prices.daily_usd(_only(meters, kinds))[0])


def _only(meters: Meters, kinds: tuple[Kind, ...]) -> Meters:
    return Meters(meters.window, meters.amounts * np.array([each.kind in kinds for each in METERS]))


def _remarks(of: Catalogued, rule: LifecycleRule) -> Iterator[str]:
    if not of.knows_reads:
        yield "There is no log of the CDN, so nothing is known of reads: fees for reading are left out."
    else:
        yield f"Reads are those of {of.window.days} days that were measured."
    if rule.tags:
        yield "The catalogue does not know tags: it is priced as if all carried them."
    others = (rule.expire_noncurrent_after_days, rule.abort_unfinished_after_days)
    if rule.noncurrent_transitions or any(each is not None for each in others):
        yield "Noncurrent versions and unfinished uploads are not in the catalogue, and are left out."


def _usd(amount: float) -> Decimal:
    return round(Decimal(amount), 6) + 0
