"""Savings words: how the numbers of a proof are written."""

from core.recommendations.recommendation import Confidence, Line, Unit
from dashboard import format
from dashboard.format import markdown

_COLOURS = {Confidence.HIGH: "green", Confidence.MEDIUM: "orange", Confidence.LOW: "gray"}


def value(line: Line) -> str:
    """One number of the proof with its unit."""
    if line.value is None:
        return "not known"
    match line.unit:
        case Unit.USD:
            return format.cents(line.value)
        case Unit.MONTHLY_USD:
            return f"{format.cents(line.value)} a month"
        case Unit.BYTES:
            return format.size(float(line.value))
        case Unit.SHARE:
            return format.share(float(line.value), 1)
        case Unit.TIMES_A_MONTH:
            return f"{line.value:,.2f} times a month"
        case Unit.MONTHS:
            return f"{line.value:,.1f} months"
        case _:
            return f"{line.value:,.0f} {line.unit}"


def confidence(of: Confidence, because: str) -> str:
    """How far it can be relied on, and why."""
    return f":{_COLOURS[of]}-badge[{of} confidence] :gray[{markdown(because)}]"
