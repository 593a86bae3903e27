"""Saved: what an action has saved so far by the bill, beside what it promised."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from core.actions.action import Kind, Taken
from core.costs.whole import bills_of
from core.storage.providers import Providers
from core.units import number_of
from core.warehouse import Warehouse

_DAYS = Path(__file__).with_name("saved.sql").read_text()
#: Days before an action that tell what things cost without it, and how many of them there have to be.
_BEFORE, _LEAST_BEFORE, _LEAST_SINCE = timedelta(28), 7, 3
_MONTH_DAYS = Decimal(365) / 12
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


@dataclass(frozen=True)
class _Day:
    day: date
    usd: Decimal
    amount: Decimal


def saved_so_far(warehouse: Warehouse, providers: Providers, taken: Taken) -> Saved:
    """Of an action at a provider or a distribution, by the bills that there are."""
    aws = bills_of(warehouse).get("AWS")
    if aws is None:
        return Saved(None, None, 0, "There is no bill of AWS that could tell.")
    return saved(warehouse, taken, _places(providers, taken.action.place), aws.until)


def _places(providers: Providers, place: str) -> list[str]:
    """What bills call a place: the provider's bucket, and those that it stands for; or the distribution's id."""
    own = [each.bucket for each in providers.all if each.name == place]
    return [*own, *(bucket for bucket, name in providers.stands_for.items() if name == place)] or [place]


def saved(warehouse: Warehouse, taken: Taken, places: Sequence[str], until: date) -> Saved:
    """Of an action at buckets, or a distribution, of those names; by bills that are whole until a day.

    Each GB that was stored (or sent) since is held against what one cost in the four weeks before; where an action
    makes less be stored, each day against such a day.
    """
    if taken.applied_at is None:
        return Saved(None, None, 0, "It is not applied yet.")
    applied = taken.applied_at.date()
    end = min(until, taken.undone_at.date()) if taken.undone_at else until
    found = _days(warehouse, applied - _BEFORE, end, places) if end > applied else []
    before = [each for each in found if each.day < applied]
    since = [each for each in found if each.day > applied]
    days = max((end - applied).days - 1, 0)
    promised = _promised(taken, days)
    billed = number_of(days, "whole day")
    if days < _LEAST_SINCE and taken.undone_at:
        return Saved(None, promised, days, f"It was undone after {billed}, too few to tell.")
    if days < _LEAST_SINCE:
        return Saved(None, promised, days, f"The bill has {billed} since; {_LEAST_SINCE} are needed.")
    if len(before) < _LEAST_BEFORE:
        there = number_of(len(before), "whole day")
        least = f"The bill has {there} of it before that; {_LEAST_BEFORE} are needed to compare with."
        return Saved(None, promised, days, least)
    return _compared(taken, before, since, promised, days)


def _compared(
    taken: Taken, before: Sequence[_Day], since: Sequence[_Day], promised: Decimal | None, days: int
) -> Saved:
    spent = _sum(each.usd for each in since)
    stored = _sum(each.amount for each in before)
    if _stores_less(taken) or not stored:
        usual = _sum(each.usd for each in before) / len(before) * days
        words = f"Against {len(before)} days before; what has come in since counts against it."
    else:
        usual = _sum(each.usd for each in before) / stored * _sum(each.amount for each in since)
        words = f"As many GB as since then, at what each cost in {len(before)} days before."
    return Saved(usual - spent, promised, days, words)


def _stores_less(taken: Taken) -> bool:
    """Rules that only remove are like actions that do."""
    rules = taken.action.terms.get("rules", ())
    only_removes = taken.action.kind is Kind.PUT_LIFECYCLE_POLICY and not any(each.get("transitions") for each in rules)
    return only_removes or taken.action.kind in _LESS


def _days(warehouse: Warehouse, first: date, end: date, places: Sequence[str]) -> list[_Day]:
    rows = warehouse.query(_DAYS, {"first": first, "end": end, "places": list(places)})
    return [_Day(day, Decimal(usd), Decimal(amount)) for day, usd, amount in rows]


def _promised(taken: Taken, days: int) -> Decimal | None:
    monthly = taken.promise.monthly_usd if taken.promise.monthly_usd is not None else taken.saving_usd
    return None if monthly is None else monthly * days / _MONTH_DAYS


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
