"""Saved: what an action has saved so far by the bill, beside what it promised."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from core.actions.action import Kind, Taken
from core.actions.kinds.words import dollars
from core.actions.sharing import Holding, shares, together
from core.costs.whole import bills_of
from core.storage.providers import Providers
from core.units import number_of
from core.warehouse import Warehouse

_DAYS = Path(__file__).with_name("saved.sql").read_text()
#: Days before an action that tell what things cost without it, and how many of them there have to be.
_BEFORE, _LEAST_BEFORE, _LEAST_SINCE = timedelta(28), 7, 3
_DAY = timedelta(1)
_MONTH_DAYS = Decimal(365) / 12
_LAST_DIGIT = Decimal("1e-18")
#: Kinds after which less is stored, so that a price for each GB tells nothing of them.
_LESS = (
    Kind.ABORT_INCOMPLETE_UPLOADS,
    Kind.DELETE_NONCURRENT_VERSIONS,
    Kind.DROP_RENDITION,
    Kind.RETIRE_COPY,
)


@dataclass(frozen=True)
class Saved:
    """By the bill, at what was really billed; and by the promise, for as many days."""

    usd: Decimal | None  #: below 0 where it cost more; None: nobody can tell
    promised_usd: Decimal | None  #: None: nothing was promised
    days: int  #: that are wholly billed since
    words: str  #: how it was measured, or why it cannot be
    whole_usd: Decimal | None = None  #: what the bill was lower by on those days, of which this is the action's share


@dataclass(frozen=True)
class _Day:
    day: date
    usd: Decimal
    amount: Decimal


@dataclass(frozen=True)
class _Usual:
    """What a day would have cost without any of the actions."""

    a_day_usd: Decimal | None  #: whatever is stored; None: it goes by what is stored
    a_unit_usd: Decimal  #: for a GB-month that is stored, or a GB that is sent
    days: int  #: that it is made of

    def of(self, day: _Day) -> Decimal:
        return self.a_unit_usd * day.amount if self.a_day_usd is None else self.a_day_usd

    @property
    def words(self) -> str:
        if self.a_day_usd is None:
            return f"As many GB as since then, at what each cost in {self.days} days before."
        return f"Against {self.days} days before; what has come in since counts against it."


def saved_so_far(warehouse: Warehouse, providers: Providers, taken: Taken, applied: Iterable[Taken]) -> Saved:
    """Of an action at a provider or a distribution, by the bills that there are; `applied`: all that ever were."""
    aws = bills_of(warehouse).get("AWS")
    if aws is None:
        return Saved(None, None, 0, "There is no bill of AWS that could tell.")
    places = _places(providers, taken.action.place)
    beside = [each for each in applied if {*places} & {*_places(providers, each.action.place)}]
    return saved(warehouse, taken, places, aws.until, beside)


def _places(providers: Providers, place: str) -> list[str]:
    """What bills call a place: the provider's bucket, and those that it stands for; or the distribution's id."""
    own = [each.bucket for each in providers.all if each.name == place]
    return [*own, *(bucket for bucket, name in providers.stands_for.items() if name == place)] or [place]


def saved(
    warehouse: Warehouse, taken: Taken, places: Sequence[str], until: date, beside: Iterable[Taken] = ()
) -> Saved:
    """Of an action at buckets, or a distribution, of those names; by bills that are whole until a day.

    Each GB that was stored (or sent) since is held against what one cost in the four weeks before; where an action
    makes less be stored, each day against such a day. Of actions that held on the same days each has its share.
    """
    if taken.applied_at is None:
        return Saved(None, None, 0, "It is not applied yet.")
    own = _holding(taken, until)
    days, promised = max((own.end - own.first).days, 0), taken.promised_usd
    promised = None if promised is None else promised * days / _MONTH_DAYS
    if days < _LEAST_SINCE:
        return Saved(None, promised, days, _too_few(taken, days))
    every = {each.id: each for each in [*beside, taken] if each.applied_at}
    holdings = [_holding(each, until) for each in every.values()]
    found = _days(warehouse, min(each.first for each in holdings) - _DAY - _BEFORE, own.end, places)
    less = frozenset(id for id, each in every.items() if _stores_less(each))
    group, usual = _compared(own, holdings, found, less)
    if usual.days < _LEAST_BEFORE:
        there = number_of(usual.days, "whole day")
        least = f"The bill has {there} of it before that; {_LEAST_BEFORE} are needed to compare with."
        return Saved(None, promised, days, least)
    return _shared(own, group, found, usual, promised, days)


def _too_few(taken: Taken, days: int) -> str:
    billed = number_of(days, "whole day")
    if taken.undone_at:
        return f"It was undone after {billed}, too few to tell."
    return f"The bill has {billed} since; {_LEAST_SINCE} are needed."


def _holding(taken: Taken, until: date) -> Holding:
    """From the day after it was applied until the day on which it was undone, as far as bills reach."""
    applied = taken.applied_at or taken.asked_at
    end = min(until, taken.undone_at.date()) if taken.undone_at else until
    return Holding(taken.id, applied.date() + _DAY, end, taken.promised_usd)


def _compared(
    own: Holding, holdings: Sequence[Holding], found: Mapping[date, _Day], less: Container[str]
) -> tuple[Sequence[Holding], _Usual]:
    """The actions that share with one, and what a day cost before the first of them.

    One that is older than the bills that would tell of it is part of what is usual: nobody can tell what it saves, and
    it has no share.
    """
    while True:
        group = together(own, holdings)
        first = min(each.first for each in group)
        usual = _usual(found, first - _DAY, holdings, stores_less=any(each.id in less for each in group))
        if usual.days >= _LEAST_BEFORE or first == own.first:
            return group, usual
        holdings = [each for each in holdings if each.first > first]


def _usual(found: Mapping[date, _Day], first: date, holdings: Sequence[Holding], *, stores_less: bool) -> _Usual:
    """By the four weeks before a day, without those on which another action held."""
    days = (first - timedelta(n) for n in range(1, _BEFORE.days + 1))
    before = [found[day] for day in days if day in found and not any(one.holds_on(day) for one in holdings)]
    spent, amount = _sum(each.usd for each in before), _sum(each.amount for each in before)
    by_day = spent / max(len(before), 1) if stores_less or not amount else None
    return _Usual(by_day, spent / amount if amount else Decimal(0), len(before))


def _shared(
    own: Holding,
    group: Sequence[Holding],
    found: Mapping[date, _Day],
    usual: _Usual,
    promised: Decimal | None,
    days: int,
) -> Saved:
    """The action's shares of each of its days' drop."""
    usd, whole = Decimal(0), Decimal(0)
    for day in (own.first + timedelta(n) for n in range(days)):
        billed = found.get(day, _Day(day, Decimal(0), Decimal(0)))
        drop = (usual.of(billed) - billed.usd).quantize(_LAST_DIGIT)
        usd += shares(drop, [each for each in group if each.holds_on(day)])[own.id]
        whole += drop
    return Saved(usd, promised, days, usual.words + _besides(own, group, whole), whole)


def _besides(own: Holding, group: Sequence[Holding], whole: Decimal) -> str:
    others = sum(each.meets(own) for each in group if each.id != own.id)
    if not others:
        return ""
    return (
        f" {number_of(others, 'other change')} held on some of these days: of {dollars(whole)} in all, each has a "
        "share by what it promised."
    )


def _stores_less(taken: Taken) -> bool:
    """Rules that only remove are like actions that do."""
    rules = taken.action.terms.get("rules", ())
    only_removes = taken.action.kind is Kind.PUT_LIFECYCLE_POLICY and not any(each.get("transitions") for each in rules)
    return only_removes or taken.action.kind in _LESS


def _days(warehouse: Warehouse, first: date, end: date, places: Sequence[str]) -> dict[date, _Day]:
    rows = warehouse.query(_DAYS, {"first": first, "end": end, "places": list(places)})
    return {day: _Day(day, Decimal(usd), Decimal(amount)) for day, usd, amount in rows}


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
