"""Machine: how an alert begins, lasts and ends, from one evaluation to the next."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from secrets import token_hex

from core.alerts.alert import Alert, State
from core.alerts.figure import About, Reading
from core.alerts.rule import Rule

RECOVERED, REMOVED, TURNED_OFF = (
    "it is well again",
    "its rule was removed",
    "its rule was turned off",
)


def advance(rule: Rule, about: About, before: Alert | None, reading: Reading | None, now: datetime) -> Alert | None:
    """The alert of a rule and a subject after an evaluation; None where there is none.

    `before` is the one that is not resolved. `reading` is None where the figure knows of no such subject any more.
    A value that is not known changes nothing. An alert that was pending and has passed is None again.
    """
    if reading is None:
        return _over(before, about.gone, now)
    if reading.value is None:
        return before
    if before is None:
        begins = rule.comparison.holds(reading.value, rule.threshold)
        return _begun(rule, about, reading, reading.value, now) if begins else None
    limit = rule.threshold if before.state is State.PENDING else rule.resolves_at
    if not rule.comparison.holds(reading.value, limit):
        return _over(_seen(before, rule, about, reading, reading.value, now), RECOVERED, now)
    return _lasting(_seen(before, rule, about, reading, reading.value, now), rule, now)


def close(alert: Alert, why: str, now: datetime) -> Alert | None:
    """The same where its rule was removed or turned off."""
    return _over(alert, why, now)


def _begun(rule: Rule, about: About, reading: Reading, value: Decimal, now: datetime) -> Alert:
    begun = Alert(
        id=token_hex(8),
        rule_id=rule.id,
        title=rule.title,
        figure=rule.figure,
        subject=reading.subject,
        severity=rule.severity,
        state=State.PENDING,
        unit=about.unit,
        currency=reading.currency,
        comparison=rule.comparison,
        threshold=rule.threshold,
        value=value,
        worst=value,
        detail=reading.detail,
        advice=about.advice,
        link=reading.link,
        began_at=now,
        since=min(reading.since or now, now),
        fired_at=None,
        acknowledged_at=None,
        acknowledged_by="",
        resolved_at=None,
        resolution="",
        seen_at=now,
    )
    return _lasting(begun, rule, now)


def _lasting(alert: Alert, rule: Rule, now: datetime) -> Alert:
    if alert.state is State.PENDING and now - alert.began_at >= rule.hold:
        return replace(alert, state=State.FIRING, fired_at=now)
    return alert


def _seen(alert: Alert, rule: Rule, about: About, reading: Reading, value: Decimal, now: datetime) -> Alert:
    return replace(
        alert,
        title=rule.title,
        severity=rule.severity,
        comparison=rule.comparison,
        threshold=rule.threshold,
        currency=reading.currency,
        value=value,
        worst=rule.comparison.worse(alert.worst, value),
        detail=reading.detail,
        advice=about.advice,
        link=reading.link,
        seen_at=now,
    )


def _over(alert: Alert | None, why: str, now: datetime) -> Alert | None:
    if alert is None or alert.state is State.PENDING:
        return None
    return replace(alert, state=State.RESOLVED, resolved_at=now, resolution=why)
