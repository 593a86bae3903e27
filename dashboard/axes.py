"""Axes: where the steps of a chart over time stand, and how times and amounts are written beside it."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from core.costs.series import CostSeries, Grain

_HOVER_DATE = {Grain.DAY: "%a %-d %b %Y", Grain.WEEK: "Week from %-d %b %Y", Grain.MONTH: "%B %Y"}


def steps(series: CostSeries) -> list[date]:
    """The first day of each step, from the first with data to the period's end."""
    found = [series.starts[0] if series.starts else series.period.start]
    while (following := series.grain.after(found[-1])) < series.period.end:
        found.append(following)
    return found


def time_axis(series: CostSeries) -> dict[str, Any]:
    """Every step with half a step on both sides; where they are few, each with its day."""
    days = steps(series)
    half = (series.grain.after(days[0]) - days[0]) / 2
    axis = dict(
        type="date",
        range=[moment(days[0], -half), moment(days[-1], half)],
        tickformat="%b %Y" if series.grain is Grain.MONTH else "%-d %b",
        hoverformat=_HOVER_DATE[series.grain],
        showgrid=False,
        fixedrange=True,
    )
    few = dict(tickmode="array", tickvals=[str(day) for day in days]) if len(days) <= 8 else {}
    return axis | few


def moment(day: date, shift: timedelta) -> str:
    """An instant before or after a day's midnight, as Plotly takes it."""
    return (datetime.combine(day, time()) + shift).isoformat()


def amount_ticks(largest: Decimal) -> str:
    """How amounts are written beside the columns: Plotly's own would write half a dollar as $500m."""
    if largest < 10:
        return ",.2f"
    return ",~f" if largest < 100_000 else "~s"
