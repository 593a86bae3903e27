"""Savings words: how the numbers of a proof are written."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from core.recommendations.recommendation import Confidence, Line, Unit
from dashboard import format
from dashboard.format import markdown

_COLOURS = {Confidence.HIGH: "green", Confidence.MEDIUM: "orange", Confidence.LOW: "gray"}


_WRITTEN: Mapping[Unit, Callable[[Decimal], str]] = {
    Unit.USD: format.cents,
    Unit.MONTHLY_USD: lambda value: f"{format.cents(value)} a month",
    Unit.BYTES: lambda value: format.size(float(value)),
    Unit.SHARE: lambda value: format.share(float(value), 1),
    Unit.TIMES: lambda value: f"{value:,.2f} times",
    Unit.TIMES_A_MONTH: lambda value: f"{value:,.2f} times a month",
    Unit.MONTHS: lambda value: f"{value:,.1f} months",
}


def value(line: Line) -> str:
    """One number of the proof with its unit."""
    if line.value is None:
        return "not known"
    written = _WRITTEN.get(line.unit)
    return written(line.value) if written else f"{line.value:,.0f} {line.unit}"


def confidence(of: Confidence, because: str) -> str:
    """How far it can be relied on, and why."""
    return f":{_COLOURS[of]}-badge[{of} confidence] :gray[{markdown(because)}]"
