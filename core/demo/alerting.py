"""Alerting: the demo's budgets, and what its rules led to on the days around its newest big night."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.alerts.alerts import Alerts
from core.alerts.evaluation import evaluate
from core.alerts.figure import Handles
from core.alerts.figures import budgeted, odd
from core.alerts.figures.registry import figures
from core.costs.breakdown import break_down
from core.costs.budget_standing import standing
from core.costs.budget_store import Budgets
from core.costs.budgets import Budget
from core.costs.currencies import usual_currency
from core.costs.dimensions import Dimension, Filter
from core.costs.period import Period, add_months, midnight
from core.demo.events import Event
from core.warehouse import Warehouse

STUDIO = User("studio", Role.OPERATOR, Via.DEMO)
#: Traffic so many times the usual makes a night an odd one.
_BIG = 3.0
#: A Saturday night is in the bills on Monday morning, and no news any more a week later, be it odd until Monday.
_KNOWN, _TAKEN_ON, _OVER = timedelta(2, hours=9), timedelta(2, hours=10), timedelta(7, hours=9)
_STORAGE = Filter("service", "Amazon Simple Storage Service")
#: What is expected is more than the first budget by so much, until most is spent; last month was less than the second.
_TOO_MUCH, _ENOUGH = Decimal("1.06"), Decimal("1.3")


def write_alerting(handles: Handles, address: str, events: Sequence[Event], now: datetime) -> None:
    """Keep the demo's budgets, unless there are any; and hold its rules on odd days against what was known after the
    newest big night that is no news any more, and those on budgets against what is known now; the worker does the rest.

    What was evaluated before stays as it is.
    """
    audit = AuditLog(handles.database)
    budgets = Budgets(handles.database, audit)
    for budget in () if budgets.all() else _budgets(handles.warehouse, now):
        budgets.save(STUDIO, budget, now)
    ask = partial(evaluate, handles.database, figures(handles), address)
    night = _newest_big_night(events, now)
    for alert in ask(midnight(night.date) + _KNOWN, (odd.ODD.name,)).fired:
        note = f"{night.name} drew the crowd that we wanted."
        Alerts(handles.database, audit).acknowledge(STUDIO, alert.id, midnight(night.date) + _TAKEN_ON, note)
    ask(midnight(night.date) + _OVER, (odd.ODD.name,))
    ask(now, (budgeted.USED.name, budgeted.EXPECTED.name))


def _newest_big_night(events: Sequence[Event], now: datetime) -> Event:
    past = [each for each in events if each.peak >= _BIG and midnight(each.date) + _OVER <= now]
    return max(past, key=lambda each: each.date)


def _budgets(warehouse: Warehouse, now: datetime) -> tuple[Budget, Budget]:
    """One that is about to overrun, and one that is enough."""
    month, currency = now.date().replace(day=1), usual_currency(warehouse)
    last = break_down(warehouse, Period(add_months(month, -1), month), Dimension.SERVICE, filters=(_STORAGE,))
    every = Budget("All costs", _round(last.total), currency, month)
    found = standing(warehouse, every, now)
    expected = found.expected or found.used
    amount = _round(max(expected / _TOO_MUCH, (found.used + expected) / 2))
    return replace(every, amount=amount), Budget(
        "Storage", _round(last.total * _ENOUGH), currency, month, filters=(_STORAGE,)
    )


def _round(amount: Decimal) -> Decimal:
    """To ten, as people choose budgets; ten at least."""
    return max(round(amount / 10), 1) * Decimal(10)
