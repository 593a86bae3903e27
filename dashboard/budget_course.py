"""Budget course: what is spent of a budget by the end of each day, as billed and as expected."""

from datetime import timedelta

import plotly.graph_objects as go

from core.costs.budget_standing import CourseDay, Standing
from dashboard import axes, bands, format, theme
from dashboard.charts import LOOKS


def figure(found: Standing) -> go.Figure:
    """The chart: a billed line, where it is expected to go, its band at the end, and what there is."""
    billed = [each for each in found.course if each.billed]
    ahead = [*billed[-1:], *(each for each in found.course if not each.billed)]
    drawn = go.Figure()
    if any(not each.billed for each in ahead):
        drawn.add_trace(_line(found, ahead, "Expected", "dot"))
        _add_end(drawn, found, ahead[-1])
    drawn.add_trace(_line(found, billed, "Billed", None))
    _add_amount(drawn, found)
    return _finished(drawn, found)


def _line(found: Standing, days: list[CourseDay], name: str, dash: str | None) -> go.Scatter:
    return go.Scatter(
        name=name,
        x=[each.day for each in days],
        y=[float(each.spent) for each in days],
        customdata=[format.cents(each.spent, found.budget.currency) for each in days],
        hovertemplate=f"<b>{name} %{{customdata}}</b><br>by the end of %{{x}}<extra></extra>",
        mode="lines" if len(days) > 1 else "markers",
        line=dict(color=theme.BLUE, width=2, dash=dash),
        marker=dict(color=theme.BLUE, size=8),
    )


def _add_end(drawn: go.Figure, found: Standing, last: CourseDay) -> None:
    band = found.bands[bands.LEVEL]
    text = bands.in_words(found.bands, found.budget.currency)
    drawn.add_trace(
        go.Scatter(
            name="80 % range",
            x=[last.day, last.day],
            y=[float(band.lo), float(band.hi)],
            hovertemplate=f"{format.plotly(text)}<extra></extra>",
            mode="lines",
            line=dict(color=theme.GREY, width=6),
        )
    )


def _add_amount(drawn: go.Figure, found: Standing) -> None:
    days = [found.period.start, found.period.end - timedelta(1)]
    text = format.money(found.amount, found.budget.currency)
    drawn.add_trace(
        go.Scatter(
            name=f"Budget {format.plotly(text)}",
            x=days,
            y=[float(found.amount)] * 2,
            hovertemplate=f"Budget {format.plotly(text)}<extra></extra>",
            mode="lines",
            line=dict(color=theme.INK, width=1.5, dash="dash"),
        )
    )


def _finished(drawn: go.Figure, found: Standing) -> go.Figure:
    half = timedelta(hours=12)
    band = found.bands.get(bands.LEVEL)
    highest = max(found.amount, found.used, band.hi if band else found.used)
    drawn.update_xaxes(
        type="date",
        range=[axes.moment(found.period.start, -half), axes.moment(found.period.end - timedelta(1), half)],
        tickformat="%-d %b",
        hoverformat="%a %-d %b %Y",
        showgrid=False,
        fixedrange=True,
    )
    drawn.update_yaxes(
        tickprefix=format.symbol(found.budget.currency),
        tickformat=axes.amount_ticks(highest),
        rangemode="tozero",
        fixedrange=True,
        nticks=6,
    )
    drawn.update_layout(height=260, margin=dict(l=0, r=8, t=12, b=0), hovermode="closest", showlegend=False, **LOOKS)
    return drawn
