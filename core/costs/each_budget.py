"""Each budget: told by itself, so that whatever is wrong with one hides no other."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from core.costs.budgets import Budget
from core.errors import BudgetUntold, PhyghtError

log = logging.getLogger(__name__)

Told = TypeVar("Told")


def each_budget(
    budgets: Iterable[Budget], tell: Callable[[Budget], Told]
) -> tuple[list[Told], list[tuple[Budget, PhyghtError]]]:
    """What is told of each, in their order; and those of which nothing can be, with why."""
    told, untold = list[Told](), list[tuple[Budget, PhyghtError]]()
    for budget in budgets:
        try:
            told.append(tell(budget))
        except PhyghtError as error:
            untold.append((budget, error))
        except Exception as error:  # whatever it is, the others are told
            log.exception("the budget %r could not be worked out", budget.name)
            untold.append((budget, _unforeseen(budget, error)))
    return told, untold


def _unforeseen(budget: Budget, error: Exception) -> BudgetUntold:
    return BudgetUntold(
        f"The budget {budget.name!r} could not be worked out ({type(error).__name__}).", "The log says more."
    )
