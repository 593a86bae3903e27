"""Telling: which messages an evaluation leads to, for whom, and from when on."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from core.alerts import outbox, store, words
from core.alerts.alert import Alert, State
from core.alerts.channel import Channel, Kind
from core.alerts.channels import all_channels
from core.alerts.rule import ALL_CHANNELS, Rule, Severity
from core.database import Connection


class Telling:
    """Gathers what has changed, and puts the messages into the outbox, in the same transaction."""

    def __init__(self, connection: Connection, address: str, now: datetime) -> None:
        self._connection, self._address, self._now = connection, address, now
        self._changed: list[tuple[Rule, Sequence[Alert]]] = []

    def remember(self, rule: Rule, changed: Sequence[Alert]) -> None:
        """Alerts of a rule that have entered another state."""
        self._changed.append((rule, changed))

    def tell(self) -> None:
        """What has begun; what is over, where somebody was told that it had begun; and what nobody has taken on since
        it was told last.
        """
        outbox.drop_untold(self._connection, self._now)
        channels = all_channels(self._connection)
        for rule, changed in self._changed:
            chosen = [each for each in channels if each.enabled and _chosen(rule, each)]
            fired = [each for each in changed if each.state is State.FIRING]
            over = [each for each in changed if each.state is State.RESOLVED]
            self._put(rule, Kind.FIRING, fired, chosen)
            self._put(rule, Kind.RESOLVED, [each for each in over if self._was_told(each)], chosen)
            self._remind(rule, chosen)

    def _remind(self, rule: Rule, channels: Sequence[Channel]) -> None:
        """Only where the message before has arrived, or was given up: no channel that is down gathers reminders."""
        if not rule.reminds_after:
            return
        firing = map(store.alert_of_row, store.queries.firing_of(self._connection, rule_id=rule.id))
        due = [each for each in firing if self._last_told(each) + rule.reminds_after <= self._now]
        self._put(rule, Kind.FIRING, due, self._reached(due, channels), words.still_title)

    def _last_told(self, alert: Alert) -> datetime:
        at = store.queries.last_told(self._connection, alert_id=alert.id)["at"]
        return datetime.fromisoformat(at) if at else alert.fired_at or self._now

    def _reached(self, alerts: Iterable[Alert], channels: Sequence[Channel]) -> list[Channel]:
        found = (store.queries.channels_still_to_tell(self._connection, alert_id=each.id) for each in alerts)
        waiting = {row["channel_id"] for rows in found for row in rows}
        return [each for each in channels if each.id not in waiting]

    def _was_told(self, alert: Alert) -> bool:
        return outbox.was_told(self._connection, alert)

    def _put(
        self,
        rule: Rule,
        kind: Kind,
        alerts: Sequence[Alert],
        channels: Sequence[Channel],
        title_of: Callable[[Sequence[Alert]], str] = words.title,
    ) -> None:
        if not alerts or not channels:
            return
        for some in [alerts] if rule.grouped else [[each] for each in alerts]:
            title, body = title_of(some), words.body(some, self._address)
            html = words.html(some, self._address)
            message = outbox.new_message(kind, rule.severity, title, body, html, self._now)
            outbox.put(self._connection, message, channels, self._due_at(rule), some)

    def _due_at(self, rule: Rule) -> datetime:
        if rule.quiet is None or rule.severity is Severity.CRITICAL:
            return self._now
        return rule.quiet.over(self._now)


def _chosen(rule: Rule, channel: Channel) -> bool:
    return channel.id in rule.channels or ALL_CHANNELS[0] in rule.channels
