"""Channels: where messages go, added by administrators; an address is never shown again."""

from contextlib import AbstractContextManager
from datetime import datetime
from secrets import token_hex

from core.access.audit import AuditLog
from core.access.roles import Permission, User
from core.alerts import carriers
from core.alerts.alert import Delivery
from core.alerts.channel import Channel, Kind, Message
from core.alerts.outbox import new_message
from core.alerts.sealing import Sealing
from core.alerts.sending import send_one
from core.alerts.store import delivery_of_row, queries
from core.alerts.words import paragraph
from core.database import Connection, Database, Row
from core.errors import AlertNotFound, ChannelRefused
from core.settings import Settings
from core.units import instant_text

LONGEST_NAME = 80


def all_channels(connection: Connection) -> tuple[Channel, ...]:
    """Every channel by its name."""
    return tuple(map(_channel, queries.channels(connection)))


class Channels:
    """What people may do with channels; each change is noted in the audit log, without the address."""

    def __init__(self, database: Database, audit: AuditLog, sealing: Sealing, settings: Settings) -> None:
        self._database, self._audit, self._sealing, self._settings = database, audit, sealing, settings

    def all(self, user: User) -> tuple[Channel, ...]:
        """Every channel by its name. Raises PermissionDenied."""
        user.require(Permission.SEE_ALERTS)
        with self._database.reading() as connection:
            return all_channels(connection)

    def deliveries(self, user: User, first: int = 50) -> tuple[Delivery, ...]:
        """The latest messages on their ways, the newest first. Raises PermissionDenied."""
        user.require(Permission.SEE_ALERTS)
        with self._database.reading() as connection:
            return tuple(map(delivery_of_row, queries.deliveries(connection, first=first)))

    def add(self, user: User, name: str, address: str, now: datetime, digest: bool | None = None) -> Channel:
        """A new channel: an address of apprise's, or sns://ARN. Mailboxes get the weekly digest unless told otherwise.

        Raises PermissionDenied, and ChannelRefused where the name or the address is no good.
        """
        user.require(Permission.MANAGE_ALERTS)
        name, address = name.strip(), address.strip()
        seen = carriers.shown(address)
        wants = carriers.is_mail(address) if digest is None else digest
        channel = Channel(token_hex(8), name, seen, True, wants, user.name, now)
        with self._change(user, "add alert channel", channel, now, seen) as connection:
            _require_free(connection, name)
            sealed = self._sealing.seal(address, channel.id)
            _add(connection, channel, sealed)
        return channel

    def change(self, user: User, name: str, now: datetime, enabled: bool, digest: bool) -> None:
        """Whether it is used, and for the digest. Raises PermissionDenied, AlertNotFound."""
        channel = self._named(user, name)
        detail = f"{'on' if enabled else 'off'}, {'with' if digest else 'without'} digest"
        with self._change(user, "change alert channel", channel, now, detail) as connection:
            queries.set_channel(connection, id=channel.id, enabled=enabled, digest=digest)

    def remove(self, user: User, name: str, now: datetime) -> None:
        """Nothing goes there any more; what was sent stays on record. Raises PermissionDenied, AlertNotFound."""
        channel = self._named(user, name)
        with self._change(user, "remove alert channel", channel, now, channel.shown) as connection:
            queries.remove_channel(connection, id=channel.id)

    def send_test(self, user: User, name: str, now: datetime) -> str:
        """Send a message there at once; why it could not be handed over, or nothing.

        Raises PermissionDenied, AlertNotFound.
        """
        channel = self._named(user, name)
        with self._database.reading() as connection:
            sealed = queries.channel(connection, id=channel.id)["address"]
        problem = send_one(self._sealing, self._settings, channel.id, sealed, _test_message(user, now))
        with self._change(user, "test alert channel", channel, now, problem or "handed over"):
            pass
        return problem

    def _named(self, user: User, name: str) -> Channel:
        user.require(Permission.MANAGE_ALERTS)
        with self._database.reading() as connection:
            row = queries.channel_named(connection, name=name)
        if row is None:
            raise AlertNotFound(f"There is no channel {name!r}.", "`python -m core alerts channels` lists them.")
        return _channel(row)

    def _change(
        self, user: User, action: str, channel: Channel, now: datetime, detail: str
    ) -> AbstractContextManager[Connection]:
        return self._audit.change(user, Permission.MANAGE_ALERTS, action, channel.name, now, detail)


def _require_free(connection: Connection, name: str) -> None:
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ChannelRefused("A channel needs a name of up to 80 characters.", "Choose one like: ops mailbox.")
    if queries.channel_named(connection, name=name):
        raise ChannelRefused(f"There is a channel {name!r} already.", "Choose another name.")


def _add(connection: Connection, channel: Channel, sealed: str) -> None:
    queries.add_channel(
        connection,
        id=channel.id,
        name=channel.name,
        address=sealed,
        shown=channel.shown,
        enabled=channel.enabled,
        digest=channel.digest,
        created_by=channel.created_by,
        created_at=instant_text(channel.created_at),
    )


def _test_message(user: User, now: datetime) -> Message:
    text = f"{user.name} wants to see whether messages arrive here. There is nothing to do."
    return new_message(Kind.TEST, "info", "A test from Phyght", text, paragraph(text), now)


def _channel(row: Row) -> Channel:
    created = datetime.fromisoformat(row["created_at"])
    return Channel(
        row["id"], row["name"], row["shown"], bool(row["enabled"]), bool(row["digest"]), row["created_by"], created
    )
