"""Viewing figures: how many watched at once, on which days, and how far."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from math import ceil, sqrt
from typing import Any

import plotly.graph_objects as go

from core.costs.period import Period
from core.performance.crowds import Crowds
from core.performance.viewing import Hour, Reached
from dashboard import format, scales, theme
from dashboard.charts import LOOKS
from dashboard.scales import Unit

#: Points of a line; more are not seen apart.
_MOST_POINTS = 360
_SLOT = timedelta(minutes=5)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def concurrency(crowds: Crowds, period: Period, measured: Collection[date]) -> go.Figure:
    """The most viewers at once within each step, of which there are a few hundred; a gap where nothing was measured."""
    points = peaks(crowds, period)
    line = go.Scatter(
        x=[at for at, _ in points],
        y=[viewers if at.date() in measured else None for at, viewers in points],
        mode="lines",
        connectgaps=False,
        line=dict(color=theme.BLUE, width=2, shape="hv"),
        hovertemplate="<b>%{y:,.0f} viewers</b><br>%{x|%a %-d %b, %H:%M} UTC<extra></extra>",
    )
    days = [period.start.isoformat(), period.end.isoformat()]
    below = dict(type="date", range=days, tickformat="%-d %b", nticks=7)
    low, high = scales.span([viewers for _, viewers in points], from_zero=True)
    at = scales.marks(low, high, Unit.COUNT)
    texts = scales.texts(at, Unit.COUNT)
    return _finished(line, below, range=[low, high], tickmode="array", tickvals=at, ticktext=texts)


def peaks(crowds: Crowds, period: Period) -> list[tuple[datetime, float]]:
    """The beginning of each step of equal length, and the most viewers in it."""
    slots = ceil(period.days * timedelta(days=1) / _SLOT / _MOST_POINTS)
    start, step = datetime.combine(period.start, time()), slots * _SLOT
    return [(start + number * step, most) for number, most in enumerate(crowds.most_in_steps(period.start, step))]


def calendar(hours: Sequence[Hour], period: Period, measured: Collection[date]) -> go.Figure:
    """Views of each day: a column a week, Monday on top; days that were not measured are left out."""
    views = by_day(hours)
    days = [period.start + timedelta(n) for n in range(period.days)]
    weeks = sorted({_monday(day) for day in days})
    shown = {(day.weekday(), _monday(day)): day for day in days if day in measured}
    cells = [[shown.get((weekday, week)) for week in weeks] for weekday in range(7)]
    heatmap = go.Heatmap(
        x=[str(number) for number in range(len(weeks))],
        y=list(_WEEKDAYS),
        z=[[None if day is None else sqrt(views.get(day, 0.0)) for day in row] for row in cells],
        customdata=[[_cell(day, views) for day in row] for row in cells],
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
        colorscale=[[at / (len(theme.GROWING) - 1), hue] for at, hue in enumerate(theme.GROWING)],
        showscale=False,
        xgap=3,
        ygap=3,
    )
    every = ceil(len(weeks) / 6) or 1
    marked = range(0, len(weeks), every)
    below = dict(
        type="category",
        tickmode="array",
        tickvals=[str(number) for number in marked],
        ticktext=[format.day(weeks[number]) for number in marked],
    )
    return _finished(heatmap, below, autorange="reversed", showgrid=False, type="category")


def by_day(hours: Sequence[Hour]) -> dict[date, float]:
    """Views of each day on which there were any."""
    views: dict[date, float] = {}
    for each in hours:
        views[each.at.date()] = views.get(each.at.date(), 0.0) + each.views
    return views


def _monday(day: date) -> date:
    return day - timedelta(day.weekday())


def _cell(day: date | None, views: dict[date, float]) -> str:
    return "" if day is None else f"<b>{views.get(day, 0.0):,.0f} views</b><br>{day:%A} {format.long_day(day)}"


def completion(reached: Sequence[Reached]) -> go.Figure:
    """How many views reached each twentieth of the video."""
    line = go.Scatter(
        x=[each.percent for each in reached],
        y=[each.share for each in reached],
        mode="lines",
        line=dict(color=theme.VIOLET, width=2),
        hovertemplate="<b>%{y:.0%} of views</b><br>reached %{x} % of the video<extra></extra>",
    )
    below = dict(range=[0, 100], ticksuffix="\u202f%", dtick=25)
    quarters = [0, 0.25, 0.5, 0.75, 1]
    texts = scales.texts(quarters, Unit.SHARE)
    return _finished(line, below, range=[0, 1.04], tickmode="array", tickvals=quarters, ticktext=texts)


def _finished(drawn: Any, below: dict[str, Any], **scale: Any) -> go.Figure:
    layout = dict(
        xaxis=dict(showgrid=False, fixedrange=True, **below),
        yaxis=dict(fixedrange=True, zeroline=False, automargin=True, ticklabeloverflow="allow", **scale),
        height=220,
        margin=dict(l=0, r=18, t=8, b=0),  # room for half of the last day, or of 100 %
        showlegend=False,
        hovermode="closest",
        **LOOKS,
    )
    return go.Figure(drawn, layout)
