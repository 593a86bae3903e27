"""Idle: what somebody supposes that changes nothing of these bills, and what does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from core.costs.mix import Kind
from core.costs.scenario import STORED, UPLOADED, VIEWED, Move, Scenario
from core.costs.what_if import Base, leaves
from core.errors import WrongArguments

_MOST_NAMES = 20  #: that are listed


@dataclass(frozen=True)
class Idle:
    """A change that none of these costs goes with."""

    change: str  #: as it is typed
    why: str
    advice: str  #: a sentence


def refuse_idle(base: Base, scenario: Scenario) -> None:
    """Raises WrongArguments with the first of them."""
    for each in idle(base, scenario):
        raise WrongArguments(f"--what-if {each.change} changes nothing: {each.why}.", each.advice)


def idle(base: Base, scenario: Scenario) -> Iterator[Idle]:
    """Every change of a scenario that does nothing."""
    kinds = {kind for label in base.mix.values() for kind in label}
    families = {kind.family for kind in kinds}
    if scenario.uploads != 1 and not families & {*UPLOADED, STORED}:
        yield Idle(f"uploads={scenario.uploads:g}", "nothing that is billed goes with uploads", "Leave it out.")
    if scenario.viewing != 1 and not families & VIEWED:
        yield Idle(f"viewing={scenario.viewing:g}", "nothing that is billed goes with viewing", "Leave it out.")
    yield from _of_prices(kinds, scenario)
    yield from _of_days(base, scenario)
    for move in scenario.moves:
        yield from _of_move(base, kinds, move)
    if scenario.migrated_by and not any(map(leaves, kinds)):
        yield Idle(f"migrated={scenario.migrated_by}", "nothing that is billed leaves Supabase", "Leave it out.")


def _of_prices(kinds: set[Kind], scenario: Scenario) -> Iterator[Idle]:
    services = sorted({kind.service for kind in kinds})
    for service, percent in scenario.prices.items():
        if service not in services:
            names = ", ".join(services[:_MOST_NAMES])
            yield Idle(f"price={service}:{percent:+g}", "no daily charge is of that service", f"Give one of {names}.")


def _of_days(base: Base, scenario: Scenario) -> Iterator[Idle]:
    frame = base.outlook.frame
    last = frame.day(frame.asked.h - 1)
    for event in scenario.events:
        if event.day > last or event.day + timedelta(event.days) <= frame.first:
            change = f"event={event.day}:{event.factor:g}" + (f"x{event.days}" if event.days > 1 else "")
            yield Idle(change, "none of these days is forecast", f"Give days from {frame.first} to {last}.")
    if scenario.migrated_by and scenario.migrated_by < frame.first:
        advice = f"Give a day from {frame.first} on."
        yield Idle(f"migrated={scenario.migrated_by}", "the bills reach beyond that day", advice)


def _of_move(base: Base, kinds: set[Kind], move: Move) -> Iterator[Idle]:
    change = f"move={move.share:g}:{move.source}>{move.target}"
    known = base.prices.by_class
    stored = sorted({kind.storage_class for kind in kinds if kind.family == STORED} & set(known))
    if move.source not in stored:
        advice = f"Move from one of {', '.join(stored)}." if stored else "Leave it out."
        yield Idle(change, f"no bytes in {move.source} are billed", advice)
    elif move.target not in known:
        yield Idle(
            change, f"the catalogue has no price of {move.target}", f"Move to one of {', '.join(sorted(known))}."
        )
