"""Odd days in words: what an odd event is called, and how it is marked in a chart."""

from collections.abc import Iterable

from core.costs.anomalies import TOTAL, Anomaly
from dashboard import format
from dashboard.charts import Flag


def name(event: Anomaly) -> str:
    """Whose costs they are."""
    return "All costs" if event.label == TOTAL else format.label(event.label)


def days(event: Anomaly) -> str:
    """When it was."""
    return format.days([event.first, event.last])


def worst(event: Anomaly) -> str:
    """What was expected of its dearest day, or its cheapest, and what that came to."""
    day = max(event.days, key=lambda each: abs(each.impact))
    was = format.cents(day.actual, event.currency)
    when = f"on {format.day(day.day)} " if len(event.days) > 1 else ""
    lo, hi = (format.cents(end, event.currency) for end in (day.lo, day.hi))
    return f"{was} {when}where {lo} to {hi} was expected"


def flags(events: Iterable[Anomaly]) -> tuple[Flag, ...]:
    """A mark on the day of each that was furthest off."""
    return tuple(
        Flag(max(event.days, key=lambda each: abs(each.impact)).day,
             f"odd: {format.signed_money(event.impact, event.currency)}")
        for event in events
    )  # fmt: skip
