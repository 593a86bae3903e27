"""Budget store: the budgets of this installation, and who may change them."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.access.audit import AuditLog
from core.access.roles import Permission, User
from core.costs.budgets import Budget, Span, usable
from core.costs.dimensions import Filter
from core.database import Connection, Database, Row, named_queries
from core.units import instant_text

_queries: Any = named_queries(__file__, "budgets.sql")


class Budgets:
    """What may be spent; seen by all who see costs."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._database = database
        self._audit = audit

    def all(self) -> tuple[Budget, ...]:
        """By name."""
        with self._database.reading() as connection:
            return tuple(map(_from_row, _queries.budgets(connection)))

    def save(self, user: User, budget: Budget, now: datetime) -> Budget:
        """Keep a budget, in place of an older one of that name.

        Raises BudgetRefused and UnknownDimension as `usable` does, and PermissionDenied.
        """
        kept = usable(budget)
        detail = f"{kept.amount} {kept.currency} a {kept.span}"
        with self._audit.change(user, Permission.MANAGE_BUDGETS, "save budget", kept.name, now, detail) as connection:
            _queries.save_budget(connection, saved_at=instant_text(now), saved_by=user.name, **_columns(kept))
        return kept

    def remove(self, user: User, name: str, now: datetime) -> None:
        """Forget a budget; absent is fine. Raises PermissionDenied."""
        with self._audit.change(user, Permission.MANAGE_BUDGETS, "delete budget", name, now) as connection:
            _queries.remove_budget(connection, name=name)


def keep_once(connection: Connection, user: User, budget: Budget, now: datetime) -> None:
    """Keep a budget unless one of that name is there; joins a transaction that has asked for the permission.

    Raises BudgetRefused and UnknownDimension as `usable` does.
    """
    kept = usable(budget)
    if kept.name not in {row["name"] for row in _queries.budgets(connection)}:
        _queries.save_budget(connection, saved_at=instant_text(now), saved_by=user.name, **_columns(kept))


def _columns(budget: Budget) -> dict[str, str]:
    return {
        "name": budget.name,
        "amount": str(budget.amount),
        "currency": budget.currency,
        "since": budget.since.isoformat(),
        "span": budget.span,
        "filters": json.dumps([[each.dimension, each.value] for each in budget.filters]),
        "growth": str(budget.growth),
    }


def _from_row(row: Row) -> Budget:
    return Budget(
        row["name"],
        Decimal(row["amount"]),
        row["currency"],
        date.fromisoformat(row["since"]),
        Span(row["span"]),
        tuple(Filter(dimension, value) for dimension, value in json.loads(row["filters"])),
        Decimal(row["growth"]),
    )
