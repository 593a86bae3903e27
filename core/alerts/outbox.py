"""Outbox: messages are kept in the transaction of what they tell of, and stay until they were handed over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

from core.alerts.alert import Alert, DeliveryState
from core.alerts.channel import SENT_WITHIN, Channel, Kind, Message
from core.alerts.store import queries
from core.database import Connection, Database, Row
from core.units import instant_text

#: A worker that was killed while it was sending has let go of a message after that long.
LEASE = 3 * SENT_WITHIN
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)
_LEAST_TRIES = 5  #: a machine that was off for days has tried nothing yet
_REMOVED = "The channel was removed."
_OVER = "It was over before anybody was told."


@dataclass(frozen=True)
class Outgoing:
    """A message that this process is to hand over to a channel."""

    message: Message
    channel_id: str
    address: str  #: sealed
    attempts: int  #: this one counted

    @property
    def key(self) -> dict[str, str]:
        return {"message_id": self.message.id, "channel_id": self.channel_id}


def put(
    connection: Connection,
    message: Message,
    channels: Iterable[Channel],
    due_at: datetime,
    about: Iterable[Alert] = (),
) -> None:
    """Have a message sent to channels, not before an instant; joins the transaction of what it tells of."""
    queries.add_message(
        connection,
        id=message.id,
        kind=message.kind,
        severity=message.severity,
        title=message.title,
        body=message.body,
        html=message.html,
        created_at=instant_text(message.created_at),
    )
    for alert in about:
        queries.message_tells_of(connection, message_id=message.id, alert_id=alert.id)
    for each in channels:
        due = {"channel_id": each.id, "channel_name": each.name, "due_at": instant_text(due_at)}
        queries.add_delivery(connection, message_id=message.id, **due)


def new_message(kind: Kind, severity: str, title: str, body: str, html: str, now: datetime) -> Message:
    """A message that ends with what tells it from every other one."""
    id = token_hex(8)
    return Message(id, kind, severity, title, f"{body}\n\nMessage {id}", html, now)


def drop_untold(connection: Connection, now: datetime) -> None:
    """Nobody is told of what is over already, where nobody was told that it had begun."""
    for row in list(queries.untold(connection)):
        queries.not_needed(connection, message_id=row["id"], at=instant_text(now), problem=_OVER)


def was_told(connection: Connection, alert: Alert) -> bool:
    """Whether anybody was told, or still is to be, that it fires."""
    return queries.was_told(connection, alert_id=alert.id)["times"] > 0


class Outbox:
    """What is on its way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_due(self, now: datetime) -> bool:
        """Whether anything is to be sent now; asked every minute, it costs one question."""
        with self._database.reading() as connection:
            return bool(_due(connection, now))

    def sweep(self, now: datetime) -> tuple[str, ...]:
        """Give up what was tried for too long, or has nowhere to go; the channels that something is due for."""
        with self._database.transaction() as connection:
            known = {row["id"]: bool(row["enabled"]) for row in queries.channels(connection)}
            for row in _due(connection, now):
                if row["channel_id"] not in known:
                    _end(connection, _key(row), DeliveryState.GIVEN_UP, _REMOVED, now)
                elif _is_hopeless(row, known[row["channel_id"]], now):
                    _end(connection, _key(row), DeliveryState.GIVEN_UP, _given_up(row), now)
            left = [row["channel_id"] for row in _due(connection, now)]
        return tuple(id for id in dict.fromkeys(left) if known[id])

    def claim(self, channel_id: str, now: datetime) -> Outgoing | None:
        """The oldest message for a channel, for this process alone; None where there is none."""
        with self._database.transaction() as connection:
            row = next((each for each in _due(connection, now) if each["channel_id"] == channel_id), None)
            channel = queries.channel(connection, id=channel_id)
            if row is None or channel is None:
                return None
            queries.claim(connection, **_key(row), until=instant_text(now + LEASE))
        return Outgoing(_message(row), channel_id, channel["address"], row["attempts"] + 1)

    def sent(self, outgoing: Outgoing, now: datetime, remark: str = "") -> None:
        """It was handed over, perhaps not quite as it should have been."""
        with self._database.transaction() as connection:
            _end(connection, outgoing.key, DeliveryState.SENT, remark, now)

    def failed(self, outgoing: Outgoing, problem: str, now: datetime) -> None:
        """It was not: it is tried again, after a longer while each time."""
        wait = min(FIRST_WAIT * 2 ** min(outgoing.attempts - 1, 10), LONGEST_WAIT)
        with self._database.transaction() as connection:
            queries.delivery_failed(connection, **outgoing.key, problem=problem, due_at=instant_text(now + wait))


def _due(connection: Connection, now: datetime) -> Sequence[Row]:
    return list(queries.due_deliveries(connection, now=instant_text(now)))


def _end(connection: Connection, key: dict[str, str], state: DeliveryState, problem: str, now: datetime) -> None:
    queries.delivery_ended(connection, **key, state=state, problem=problem, at=instant_text(now))


def _is_hopeless(row: Row, is_on: bool, now: datetime) -> bool:
    is_old = now - datetime.fromisoformat(row["created_at"]) > GIVE_UP_AFTER
    return is_old and (not is_on or row["attempts"] >= _LEAST_TRIES)


def _given_up(row: Row) -> str:
    if not row["attempts"]:
        return "The channel was turned off."
    return f"It was tried for {GIVE_UP_AFTER.days} days. {row['problem'] or 'The channel was turned off.'}"


def _key(row: Row) -> dict[str, str]:
    return {"message_id": row["id"], "channel_id": row["channel_id"]}


def _message(row: Row) -> Message:
    created = datetime.fromisoformat(row["created_at"])
    return Message(row["id"], Kind(row["kind"]), row["severity"], row["title"], row["body"], row["html"], created)
