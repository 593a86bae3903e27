"""Comparison: two breakdowns side by side, and what made the difference."""

from dataclasses import dataclass
from decimal import Decimal

from core.costs.breakdown import CostBreakdown


@dataclass(frozen=True)
class ComparedLine:
    """One value of the dimension, in both periods."""

    label: str
    cost: Decimal
    share: float  #: of the period's total, 0 to 1; 0 when the total is 0
    cost_before: Decimal | None  #: 0 where only the period has it; None when there is nothing to compare with

    @property
    def difference(self) -> Decimal:
        """What it costs more than before; 0 when there is nothing to compare with."""
        return Decimal(0) if self.cost_before is None else self.cost - self.cost_before


@dataclass(frozen=True)
class Comparison:
    """A period's breakdown beside that of another period."""

    now: CostBreakdown
    before: CostBreakdown | None  #: None when no bill covers the other period, or none is asked for
    lines: tuple[ComparedLine, ...]  #: dearest first; then those that only the other period has

    @property
    def difference(self) -> Decimal | None:
        """The sum of the lines' differences, to the last digit; None when there is nothing to compare with."""
        return None if self.before is None else self.now.total - self.before.total

    def drivers(self, most: int) -> tuple[tuple[ComparedLine, ...], Decimal]:
        """The lines that changed most, greatest change first, and what all the others changed together."""
        changed = sorted(self.lines, key=lambda line: abs(line.difference), reverse=True)
        main = tuple(line for line in changed[:most] if line.difference)
        return main, sum((line.difference for line in changed[len(main) :]), Decimal(0))


def compare(now: CostBreakdown, before: CostBreakdown | None) -> Comparison:
    """Put the breakdowns of two periods side by side, by label.

    Raises ValueError when they are not by the same dimension, metric and currency.
    """
    if before is None:
        return Comparison(now, None, tuple(ComparedLine(line.label, line.cost, line.share, None) for line in now.lines))
    if (now.by, now.metric, now.currency) != (before.by, before.metric, before.currency):
        raise ValueError("breakdowns by different dimensions, metrics or currencies do not compare")
    earlier = {line.label: line.cost for line in before.lines}
    lines = [ComparedLine(line.label, line.cost, line.share, earlier.pop(line.label, Decimal(0))) for line in now.lines]
    gone = [ComparedLine(label, Decimal(0), 0.0, cost) for label, cost in earlier.items()]
    return Comparison(now, before, (*lines, *gone))
