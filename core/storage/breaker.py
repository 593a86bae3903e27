"""Breaker: when a provider that fails is left alone, and when somebody goes to see whether it is well again."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

#: As many failures in a row open it: one may be chance.
OPENS_AFTER = 3
#: How long it stays open before one trial is let through: twice as long after each further failure.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
#: A trial nobody heard of for so long has come to nothing.
TRIAL_LASTS = timedelta(minutes=1)


class State(StrEnum):
    """Of the breaker: closed lets everything through, as an electric one does."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"  #: one is trying


@dataclass(frozen=True)
class Condition:
    """How a provider is doing, as far as this installation has seen."""

    provider: str
    state: State = State.CLOSED
    since: datetime | None = None  #: of the state; None before the first probe or failure
    failures: int = 0  #: in a row
    latency_ms: float | None = None  #: of the last probe that was answered
    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    trial_at: datetime | None = None
    error: str = ""  #: the last one; it may be over
    advice: str = ""

    @property
    def well(self) -> bool:
        """Whether the last that was heard of it was good; also where nothing was heard."""
        return self.failures == 0

    @property
    def retry_at(self) -> datetime | None:
        """When an open breaker lets somebody try; None where it is closed."""
        if self.state is State.CLOSED or self.failed_at is None:
            return None
        doublings = min(max(self.failures - OPENS_AFTER, 0), 10)
        return self.failed_at + min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)


def succeeded(before: Condition, now: datetime, latency_ms: float | None = None) -> Condition:
    """It has answered: all is well."""
    return replace(
        before,
        state=State.CLOSED,
        since=before.since if before.state is State.CLOSED and before.since else now,
        failures=0,
        latency_ms=before.latency_ms if latency_ms is None else latency_ms,
        succeeded_at=now,
        trial_at=None,
    )


def failed(before: Condition, now: datetime, error: str, advice: str) -> Condition:
    """It has failed once more; a failed trial opens the breaker again."""
    failures = before.failures + 1
    state = State.OPEN if failures >= OPENS_AFTER or before.state is not State.CLOSED else State.CLOSED
    since = before.since if state is before.state and before.since else now
    return replace(
        before, state=state, since=since, failures=failures, failed_at=now, trial_at=None, error=error, advice=advice
    )


def trying(before: Condition, now: datetime) -> Condition | None:
    """The condition in which this caller tries; None where it must not: too early, or another one is trying."""
    if before.state is State.CLOSED:
        return before
    if before.state is State.HALF_OPEN and before.trial_at and now - before.trial_at < TRIAL_LASTS:
        return None
    if before.state is State.OPEN and before.retry_at and now < before.retry_at:
        return None
    return replace(before, state=State.HALF_OPEN, since=now, trial_at=now)
