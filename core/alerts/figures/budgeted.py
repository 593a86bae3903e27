"""Budgeted: what of each budget is used, and where it will end."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from core.access.audit import AuditLog
from core.actions.foreseen import known_changes
from core.alerts import words
from core.alerts.figure import About, Handles, Reading, Scope, Unit, Worse, decimal
from core.alerts.figures import links
from core.costs.budget_standing import Standing, as_billed, foreseen, spent_on
from core.costs.budget_store import Budgets
from core.costs.budgets import Budget
from core.costs.each_budget import each_budget
from core.costs.forecasted import KnownChange

_ADVICE = "See what it goes to; then spend less, or change the budget."

USED = About("budget_used", "Budget used", Unit.SHARE, Worse.HIGHER, _ADVICE, window=False)
EXPECTED = About(
    "budget_expected", "Budget used at its end", Unit.SHARE, Worse.HIGHER, _ADVICE, window=False,
    gone="it is used up already, or was removed",
)  # fmt: skip


class Used:
    """What is billed in the span under way, as a share of each budget."""

    about = USED

    def __init__(self, handles: Handles) -> None:
        self._handles = handles

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        return _of_each(self._handles, lambda budget: self._used(budget, now))

    def _used(self, budget: Budget, now: datetime) -> Reading:
        found = as_billed(budget, spent_on(self._handles.warehouse, budget), now)
        return _reading(
            found, found.used_share, f"{_of_amount(found, found.used)} were billed before {words.day(found.until)}."
        )


class Expected:
    """What will be billed by the end of the span under way, as a share of each budget that is not used up yet."""

    about = EXPECTED

    def __init__(self, handles: Handles) -> None:
        self._handles = handles

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        known = known_changes(self._handles.database, self._handles.warehouse, self._handles.prices, now.date())
        return _of_each(self._handles, lambda budget: self._expected(budget, known, now))

    def _expected(self, budget: Budget, known: Sequence[KnownChange], now: datetime) -> Reading | None:
        past = spent_on(self._handles.warehouse, budget)
        if as_billed(budget, past, now).is_overrun:
            return None
        found = foreseen(budget, past, now, known)
        if found.expected is None:
            return _reading(found, None, found.why_not)
        last = found.course[-1].day if found.course else found.period.end
        runs_out = f" It runs out on {words.day(found.runs_out)}." if found.runs_out else ""
        return _reading(
            found,
            found.expected_share,
            f"{_of_amount(found, found.expected)} are expected by {words.day(last)}.{runs_out}",
        )


def _of_each(handles: Handles, read: Callable[[Budget], Reading | None]) -> list[Reading]:
    told, untold = each_budget(Budgets(handles.database, AuditLog(handles.database)).all(), read)
    unknown = (Reading(None, budget.name, error.message) for budget, error in untold)
    return [*unknown, *(each for each in told if each)]


def _reading(found: Standing, share: float | None, detail: str) -> Reading:
    budget = found.budget
    shown = {"section": "budgets", "budget": budget.name}
    link = links.costs(found.period, budget.filters, currency=budget.currency, more=shown)
    return Reading(decimal(share), budget.name, detail, currency=budget.currency, link=link)


def _of_amount(found: Standing, spent: Decimal) -> str:
    spent_, amount = (words.amount(each, Unit.MONEY, found.budget.currency) for each in (spent, found.amount))
    return f"{spent_} of {amount}"
