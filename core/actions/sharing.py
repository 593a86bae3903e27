"""Sharing: of what a bill is lower by, the part of each action that held on those days; together never more than it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

#: Amounts are told to so much of a dollar, as bills are.
_LAST_DIGIT = Decimal("1e-18")
#: Digits that are enough for any bill, and what its shares are worked out of.
_PRECISION = 80


@dataclass(frozen=True)
class Holding:
    """An action on the whole days on which it held."""

    id: str
    first: date
    end: date  #: the day behind the last one
    promised_usd: Decimal | None  #: a month; None: nobody promised anything

    def holds_on(self, day: date) -> bool:
        return self.first <= day < self.end

    def meets(self, other: "Holding") -> bool:
        """Whether there is a day on which both held."""
        return max(self.first, other.first) < min(self.end, other.end)


def together(of: Holding, every: Iterable[Holding]) -> tuple[Holding, ...]:
    """It and all that cannot be told apart from it: those that held on one of its days, on one of theirs, and so on."""
    found, left = [of], [each for each in every if each.id != of.id]
    for one in found:  # which grows on the way
        found += (met := [each for each in left if each.meets(one)])
        left = [each for each in left if each not in met]
    return tuple(sorted(found, key=lambda each: each.id))


def shares(drop_usd: Decimal, holding: Sequence[Holding]) -> Mapping[str, Decimal]:
    """A day's drop in parts, by id, in proportion to what each promised; equal ones where none promised anything.

    They come to the drop to its last digit, in whatever order the actions are given.
    """
    if not holding:
        return {}
    weights = _weights(holding)
    whole = sum(weights.values(), Decimal(0))
    largest = max(weights, key=lambda id: (weights[id], id))
    with localcontext() as context:
        context.prec = _PRECISION
        parts = {id: (drop_usd * weight / whole).quantize(_LAST_DIGIT) for id, weight in weights.items()}
        parts[largest] += drop_usd - sum(parts.values(), Decimal(0))  # what rounding has left or taken
    return parts


def _weights(holding: Sequence[Holding]) -> dict[str, Decimal]:
    ordered = sorted(holding, key=lambda each: each.id)
    promised = {each.id: max(each.promised_usd or Decimal(0), Decimal(0)) for each in ordered}
    return promised if any(promised.values()) else dict.fromkeys(promised, Decimal(1))
