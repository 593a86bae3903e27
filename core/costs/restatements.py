"""Restatements: what the bill of a period was before, and how it changed."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.costs.dimensions import NOT_STATED
from core.database import Database, named_queries

_queries: Any = named_queries(__file__)


@dataclass(frozen=True)
class Restatement:
    """One delivery of an export's billing period that was loaded, beside the one before it, in one currency."""

    export: str
    kind: str
    period: date
    execution: str
    old_total: Decimal | None  #: billed cost of the delivery before, 0 where that had none; None for the first
    new_total: Decimal
    currency: str
    old_delivered_at: datetime | None  #: None for the first
    new_delivered_at: datetime
    loaded_at: datetime
    row_count: int
    is_current: bool

    @property
    def difference(self) -> Decimal | None:
        """What the bill became dearer by; None for the first delivery."""
        return None if self.old_total is None else self.new_total - self.old_total


def bill_history(database: Database, period: date) -> tuple[Restatement, ...]:
    """Every delivery of a billing period (the first of its month) that was loaded, newest first; by currency."""
    return _history(database, period, period)


def restatements(database: Database, since: date) -> tuple[Restatement, ...]:
    """Changes of months that were over already when delivered before, for periods since a month; newest first."""
    return tuple(bill for bill in _history(database, since, date.max) if bill.difference and _was_over(bill))


def _history(database: Database, first: date, last: date) -> tuple[Restatement, ...]:
    with database.reading() as connection:
        rows = _queries.history(connection, first=first.isoformat(), last=last.isoformat())
        return tuple(_from_row(row) for row in rows)


def _was_over(bill: Restatement) -> bool:
    before = bill.old_delivered_at
    return before is not None and (before.year, before.month) > (bill.period.year, bill.period.month)


def _from_row(row: Any) -> Restatement:
    return Restatement(
        row["export"],
        row["kind"],
        date.fromisoformat(row["period"]),
        row["execution"],
        Decimal(row["total_before"] or 0) if row["delivered_before"] else None,
        Decimal(row["total"] or 0),
        row["currency"] or NOT_STATED,
        row["delivered_before"] and datetime.fromisoformat(row["delivered_before"]),
        datetime.fromisoformat(row["delivered_at"]),
        datetime.fromisoformat(row["loaded_at"]),
        row["row_count"],
        bool(row["is_current"]),
    )
