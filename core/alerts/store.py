"""Store: rules, alerts and channels in the database; each change joins a transaction."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from core.alerts.alert import Alert, Delivery, DeliveryState, Event, State
from core.alerts.figure import Unit
from core.alerts.quiet import QuietHours, quiet_hours
from core.alerts.rule import Comparison, Rule, Severity, Standing
from core.costs.dimensions import Filter
from core.database import Connection, Row, named_queries
from core.errors import AlertNotFound, RuleRefused
from core.units import instant_text

queries: Any = named_queries(__file__)
_MINUTE = timedelta(minutes=1)


def standings(connection: Connection) -> tuple[Standing, ...]:
    """Every rule and how it is doing, by its title."""
    return tuple(map(_standing, queries.rules(connection)))


def standing(connection: Connection, rule_id: str) -> Standing:
    """Raises AlertNotFound."""
    row = queries.rule(connection, id=rule_id)
    if row is None:
        raise AlertNotFound(f"There is no rule {rule_id!r}.", "`python -m core alerts rules` lists them.")
    return _standing(row)


def keep_rule(connection: Connection, rule: Rule, now: datetime) -> None:
    """A new rule, or another form of one that there is."""
    filters = [[each.dimension, each.value] for each in rule.filters]
    scope = {"filters": filters, "by": rule.by, "subject": rule.subject, "currency": rule.currency}
    queries.keep_rule(
        connection,
        id=rule.id,
        title=rule.title,
        figure=rule.figure,
        comparison=rule.comparison,
        threshold=format(rule.threshold, "f"),
        resolve_at=None if rule.resolve_at is None else format(rule.resolve_at, "f"),
        window_minutes=rule.window // _MINUTE,
        hold_minutes=rule.hold // _MINUTE,
        severity=rule.severity,
        scope=json.dumps(scope),
        quiet=str(rule.quiet or ""),
        grouped=rule.grouped,
        channels=json.dumps(rule.channels),
        enabled=rule.enabled,
        remind_minutes=None if rule.remind is None else rule.remind // _MINUTE,
        origin=rule.origin,
        changed_at=instant_text(now),
    )


def _standing(row: Row) -> Standing:
    evaluated = row["evaluated_at"] and datetime.fromisoformat(row["evaluated_at"])
    changed = datetime.fromisoformat(row["changed_at"])
    return Standing(_rule(row), changed, evaluated, row["problem"], row["firing"], row["pending"], row["seen"])


def _rule(row: Row) -> Rule:
    scope = json.loads(row["scope"])
    return Rule(
        id=row["id"],
        title=row["title"],
        figure=row["figure"],
        comparison=Comparison(row["comparison"]),
        threshold=Decimal(row["threshold"]),
        resolve_at=None if row["resolve_at"] is None else Decimal(row["resolve_at"]),
        window=row["window_minutes"] * _MINUTE,
        hold=row["hold_minutes"] * _MINUTE,
        severity=Severity(row["severity"]),
        filters=tuple(Filter(*each) for each in scope["filters"]),
        by=scope["by"],
        subject=scope["subject"],
        currency=scope["currency"],
        quiet=_quiet(row["quiet"]),
        grouped=bool(row["grouped"]),
        channels=tuple(json.loads(row["channels"])),
        enabled=bool(row["enabled"]),
        remind=None if row["remind_minutes"] is None else row["remind_minutes"] * _MINUTE,
        origin=row["origin"],
    )


def _quiet(text: str) -> QuietHours | None:
    """None where this machine does not know the time zone: rather told at night than not at all."""
    try:
        return quiet_hours(text)
    except RuleRefused:
        return None


_INSTANTS = ("began_at", "since", "fired_at", "acknowledged_at", "resolved_at", "seen_at")
_DECIMALS = ("threshold", "value", "worst")


def keep_alert(connection: Connection, alert: Alert) -> None:
    """As it is now."""
    kept = asdict(alert)
    kept |= {name: kept[name] and instant_text(kept[name]) for name in _INSTANTS}
    kept |= {name: format(kept[name], "f") for name in _DECIMALS}
    queries.keep_alert(connection, **kept)


def note(connection: Connection, alert: Alert, now: datetime, detail: str = "", actor: str = "") -> None:
    """Put into its history what has become of it."""
    queries.note_event(
        connection, alert_id=alert.id, at=instant_text(now), kind=alert.state, detail=detail, actor=actor
    )


def alert_of_row(row: Row) -> Alert:
    told: dict[str, Any] = dict(row)
    told |= {name: told[name] and datetime.fromisoformat(told[name]) for name in _INSTANTS}
    told |= {name: Decimal(told[name]) for name in _DECIMALS}
    told |= {"severity": Severity(told["severity"]), "state": State(told["state"])}
    told |= {"unit": Unit(told["unit"]), "comparison": Comparison(told["comparison"])}
    return Alert(**told)


def event_of_row(row: Row) -> Event:
    return Event(datetime.fromisoformat(row["at"]), State(row["kind"]), row["detail"], row["actor"])


def delivery_of_row(row: Row) -> Delivery:
    return Delivery(
        row["message_id"],
        row["title"],
        datetime.fromisoformat(row["created_at"]),
        row["channel_id"],
        row["channel_name"],
        DeliveryState(row["state"]),
        row["attempts"],
        datetime.fromisoformat(row["due_at"]),
        row["problem"],
        row["ended_at"] and datetime.fromisoformat(row["ended_at"]),
    )
