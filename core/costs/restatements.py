"""Restatements: what the bill of a period was before, and how it changed."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.database import Database, named_queries

_queries: Any = named_queries(__file__)


@dataclass(frozen=True)
class Restatement:
    """One delivery of an export's billing period that was loaded, beside the one before it."""

    export: str
    kind: str
    period: date
    execution: str
    old_total: Decimal | None  #: billed cost of the delivery before; None for the first
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
    """Every delivery of a billing period (the first of its month) that was loaded, newest first."""
    with database.reading() as connection:
        return tuple(_from_row(row) for row in _queries.history_of(connection, period=period.isoformat()))


def restatements(database: Database, since: date) -> tuple[Restatement, ...]:
    """Changes of months that were over already when delivered before, for periods since a month; newest first."""
    with database.reading() as connection:
        rows = [_from_row(row) for row in _queries.history_since(connection, since=since.isoformat())]
    return tuple(bill for bill in rows if bill.difference and _was_over(bill))


def _was_over(bill: Restatement) -> bool:
    before = bill.old_delivered_at
    return before is not None and (before.year, before.month) > (bill.period.year, bill.period.month)


def _from_row(row: Any) -> Restatement:
    return Restatement(
        row["export"],
        row["kind"],
        date.fromisoformat(row["period"]),
        row["execution"],
        row["total_before"] and Decimal(row["total_before"]),
        Decimal(row["total"]),
        row["currency"],
        row["delivered_before"] and datetime.fromisoformat(row["delivered_before"]),
        datetime.fromisoformat(row["delivered_at"]),
        datetime.fromisoformat(row["loaded_at"]),
        row["row_count"],
        bool(row["is_current"]),
    )
