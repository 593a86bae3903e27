"""Alerts words: how the pages call severities, and say what fires, since when, how much, and who was told."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.alerts import words
from core.alerts.alert import Alert, Delivery, DeliveryState, State
from core.alerts.figures.registry import FIGURES
from core.alerts.rule import Rule, Severity
from core.alerts.rules import in_short
from dashboard import format
from dashboard.format import markdown

#: Before the word, never instead of it.
ICONS = {
    Severity.CRITICAL: ":red[:material/error:]",
    Severity.WARNING: ":orange[:material/warning:]",
    Severity.INFO: ":blue[:material/info:]",
}
STATES = {
    State.PENDING: "Pending",
    State.FIRING: "Firing",
    State.ACKNOWLEDGED: "Acknowledged",
    State.RESOLVED: "Over",
}
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def severity(of: Severity) -> str:
    """Critical, with its icon."""
    return f"{ICONS[of]} {of.capitalize()}"


def heading(alert: Alert) -> str:
    """How pressing, and what; as Markdown."""
    return f"{severity(alert.severity)} · **{markdown(words.headline(alert))}**"


def standing(alert: Alert, now: datetime) -> str:
    """How much, and since when; as Markdown."""
    since = f"since {format.plain_instant(alert.since, now.date())} ({format.age(alert.since, now)})"
    return f"**{markdown(words.how_much(alert))}**, {since}"


def worst(alert: Alert) -> str:
    return words.amount(alert.worst, alert.unit, alert.currency)


def lasted(alert: Alert, now: datetime) -> str:
    """How long it fired; so far, where it still does."""
    span = words.lasted((alert.resolved_at or now) - (alert.fired_at or alert.began_at))
    return span if alert.resolved_at else f"{span} so far"


def told(deliveries: Iterable[Delivery]) -> str:
    """Who was told, and who was not and why: ops; hook not yet (It answered 500.)"""
    newest = {each.channel: each for each in deliveries}  # they come oldest first
    return "; ".join(_delivered(each) for each in newest.values())


def _delivered(each: Delivery) -> str:
    if each.state is DeliveryState.SENT:
        return each.channel
    outcome = {DeliveryState.WAITING: "not yet", DeliveryState.GIVEN_UP: "never"}.get(each.state, "not needed")
    return f"{each.channel} {outcome}{f' ({each.problem})' if each.problem else ''}"


def span(of: timedelta) -> str:
    """30 minutes, 6 hours, 7 days."""
    if of >= _DAY and not of % _DAY:
        return format.count(of // _DAY, "day")
    if of >= _HOUR and not of % _HOUR:
        return format.count(of // _HOUR, "hour")
    return format.count(of // timedelta(minutes=1), "minute")


def condition(rule: Rule) -> str:
    """When it fires: Cache hit ratio below 90 %, over 1 day, only service Amazon S3."""
    about = FIGURES.get(rule.figure)
    parts = [in_short(rule)]
    parts += [f"over {span(rule.window)}"] if about and about.window else []
    parts += [f"for {span(rule.hold)}"] if rule.hold else []
    parts += [f"only {dimension(each.dimension)} {each.value or 'not stated'}" for each in rule.filters]
    parts += [f"for each {dimension(rule.by)}"] if rule.by else []
    parts += [f"only {rule.subject}"] if rule.subject else []
    return ", ".join(parts)


def dimension(name: str) -> str:
    """As it stands in a sentence: usage type."""
    return name.replace("_", " ")
