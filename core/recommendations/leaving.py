"""Leaving: what it costs once that objects leave their class, by the same reckoning as the preview of an action."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.actions.money import Money, Once, Stay
from core.errors import PriceUnknown
from core.recommendations.grounds import Stored
from core.recommendations.recommendation import NOTHING


@dataclass(frozen=True)
class Costs:
    """USD once, all of it known."""

    usd: Decimal = NOTHING
    more_usd: Decimal = NOTHING  #: up to so much more: nobody knows since when objects lie in their class

    def __add__(self, other: "Costs") -> "Costs":
        return Costs(self.usd + other.usd, self.more_usd + other.more_usd)

    @property
    def most_usd(self) -> Decimal:
        return self.usd + self.more_usd


def stays_of(stored: Iterable[Stored], now: datetime) -> Iterable[Stay]:
    """Of each, with its age where that is known."""
    for each in stored:
        age = None if each.written_at is None else max((now - each.written_at).days, 0)
        yield Stay(each.storage_class, each.billable_bytes, age)


def costs(money: Money, once: Once) -> Costs:
    """Raises PriceUnknown where a price is missing."""
    if once.usd is None or once.more_usd is None:
        raise PriceUnknown(money.unknown("What it costs once"), "Add it to a catalogue of your own.")
    return Costs(once.usd, once.more_usd)
