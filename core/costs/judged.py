"""Judged: what people said of odd days, remembered, so that what is expected is not told again."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.access.audit import AuditLog
from core.access.roles import Permission, User
from core.database import Database, Row, named_queries
from core.units import instant_text

_queries: Any = named_queries(__file__)
LONGEST_NOTE = 500


@dataclass(frozen=True)
class Judgement:
    """What somebody said of one day of one series."""

    by: str  #: the dimension
    label: str
    day: date
    expected: bool
    who: str
    at: datetime
    note: str = ""


class Judgements:
    """What was said of odd days; the latest word on a day counts."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._database, self._audit = database, audit

    def judge(
        self, user: User, by: str, label: str, day: date, expected: bool, now: datetime, note: str = ""
    ) -> Judgement:
        """Remember it, with its line in the audit log. Raises PermissionDenied."""
        said = Judgement(by, label, day, expected, user.name, now, note.strip()[:LONGEST_NOTE])
        action = "call a day expected" if expected else "call a day not expected"
        subject = f"{by} {label} on {day}"
        with self._audit.change(user, Permission.JUDGE_DAYS, action, subject, now, said.note) as connection:
            _queries.judge(
                connection, dimension=by, label=label, day=day.isoformat(), expected=expected, judged_by=user.name,
                judged_at=instant_text(now), note=said.note,
            )  # fmt: skip
        return said

    def all(self, user: User) -> tuple[Judgement, ...]:
        """Everything that was said, oldest day first. Raises PermissionDenied."""
        user.require(Permission.SEE_COSTS)
        return all_judgements(self._database)


def all_judgements(database: Database) -> tuple[Judgement, ...]:
    """The same, for what nobody asks for."""
    with database.reading() as connection:
        return tuple(map(_from_row, _queries.judged(connection)))


def _from_row(row: Row) -> Judgement:
    return Judgement(
        row["dimension"],
        row["label"],
        date.fromisoformat(row["day"]),
        bool(row["expected"]),
        row["judged_by"],
        datetime.fromisoformat(row["judged_at"]),
        row["note"],
    )
