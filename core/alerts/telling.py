"""Telling: which messages an evaluation leads to, for whom, and from when on."""

from collections.abc import Sequence
from datetime import datetime

from core.alerts import outbox, words
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
        """What has begun; and what is over, where somebody was told that it had begun."""
        outbox.drop_untold(self._connection, self._now)
        channels = all_channels(self._connection)
        for rule, changed in self._changed:
            chosen = [each for each in channels if each.enabled and _chosen(rule, each)]
            fired = [each for each in changed if each.state is State.FIRING]
            over = [each for each in changed if each.state is State.RESOLVED]
            self._put(rule, Kind.FIRING, fired, chosen)
            self._put(rule, Kind.RESOLVED, [each for each in over if self._was_told(each)], chosen)

    def _was_told(self, alert: Alert) -> bool:
        return outbox.was_told(self._connection, alert)

    def _put(self, rule: Rule, kind: Kind, alerts: Sequence[Alert], channels: Sequence[Channel]) -> None:
        if not alerts or not channels:
            return
        for some in [alerts] if rule.grouped else [[each] for each in alerts]:
            title, body = words.title(some), words.body(some, self._address)
            html = words.html(some, self._address)
            message = outbox.new_message(kind, rule.severity, title, body, html, self._now)
            outbox.put(self._connection, message, channels, self._due_at(rule), some)

    def _due_at(self, rule: Rule) -> datetime:
        if rule.quiet is None or rule.severity is Severity.CRITICAL:
            return self._now
        return rule.quiet.over(self._now)


def _chosen(rule: Rule, channel: Channel) -> bool:
    return channel.id in rule.channels or ALL_CHANNELS[0] in rule.channels
