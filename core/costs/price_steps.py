"""Price steps: prices that a provider has announced for a day to come, as changes that no bill knows yet."""

from collections.abc import Iterable

from core.billing.prices import PriceStep
from core.costs.dimensions import Dimension
from core.costs.forecasted import KnownChange


def announced(steps: Iterable[PriceStep]) -> tuple[KnownChange, ...]:
    """What each does to its service's daily charges; where the bills reach beyond its day, they know."""
    return tuple(
        KnownChange(
            each.from_day, _words(each), {Dimension.SERVICE: each.service}, factor=float(1 + each.percent / 100)
        )
        for each in steps
    )


def _words(step: PriceStep) -> str:
    return f"{step.service} costs {step.percent:+g} % from {step.from_day} on, as the price catalogue has it."
