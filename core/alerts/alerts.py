"""Alerts: what needs somebody, what did, and who has taken it on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core.access.audit import AuditLog
from core.access.roles import Permission, User
from core.alerts import store
from core.alerts.alert import Alert, Delivery, Event, State
from core.database import Database
from core.errors import AlertNotFound, AlertRefused
from core.units import instant_text


class Alerts:
    """The alerts of an installation."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._database, self._audit = database, audit

    def open(self, user: User) -> tuple[Alert, ...]:
        """What fires, acknowledged or not: the most pressing first, then the newest. Raises PermissionDenied."""
        user.require(Permission.SEE_ALERTS)
        with self._database.reading() as connection:
            return tuple(map(store.alert_of_row, store.queries.open_alerts(connection)))

    def pending(self, user: User) -> tuple[Alert, ...]:
        """What has to stay so for a while before it fires, the oldest first. Raises PermissionDenied."""
        user.require(Permission.SEE_ALERTS)
        with self._database.reading() as connection:
            return tuple(map(store.alert_of_row, store.queries.pending_alerts(connection)))

    def history(self, user: User, now: datetime, days: int = 90, first: int = 200) -> tuple[Alert, ...]:
        """What has fired in the last days, over or not, the newest first. Raises PermissionDenied."""
        user.require(Permission.SEE_ALERTS)
        since = instant_text(now - timedelta(days))
        with self._database.reading() as connection:
            rows = store.queries.latest_alerts(connection, since=since, first=first)
            return tuple(map(store.alert_of_row, rows))

    def one(self, user: User, id: str) -> Alert:
        """Raises PermissionDenied, AlertNotFound."""
        user.require(Permission.SEE_ALERTS)
        with self._database.reading() as connection:
            row = store.queries.alert(connection, id=id)
        if row is None:
            raise AlertNotFound(f"There is no alert {id!r}.", "`python -m core alerts list` lists what fires.")
        return store.alert_of_row(row)

    def events(self, user: User, id: str) -> tuple[Event, ...]:
        """What happened to an alert, oldest first. Raises PermissionDenied."""
        user.require(Permission.SEE_ALERTS)
        with self._database.reading() as connection:
            return tuple(map(store.event_of_row, store.queries.events_of(connection, alert_id=id)))

    def deliveries(self, user: User, id: str) -> tuple[Delivery, ...]:
        """Who was told of an alert, or is to be, oldest first. Raises PermissionDenied."""
        user.require(Permission.SEE_ALERTS)
        with self._database.reading() as connection:
            return tuple(map(store.delivery_of_row, store.queries.deliveries_of(connection, alert_id=id)))

    def told(self, user: User, now: datetime, days: int = 90) -> Mapping[str, Sequence[Delivery]]:
        """The same of every alert that anybody was told of in the last days, by its id. Raises PermissionDenied."""
        user.require(Permission.SEE_ALERTS)
        found: dict[str, list[Delivery]] = {}
        with self._database.reading() as connection:
            for row in store.queries.told(connection, since=instant_text(now - timedelta(days))):
                found.setdefault(row["alert_id"], []).append(store.delivery_of_row(row))
        return found

    def acknowledge(self, user: User, id: str, now: datetime, note: str = "") -> Alert:
        """Take an alert on: it stays until it is over, and others see who is at it.

        Raises PermissionDenied, AlertNotFound, and AlertRefused where it is over, or somebody was first.
        """
        alert = self.one(user, id)
        subject = f"{alert.title} ({alert.subject})" if alert.subject else alert.title
        with self._audit.change(user, Permission.ACKNOWLEDGE, "acknowledge alert", subject, now, note) as connection:
            current = store.alert_of_row(store.queries.alert(connection, id=id))
            _require_firing(current)
            taken = replace(current, state=State.ACKNOWLEDGED, acknowledged_at=now, acknowledged_by=user.name)
            store.keep_alert(connection, taken)
            store.note(connection, taken, now, note, user.name)
        return taken


def _require_firing(alert: Alert) -> None:
    if alert.state is State.ACKNOWLEDGED:
        raise AlertRefused(f"{alert.acknowledged_by} has acknowledged it already.", "Talk to them.")
    if alert.state is not State.FIRING:
        raise AlertRefused(f"It does not fire: it is {alert.state}.", "There is nothing to do.")
