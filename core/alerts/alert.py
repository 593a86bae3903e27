"""Alert: what was so, from when until when, and who has taken it on."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.alerts.figure import Unit
from core.alerts.rule import Comparison, Severity


class State(StrEnum):
    """Where an alert is."""

    PENDING = "pending"  #: it is so, and has to stay so for a while
    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"  #: somebody has taken it on
    RESOLVED = "resolved"

    @property
    def is_open(self) -> bool:
        """Whether it needs somebody, or somebody is at it."""
        return self in (State.FIRING, State.ACKNOWLEDGED)


@dataclass(frozen=True)
class Alert:
    """A rule that held for one subject; what it says is as at its latest evaluation."""

    id: str
    rule_id: str  #: the rule may be gone
    title: str  #: of the rule
    figure: str
    subject: str  #: empty: the whole
    severity: Severity
    state: State
    unit: Unit
    currency: str
    comparison: Comparison
    threshold: Decimal
    value: Decimal
    worst: Decimal  #: the farthest out that it was
    detail: str  #: what is behind the value
    advice: str  #: what to do
    link: str  #: path and query of the page that shows it
    began_at: datetime  #: the first evaluation at which it was so
    since: datetime  #: since when it has been so, as far as the figure tells
    fired_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    resolved_at: datetime | None
    resolution: str  #: why it is over
    seen_at: datetime  #: of the latest value


@dataclass(frozen=True)
class Event:
    """A line of an alert's history."""

    at: datetime
    kind: State
    detail: str
    actor: str  #: who did it; empty: the evaluation


class DeliveryState(StrEnum):
    """Where a message on its way to a channel is."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given up"
    NOT_NEEDED = "not needed"  #: it was over before anybody could be told


@dataclass(frozen=True)
class Delivery:
    """A message on its way to one channel."""

    message_id: str
    title: str
    created_at: datetime
    channel_id: str
    channel: str  #: its name; it may be gone
    state: DeliveryState
    attempts: int
    due_at: datetime  #: not before
    problem: str  #: why the latest attempt failed, or why it is not sent
    ended_at: datetime | None
