"""Accounts: the people who may sign in here, and who may change that."""

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from core.access.audit import AuditEntry, AuditLog, Outcome, add_entry
from core.access.passwords import hash_password, one_time_password
from core.access.roles import Permission, Role, User, Via
from core.access.store import queries, read, stored
from core.database import Connection, Database, Row
from core.errors import AccountRefused

FIRST_ADMIN = "admin"
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in with a name and a password."""

    name: str
    role: Role
    password_hash: str
    must_change: bool  #: the password was given by somebody else
    disabled: bool
    created_at: datetime
    last_sign_in_at: datetime | None


def account_name(typed: str) -> str:
    """The name of an account, however somebody typed it."""
    return typed.strip().lower()


def find_account(connection: Connection, name: str) -> Account | None:
    """The account of that name, disabled or not."""
    row = queries.account(connection, name=name)
    return _from_row(row) if row else None


class Accounts:
    """The local accounts. Each change asks for the permission and is noted in the audit log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._audit = AuditLog(database)

    def all(self, user: User) -> tuple[Account, ...]:
        """All accounts by name, disabled ones too.

        Raises PermissionDenied unless the user may manage people.
        """
        user.require(Permission.MANAGE_PEOPLE)
        with self._database.reading() as connection:
            return tuple(map(_from_row, queries.accounts(connection)))

    def add(self, user: User, name: str, role: Role, now: datetime) -> str:
        """A new account; returns its one-time password, which is kept nowhere.

        Raises PermissionDenied, and AccountRefused when the name is taken or not allowed.
        """
        name = account_name(name)
        password = one_time_password()
        password_hash = hash_password(password)  # before the transaction: it takes its time
        with self._change(user, "add account", name, now, f"role {role}") as connection:
            if not _NAME.fullmatch(name):
                raise AccountRefused(f"{name!r} cannot be a name.", "Use up to 64 of a-z 0-9 . _ @ + -")
            if find_account(connection, name):
                raise AccountRefused(f"There is already an account {name!r}.", "Choose another name.")
            _add(connection, name, role, password_hash, now)
        return password

    def set_role(self, user: User, name: str, role: Role, now: datetime) -> None:
        """Give the account another role, which counts from its next click.

        Raises PermissionDenied, and AccountRefused when it would leave no administrator.
        """
        name = account_name(name)
        with self._change(user, "set role", name, now, f"role {role}") as connection:
            account = _existing(connection, name)
            if role is not Role.ADMIN:
                _require_another_admin(connection, account)
            queries.set_role(connection, name=name, role=role)

    def reset_password(self, user: User, name: str, now: datetime) -> str:
        """Sign the account out everywhere; returns its new one-time password, which is kept nowhere.

        Raises PermissionDenied, and AccountRefused when there is no such account.
        """
        name = account_name(name)
        password = one_time_password()
        password_hash = hash_password(password)
        with self._change(user, "reset password", name, now) as connection:
            _existing(connection, name)
            queries.set_password(connection, name=name, password_hash=password_hash, must_change=True)
            queries.close_sessions_of(connection, account=name)
        return password

    def disable(self, user: User, name: str, now: datetime) -> None:
        """Sign the account out everywhere and let it in no more; what it did stays on record.

        Raises PermissionDenied, and AccountRefused when it would leave no administrator.
        """
        name = account_name(name)
        with self._change(user, "disable account", name, now) as connection:
            _require_another_admin(connection, _existing(connection, name))
            queries.set_disabled(connection, name=name, disabled=True)
            queries.close_sessions_of(connection, account=name)

    def enable(self, user: User, name: str, now: datetime) -> None:
        """Let a disabled account in again.

        Raises PermissionDenied, and AccountRefused when there is no such account.
        """
        name = account_name(name)
        with self._change(user, "enable account", name, now) as connection:
            _existing(connection, name)
            queries.set_disabled(connection, name=name, disabled=False)

    def ensure_first_admin(self, now: datetime) -> str | None:
        """Where there is no account yet, make `admin`; returns its one-time password, this once."""
        with self._database.reading() as connection:
            if queries.has_accounts(connection)["yes"]:
                return None
        password = one_time_password()
        return password if self._add_first(FIRST_ADMIN, hash_password(password), now) else None

    def _add_first(self, name: str, password_hash: str, now: datetime) -> bool:
        with self._database.transaction() as connection:
            if queries.has_accounts(connection)["yes"]:  # another process was first
                return False
            _add(connection, name, Role.ADMIN, password_hash, now)
            detail = "first start, role admin"
            add_entry(connection, AuditEntry(now, "", Via.SHELL, "add account", name, Outcome.DONE, detail))
            return True

    def _change(
        self, user: User, action: str, name: str, now: datetime, detail: str = ""
    ) -> AbstractContextManager[Connection]:
        return self._audit.change(user, Permission.MANAGE_PEOPLE, action, name, now, detail)


def _add(connection: Connection, name: str, role: Role, password_hash: str, now: datetime) -> None:
    queries.add_account(connection, name=name, role=role, password_hash=password_hash, created_at=stored(now))


def _existing(connection: Connection, name: str) -> Account:
    account = find_account(connection, name)
    if account is None:
        raise AccountRefused(f"There is no account {name!r}.", "Check the name.")
    return account


def _require_another_admin(connection: Connection, account: Account) -> None:
    is_admin = account.role is Role.ADMIN and not account.disabled
    if is_admin and queries.active_admins(connection)["number"] == 1:
        raise AccountRefused("That would leave nobody who can manage people.", "Make another administrator first.")


def _from_row(row: Row) -> Account:
    return Account(
        name=row["name"],
        role=Role(row["role"]),
        password_hash=row["password_hash"],
        must_change=bool(row["must_change"]),
        disabled=bool(row["disabled"]),
        created_at=read(row["created_at"]),
        last_sign_in_at=read(row["last_sign_in_at"]) if row["last_sign_in_at"] else None,
    )
