"""Audit: who did what, to what, with what outcome, when and from where."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.access.roles import Permission, User, Via
from core.access.store import queries, read, stored
from core.database import Connection, Database, Row
from core.errors import AccessError


class Outcome(StrEnum):
    """What came of it."""

    DONE = "done"
    REFUSED = "refused"  #: it was not allowed, or not possible; nothing changed
    FAILED = "failed"  #: it was begun and did not work


@dataclass(frozen=True)
class AuditEntry:
    """One line of the audit log."""

    at: datetime
    actor: str  #: account or shell user; empty when nobody was known
    via: Via
    action: str
    subject: str  #: what it was done to
    outcome: Outcome
    detail: str = ""  #: never a secret
    address: str = ""  #: where the actor came from; empty for a command
    number: int = field(default=0, compare=False)  #: 1, 2, 3, ...; 0 of one that is not on record


def add_entry(connection: Connection, entry: AuditEntry) -> None:
    """Put an entry into the log, in the same transaction as what it tells of."""
    queries.add_to_audit(
        connection,
        at=stored(entry.at),
        actor=entry.actor,
        via=entry.via,
        action=entry.action,
        subject=entry.subject,
        outcome=entry.outcome,
        detail=entry.detail,
        address=entry.address,
    )


class AuditLog:
    """The log of every sign-in and change; the database refuses to alter or remove what is in it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(
        self,
        user: User,
        action: str,
        subject: str,
        now: datetime,
        outcome: Outcome = Outcome.DONE,
        detail: str = "",
    ) -> None:
        """Note what a user did, once it is done or has failed."""
        with self._database.transaction() as connection:
            add_entry(connection, _entry(user, action, subject, now, outcome, detail))

    @contextmanager
    def change(
        self, user: User, permission: Permission, action: str, subject: str, now: datetime, detail: str = ""
    ) -> Iterator[Connection]:
        """A transaction for a change that is kept together with its line in the log.

        When the user may not, or the change raises an AccessError, nothing is changed and the
        refusal is noted. Raises PermissionDenied.
        """
        try:
            user.require(permission)
            with self._database.transaction() as connection:
                yield connection
                add_entry(connection, _entry(user, action, subject, now, Outcome.DONE, detail))
        except AccessError as error:
            self.write(user, action, subject, now, Outcome.REFUSED, error.message)
            raise

    def latest(
        self, user: User, limit: int = 200, text: str = "", outcome: Outcome | None = None, before: int | None = None
    ) -> tuple[AuditEntry, ...]:
        """The last entries, newest first: those that have a text in them, of an outcome, before an entry's number.

        Raises PermissionDenied unless the user may see the audit log.
        """
        user.require(Permission.SEE_AUDIT)
        asked = dict(text=text.strip(), outcome=outcome, before=before, limit=limit)
        with self._database.reading() as connection:
            return tuple(map(_from_row, queries.latest_audit(connection, **asked)))

    def about(self, user: User, subject: str, limit: int = 50) -> tuple[AuditEntry, ...]:
        """The last entries whose subject has that in it, newest first.

        Raises PermissionDenied unless the user may see the audit log.
        """
        user.require(Permission.SEE_AUDIT)
        with self._database.reading() as connection:
            return tuple(map(_from_row, queries.audit_about(connection, subject=subject, limit=limit)))


def _entry(user: User, action: str, subject: str, now: datetime, outcome: Outcome, detail: str) -> AuditEntry:
    return AuditEntry(now, user.name, user.via, action, subject, outcome, detail, user.address)


def _from_row(row: Row) -> AuditEntry:
    return AuditEntry(
        at=read(row["at"]),
        actor=row["actor"],
        via=Via(row["via"]),
        action=row["action"],
        subject=row["subject"],
        outcome=Outcome(row["outcome"]),
        detail=row["detail"],
        address=row["address"],
        number=row["id"],
    )
