"""Saved queries: SQL that an analyst keeps, under a name, for everybody who may query the warehouse."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.access.audit import AuditLog
from core.access.roles import Permission, Role, User
from core.database import Connection, Database, Row, named_queries
from core.errors import PermissionDenied, QueryRefused

_queries: Any = named_queries(__file__)
_LONGEST_NAME = 80


@dataclass(frozen=True)
class SavedQuery:
    """A query with a name."""

    name: str
    sql: str
    owner: str
    saved_at: datetime


class SavedQueries:
    """The saved queries of this installation."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._database = database
        self._audit = audit

    def all(self) -> tuple[SavedQuery, ...]:
        """By name."""
        with self._database.reading() as connection:
            return tuple(map(_from_row, _queries.saved(connection)))

    def save(self, user: User, name: str, sql: str, now: datetime) -> None:
        """Keep a query, in place of an older one of that name.

        Raises QueryRefused without a usable name or query, and PermissionDenied when the older
        one is somebody else's and the user is no administrator.
        """
        name = _usable(name, sql)
        with self._audit.change(user, Permission.QUERY_WAREHOUSE, "save query", name, now) as connection:
            _require_ownership(connection, user, name)
            _queries.save(
                connection, name=name, sql=sql.strip(), owner=user.name, saved_at=now.astimezone(UTC).isoformat()
            )

    def forget(self, user: User, name: str, now: datetime) -> None:
        """Remove a query; absent is fine. Raises PermissionDenied as `save` does."""
        with self._audit.change(user, Permission.QUERY_WAREHOUSE, "delete query", name, now) as connection:
            _require_ownership(connection, user, name)
            _queries.forget(connection, name=name)


def _usable(name: str, sql: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise QueryRefused("A saved query needs a name.", f"Give it one of at most {_LONGEST_NAME} characters.")
    if not sql.strip():
        raise QueryRefused("There is no query to save.", "Write one first.")
    return name


def _require_ownership(connection: Connection, user: User, name: str) -> None:
    saved = _queries.owner(connection, name=name)
    if saved and saved["owner"] != user.name and user.role is not Role.ADMIN:
        raise PermissionDenied(f"The query {name!r} is {saved['owner']}'s.", "Save yours under another name.")


def _from_row(row: Row) -> SavedQuery:
    return SavedQuery(row["name"], row["sql"], row["owner"], datetime.fromisoformat(row["saved_at"]))
