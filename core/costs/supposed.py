"""Supposed: a scenario as sentences, with what it leaves out; and as words that a person types."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from core.costs.scenario import Event, Move, Prices, Scenario
from core.errors import WrongArguments
from core.storage.provider import StorageClass

FORMS = (
    "uploads=2, viewing=1.5, event=2026-12-12:3x2, move=0.5:STANDARD>GLACIER_IR, price=Amazon CloudFront:+10, "
    "migrated=2027-01-31"
)


def in_words(scenario: Scenario, prices: Prices) -> tuple[str, ...]:
    """What is assumed, one sentence each; none where nothing is supposed."""
    return tuple(_sentences(scenario, prices))


def _sentences(scenario: Scenario, prices: Prices) -> Iterator[str]:
    if scenario.uploads != 1:
        yield (f"{scenario.uploads:g} times as much is uploaded: transcoding and functions cost as many times as much, "
               "and storage grows as many times as fast.")  # fmt: skip
    if scenario.viewing != 1:
        yield (f"{scenario.viewing:g} times as much is watched: bytes sent, requests and retrieval cost as many times "
               "as much, at the prices of the last four weeks.")  # fmt: skip
    for event in scenario.events:
        days = "a day" if event.days == 1 else f"{event.days} days"
        yield f"From {event.day} on, {event.factor:g} times as much is watched for {days}."
    for move in scenario.moves:
        yield _of_move(move, prices)
    for service, percent in scenario.prices.items():
        yield f"{service} costs {percent:+g} % from the first day on."
    if scenario.migrated_by:
        yield (f"All videos have left Supabase by {scenario.migrated_by}, evenly; at list price storing them costs "
               f"{prices.storage_after:.0%} and sending them {prices.egress_after:.0%} of what it did. "
               "The plan stays, and the move itself is not counted.")  # fmt: skip


def _of_move(move: Move, prices: Prices) -> str:
    said = f"{move.share:.0%} of the bytes in {move.source} lie in {move.target} from the first day on"
    known = prices.by_class
    if move.source not in known or move.target not in known:
        return f"{said}; the catalogue has no price of both, so nothing changes."
    return (f"{said}, at {known[move.target] / known[move.source]:.0%} of the price; fees for the transition, "
            "retrieval and minimum sizes are not counted.")  # fmt: skip


def scenario_of(words: Iterable[str]) -> Scenario:
    """What a person typed, each word a change. Raises WrongArguments."""
    found = Scenario()
    for word in words:
        name, _, value = word.partition("=")
        try:
            found = _with(found, name.strip().lower(), value.strip())
        except ValueError:
            raise WrongArguments(f"--what-if {word} is not understood.", f"Write one of {FORMS}.") from None
    return found


def _with(found: Scenario, name: str, value: str) -> Scenario:
    match name:
        case "uploads":
            return replace(found, uploads=_times(value))
        case "viewing":
            return replace(found, viewing=_times(value))
        case "event":
            return replace(found, events=(*found.events, _event(value)))
        case "move":
            return replace(found, moves=(*found.moves, _move(value)))
        case "price":
            service, _, percent = value.rpartition(":")
            if not service:
                raise ValueError(value)
            return replace(found, prices={**found.prices, service: _percent(percent)})
        case "migrated":
            return replace(found, migrated_by=_day(value))
        case _:
            raise ValueError(name)


def _times(text: str) -> float:
    times = float(text)
    if not 0 <= times <= 1000:
        raise ValueError(text)
    return times


def _percent(text: str) -> float:
    percent = float(text.removesuffix("%"))
    if not -100 <= percent <= 1000:
        raise ValueError(text)
    return percent


def _event(text: str) -> Event:
    """2026-12-12:3 is one day, 2026-12-12:3x2 two."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d):([\d.]+)(?:x(\d{1,3}))?", text)
    if match is None:
        raise ValueError(text)
    day, factor, days = _day(match[1]), _times(match[2]), int(match[3] or 1)
    if not days:
        raise ValueError(text)
    return Event(day, factor, days)


def _day(text: str) -> date:
    found = date.fromisoformat(text)
    if not 2000 <= found.year < 2100:
        raise ValueError(text)
    return found


def _move(text: str) -> Move:
    match = re.fullmatch(r"([\d.]+):(\w+)>(\w+)", text)
    if match is None or not 0 <= float(match[1]) <= 1:
        raise ValueError(text)
    return Move(float(match[1]), StorageClass(match[2].upper()), StorageClass(match[3].upper()))
