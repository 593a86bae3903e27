"""Sessions: signing in and out; an identity comes in, a session goes out."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.access import passwords
from core.access.accounts import Account, account_name, find_account
from core.access.attempts import attempt_was_right, begin_attempt
from core.access.audit import AuditEntry, Outcome, add_entry
from core.access.roles import Role, User, Via
from core.access.store import queries, read, stored
from core.database import Connection, Database
from core.errors import SignInFailed, SignInRequired

#: However much it is used, a session ends after this.
LONGEST_SESSION = timedelta(days=30)


@dataclass(frozen=True)
class Session:
    """Somebody who is signed in, as the database has it at this moment."""

    user: User
    must_change: bool  #: nothing is allowed before the one-time password is changed
    expires_at: datetime | None  #: None for the visitor of a demo, who never signed in


class Sessions:
    """Who is signed in. Only the hash of a session's token is kept: the token cannot be read back."""

    def __init__(self, database: Database, lifetime: timedelta) -> None:
        self._database = database
        self._lifetime = lifetime

    def sign_in(self, name: str, password: str, address: str, now: datetime) -> str:
        """The token of a new session.

        Raises SignInFailed, the same for a wrong name, a wrong password and a disabled account,
        and TooManyAttempts when the name or the address has to wait.
        """
        name = account_name(name)
        account = self._check_password(name, password, "sign in", address, now)
        with self._database.transaction() as connection:
            self._require_unchanged(connection, account)
            attempt_was_right(connection, name, address)
            if passwords.is_outdated(account.password_hash):
                fresh = passwords.hash_password(password)
                queries.set_password(connection, name=name, password_hash=fresh, must_change=account.must_change)
            queries.note_sign_in(connection, name=name, at=stored(now))
            add_entry(connection, _entry(name, "sign in", Outcome.DONE, address, now))
            return self._open(connection, name, Via.PASSWORD, address, now)

    def use(self, token: str, address: str, now: datetime) -> Session | None:
        """Whose session it is, kept alive by being used; None when it is over or never was."""
        token_hash = _hash(token)
        with self._database.reading() as connection:
            row = queries.session(connection, token_hash=token_hash, now=stored(now))
        if row is None:
            return None
        user = User(row["account"], Role(row["role"]), Via(row["via"]), address)
        expires_at = self._prolong(token_hash, read(row["created_at"]), read(row["expires_at"]), now)
        return Session(user, bool(row["must_change"]), expires_at)

    def sign_out(self, token: str, address: str, now: datetime) -> None:
        """End the session; nothing happens when it is over already."""
        session = self.use(token, address, now)
        with self._database.transaction() as connection:
            if session and queries.close_session(connection, token_hash=_hash(token)):
                add_entry(connection, _entry(session.user.name, "sign out", Outcome.DONE, address, now))

    def change_password(self, token: str, current: str, new: str, address: str, now: datetime) -> str:
        """Change one's own password; everywhere else the account is signed out. Returns the new session's token.

        Raises SignInRequired, SignInFailed when the current password is wrong, PasswordRefused
        when the new one is not good enough, and TooManyAttempts.
        """
        session = self.use(token, address, now)
        if session is None:
            raise SignInRequired("You are not signed in.", "Sign in and try again.")
        name = session.user.name
        account = self._check_password(name, current, "change password", address, now)
        passwords.check_new_password(new, current, name)
        fresh = passwords.hash_password(new)
        with self._database.transaction() as connection:
            self._require_unchanged(connection, account)
            attempt_was_right(connection, name, address)
            queries.set_password(connection, name=name, password_hash=fresh, must_change=False)
            queries.close_sessions_of(connection, account=name)
            add_entry(connection, _entry(name, "change password", Outcome.DONE, address, now))
            return self._open(connection, name, session.user.via, address, now)

    def _check_password(self, name: str, password: str, action: str, address: str, now: datetime) -> Account:
        with self._database.transaction() as connection:
            begin_attempt(connection, name, address, now)
            account = find_account(connection, name)
        right = passwords.matches(account.password_hash if account else None, password)
        if account is None or account.disabled or not right:
            self._note_failure(account, action, address, now)
            raise SignInFailed("The name or the password is wrong.", "Try again.")
        return account

    def _note_failure(self, account: Account | None, action: str, address: str, now: datetime) -> None:
        # not the name that was typed: it may be a mistyped password
        name = account.name if account else ""
        with self._database.transaction() as connection:
            add_entry(connection, _entry(name, action, Outcome.REFUSED, address, now, _what_was_wrong(account)))

    def _require_unchanged(self, connection: Connection, account: Account) -> None:
        # hashing takes long enough for the account to be disabled, or its password changed, meanwhile
        today = find_account(connection, account.name)
        if today is None or today.disabled or today.password_hash != account.password_hash:
            raise SignInFailed("The name or the password is wrong.", "Try again.")

    def _open(self, connection: Connection, account: str, via: Via, address: str, now: datetime) -> str:
        token = secrets.token_urlsafe(32)
        queries.forget_expired_sessions(connection, now=stored(now))
        queries.open_session(
            connection,
            token_hash=_hash(token),
            account=account,
            via=via,
            address=address,
            created_at=stored(now),
            expires_at=stored(now + self._lifetime),
        )
        return token

    def _prolong(self, token_hash: str, created_at: datetime, expires_at: datetime, now: datetime) -> datetime:
        later = min(now + self._lifetime, created_at + LONGEST_SESSION)
        if later - expires_at < self._lifetime / 10:  # not a write for every click
            return expires_at
        with self._database.transaction() as connection:
            queries.prolong_session(connection, token_hash=token_hash, expires_at=stored(later))
        return later


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _what_was_wrong(account: Account | None) -> str:
    if account is None:
        return "unknown name"
    return "disabled account" if account.disabled else "wrong password"


def _entry(name: str, action: str, outcome: Outcome, address: str, now: datetime, detail: str = "") -> AuditEntry:
    return AuditEntry(now, name, Via.PASSWORD, action, name, outcome, detail, address)
