"""Budget words: what a budget is for, how it stands, and how likely it is overrun, as a person reads it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.costs.budget_standing import Standing
from core.costs.budgets import Budget, Span
from core.costs.dimensions import NOT_STATED, Filter
from core.costs.period import Period
from dashboard import bands, controls, format


@dataclass(frozen=True)
class Verdict:
    """How likely an overrun is; told by words and a sign as well as by colour."""

    words: str
    icon: str
    colour: Literal["red", "orange", "green", "gray"]


_VERDICTS = (
    (0.95, Verdict("Overrun almost certain", "error", "red")),
    (0.66, Verdict("Overrun likely", "warning", "orange")),
    (0.34, Verdict("May or may not be enough", "balance", "orange")),
    (0.05, Verdict("Overrun unlikely", "check_circle", "green")),
    (0.0, Verdict("Almost certainly enough", "check_circle", "green")),
)


def verdict(found: Standing) -> Verdict:
    """How likely an overrun is."""
    if found.is_overrun:
        return Verdict("Overrun already", "error", "red")
    chance = found.chance
    if chance is None:
        return Verdict("No forecast", "help", "gray")
    return next(told for least, told in _VERDICTS if chance >= least)


def chance(found: Standing) -> str:
    """The chance of an overrun as a share; empty where nothing is in doubt."""
    if found.chance is None or found.is_overrun:
        return ""
    if not 0.01 <= found.chance <= 0.99:
        return f"chance {'over 99' if found.chance > 0.5 else 'under 1'}\u202f%"
    return f"chance {format.share(found.chance)}"


def filters(budget: Budget) -> str:
    """What it is for: All costs; Service: CloudFront and Region: eu-west-1."""
    return " and ".join(map(filter_name, budget.filters)) or "All costs"


def filter_name(only: Filter) -> str:
    """Service: CloudFront."""
    value = NOT_STATED if only.value is None else format.label(only.value)
    return f"{controls.dimension_name(only.dimension)}: {value}"


def span(budget: Budget, period: Period) -> str:
    """The span that is under way: November 2026, the fourth quarter, 2026."""
    if budget.span is Span.YEAR:
        return f"{period.start.year}"
    return format.period(period)


def used(found: Standing) -> str:
    """$2,894 of $3,000 used (96 %)."""
    spent, amount = (format.money(each, found.budget.currency) for each in (found.used, found.amount))
    return f"{spent} of {amount} used ({format.share(found.used_share)})"


def ends(found: Standing) -> str:
    """Ends at $3,087, 80 % range $3,056 to $3,118; or why that is not known."""
    if found.expected is None:
        return found.why_not
    band = bands.in_words(found.bands, found.budget.currency)
    return f"Ends at {format.money(found.expected, found.budget.currency)}, {band}"


def runs_out(found: Standing, today: date) -> str:
    """When it runs out; empty where it does not in its span."""
    day = found.runs_out
    if day is None:
        return ""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{'Ran' if day < found.until else 'Runs'} out on {format.day(day)}{year}"


def line(found: Standing, today: date) -> str:
    """All costs, November 2026: 96 % used, ends at $3,087 of $3,000, runs out on 29 Nov."""
    amount = format.money(found.amount, found.budget.currency)
    ends_at = (
        "" if found.expected is None else f"ends at {format.money(found.expected, found.budget.currency)} of {amount}"
    )
    out = runs_out(found, today)
    parts = [f"{format.share(found.used_share)} used", ends_at or f"of {amount}", f"{out[:1].lower()}{out[1:]}"]
    return f"{found.budget.name}, {span(found.budget, found.period)}: {', '.join(filter(None, parts))}"


def tightness(found: Standing) -> tuple[bool, float, float]:
    """What most needs somebody is largest."""
    return found.is_overrun, found.chance or 0.0, max(found.expected_share or 0.0, found.used_share)
