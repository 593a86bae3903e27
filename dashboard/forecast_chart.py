"""Forecast chart: days as billed, and the days ahead with the bands that they will lie in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go

from core.costs.budgets import Budget
from core.costs.forecasted import ForecastDay, PartForecast
from core.costs.past import PastCosts
from dashboard import axes, bands, format, theme
from dashboard.charts import LOOKS, Flag

SHOWN_DAYS = 60  #: before the first one that is forecast
_HUES = {95: theme.GROWING[0], 80: theme.GROWING[1]}


@dataclass(frozen=True)
class Ahead:
    """What is drawn."""

    past: PastCosts
    total: PartForecast
    today: date
    budget: Budget | None  #: of the same charges
    usual: PartForecast | None = None  #: what is expected without what is supposed
    flags: Sequence[Flag] = ()  #: odd days

    @property
    def currency(self) -> str:
        return self.past.currency


def figure(ahead: Ahead) -> go.Figure:
    """The chart."""
    billed = list(_billed(ahead))
    drawn = go.Figure()
    for level in sorted(ahead.total.days[0].bands, reverse=True):
        drawn.add_traces(_area(ahead, level, billed))
    if ahead.budget:
        drawn.add_trace(_budget(ahead, ahead.budget, billed))
    if ahead.usual:
        drawn.add_trace(_line(ahead, ahead.usual.days, billed, "Without it", theme.GREY))
    drawn.add_trace(_billed_line(ahead, billed))
    drawn.add_trace(_line(ahead, ahead.total.days, billed, "Expected", theme.BLUE))
    if marks := _odd(ahead, dict(billed)):
        drawn.add_trace(marks)
    _mark_today(drawn, ahead.today)
    return _finished(drawn, ahead, billed)


def _billed(ahead: Ahead) -> Iterator[tuple[date, Decimal | None]]:
    """Each day before the first that is forecast; None where a bill is missing."""
    costs, until = bands.billed_days(ahead.past), ahead.past.until
    first = min(each.first for each in ahead.past.bills.values())
    for ago in range(min(SHOWN_DAYS, (until - first).days), 0, -1):
        day = until - timedelta(ago)
        there = all(each.covers(day) for each in ahead.past.bills.values() if each.first <= day)
        yield day, costs.get(day, Decimal(0)) if there else None


def _joined(billed: Sequence[tuple[date, Decimal | None]], days: Sequence[ForecastDay], of: Any) -> dict[str, Any]:
    """From the last billed day on, so that nothing is torn at the border."""
    last = [(day, amount) for day, amount in billed[-1:] if amount is not None]
    points = [*last, *((each.day, of(each)) for each in days)]
    return {"x": [day for day, _ in points], "y": [float(amount) for _, amount in points]}


def _area(ahead: Ahead, level: int, billed: Sequence[tuple[date, Decimal | None]]) -> list[go.Scatter]:
    edge = dict(mode="lines", line=dict(width=0), hoverinfo="skip")
    lo = _joined(billed, ahead.total.days, lambda each: each.bands[level].lo)
    hi = _joined(billed, ahead.total.days, lambda each: each.bands[level].hi)
    name = f"{level} % band"
    return [
        go.Scatter(**lo, **edge, showlegend=False),
        go.Scatter(**hi, **edge, name=name, fill="tonexty", fillcolor=_HUES.get(level, theme.FAINT)),
    ]


def _billed_line(ahead: Ahead, billed: Sequence[tuple[date, Decimal | None]]) -> go.Scatter:
    amounts = [amount for _, amount in billed]
    return go.Scatter(
        name="Billed",
        x=[day for day, _ in billed],
        y=[None if amount is None else float(amount) for amount in amounts],
        customdata=["" if amount is None else format.cents(amount, ahead.currency) for amount in amounts],
        hovertemplate="<b>Billed %{customdata}</b><extra></extra>",
        mode="lines",
        line=dict(color=theme.BLUE, width=2),
    )


def _line(
    ahead: Ahead, days: Sequence[ForecastDay], billed: Sequence[tuple[date, Decimal | None]], name: str, hue: str
) -> go.Scatter:
    points = _joined(billed, days, lambda each: each.expected)
    texts = [_text(each, ahead.currency) for each in days]
    return go.Scatter(
        name=name,
        **points,
        customdata=["", *texts] if len(points["x"]) > len(days) else texts,
        hovertemplate=f"<b>{name} %{{customdata}}</b><extra></extra>",
        mode="lines",
        line=dict(color=hue, width=2, dash="dot"),
    )


def _text(day: ForecastDay, currency: str) -> str:
    ranges = "".join(f"<br>{level} %: {bands.of(band, currency)}" for level, band in day.bands.items())
    return f"{format.cents(day.expected, currency)}{ranges}"


def _budget(ahead: Ahead, budget: Budget, billed: Sequence[tuple[date, Decimal | None]]) -> go.Scatter:
    """What the budget has for each day, evenly."""
    days = [*(day for day, _ in billed), *(each.day for each in ahead.total.days)]
    periods = [budget.span.period_of(day) for day in days]
    amounts = [budget.amount_in(period) / period.days for period in periods]
    return go.Scatter(
        name=f"{format.plotly(format.shortened(budget.name))}, a day",
        x=days,
        y=[float(amount) for amount in amounts],
        customdata=[format.cents(amount, ahead.currency) for amount in amounts],
        hovertemplate="Budget %{customdata} a day<extra></extra>",
        mode="lines",
        line=dict(color=theme.INK, width=1, dash="dash", shape="hv"),
    )


def _odd(ahead: Ahead, billed: Mapping[date, Decimal | None]) -> go.Scatter | None:
    there = [(flag, amount) for flag in ahead.flags if (amount := billed.get(flag.day)) is not None]
    if not there:
        return None
    return go.Scatter(
        name="Odd days",
        x=[flag.day for flag, _ in there],
        y=[float(amount) for _, amount in there],
        customdata=[format.plotly(flag.name) for flag, _ in there],
        hovertemplate="<b>%{customdata}</b><extra></extra>",
        mode="markers",
        marker=dict(symbol="triangle-down", size=10, color=theme.INK),
    )


def _mark_today(drawn: go.Figure, today: date) -> None:
    drawn.add_vline(x=axes.moment(today, timedelta(0)), line=dict(color=theme.GREY, width=1, dash="dot"))
    drawn.add_annotation(
        x=str(today), y=1, yref="paper", xanchor="left", yanchor="bottom", showarrow=False, text="today"
    )


def _finished(drawn: go.Figure, ahead: Ahead, billed: Sequence[tuple[date, Decimal | None]]) -> go.Figure:
    last = ahead.total.days[-1]
    highest = max(
        [band.hi for each in ahead.total.days for band in each.bands.values()] + [amount or 0 for _, amount in billed]
    )
    first = billed[0][0] if billed else ahead.total.days[0].day
    drawn.update_xaxes(
        type="date",
        range=[axes.moment(first, -timedelta(hours=12)), axes.moment(last.day, timedelta(hours=12))],
        tickformat="%-d %b",
        hoverformat="%a %-d %b %Y",
        showgrid=False,
        fixedrange=True,
    )
    drawn.update_yaxes(
        tickprefix=format.symbol(ahead.currency),
        tickformat=axes.amount_ticks(Decimal(highest)),
        rangemode="tozero",
        fixedrange=True,
        nticks=6,
    )
    drawn.update_layout(height=330, margin=dict(l=0, r=0, t=24, b=0), hovermode="x unified", showlegend=False, **LOOKS)
    return drawn
