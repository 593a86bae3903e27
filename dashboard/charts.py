"""Charts: amounts over time, as stacked columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go

from core.costs.series import CostSeries, Grain
from dashboard import axes, format, theme

#: Labels with a colour of their own; the rest is drawn as "Other".
MOST_LABELS = 7
CONFIG = {"displayModeBar": False, "scrollZoom": False, "responsive": True}
_CLEAR = "rgba(0,0,0,0)"
LOOKS: dict[str, Any] = dict(font=dict(size=12), paper_bgcolor=_CLEAR, plot_bgcolor=_CLEAR, dragmode=False)
#: Share of the axis that "no data yet" needs.
_ROOM_FOR_WORDS = 0.2
#: Names of what happened that find room side by side on a phone; more are marked, and named when pointed at.
_MOST_NAMES = 4
#: Share of the axis, at its end, where half a name would not fit on a phone; at its start there is room.
_EDGE = 0.1
#: How far above its column a mark stands, as a share of the highest.
_ABOVE = 0.05


@dataclass(frozen=True)
class Part:
    """What is drawn in one colour."""

    label: str
    amounts: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.amounts, Decimal(0))


@dataclass(frozen=True)
class Flag:
    """Something that happened, to be marked in a chart."""

    day: date
    name: str


def main_parts(costs: Mapping[str, Sequence[Decimal]]) -> list[Part]:
    """The seven largest labels, credits included, and all the others added up."""
    parts = [Part(label, tuple(amounts)) for label, amounts in costs.items()]
    parts.sort(key=lambda part: abs(part.total), reverse=True)
    main, rest = parts[:MOST_LABELS], parts[MOST_LABELS:]
    main.sort(key=lambda part: part.total, reverse=True)
    if not rest:
        return main
    steps = zip(*(part.amounts for part in rest), strict=True)
    return [*main, Part(theme.OTHER, tuple(sum(step, Decimal(0)) for step in steps))]


def totals(series: CostSeries) -> list[Decimal]:
    """What each step came to."""
    return [sum(step, Decimal(0)) for step in zip(*series.costs.values(), strict=True)]


def still_filling(series: CostSeries) -> list[date]:
    """Starts of the steps that bills will still add to: those that the period cuts are only shown in part."""
    whole = (start for start in series.incomplete if start >= series.period.start)
    return sorted(start for start in whole if series.grain.after(start) <= series.period.end)


def columns(
    series: CostSeries,
    before: CostSeries | None = None,
    before_name: str = "Period before",
    flags: Sequence[Flag] = (),
    height: int = 310,
) -> go.Figure:
    """Amounts of each step, stacked, with the totals of another period as a fainter line.

    Steps that are not over, or still filling, are hatched; where the period goes on beyond the
    data, the end of the data is marked. What happened stands above the day or week that it fell into.
    """
    parts = main_parts(series.costs)
    hues = theme.colours(part.label for part in parts)
    happened = _happened(series, flags)
    sums = [
        _sum_text(start, total, series, happened.get(start, ""))
        for start, total in zip(series.starts, totals(series), strict=True)
    ]
    figure = go.Figure([_column(part, series, hues[part.label], sums) for part in parts])
    if before:
        figure.add_trace(_line(series, totals(before), before_name))
    _add_flags(figure, series, happened)
    _mark_end_of_data(figure, series)
    return _finished(figure, series, height)


def _column(part: Part, series: CostSeries, hue: str, sums: Sequence[str]) -> go.Bar:
    unfinished = [start in series.incomplete for start in series.starts]
    amounts = [format.cents(amount, series.currency) for amount in part.amounts]
    return go.Bar(
        name=format.plotly(format.label(part.label)),
        x=list(series.starts),
        y=[float(amount) for amount in part.amounts],
        customdata=[[part.label, amount, total] for amount, total in zip(amounts, sums, strict=True)],
        hovertemplate="<b>%{fullData.name} %{customdata[1]}</b><br>%{x}<br>%{customdata[2]}<extra></extra>",
        marker=dict(
            color=hue,
            opacity=[0.45 if open_ else 1 for open_ in unfinished],
            pattern=dict(shape=["/" if open_ else "" for open_ in unfinished], fgopacity=0.9, size=6),
            line=dict(width=0),
        ),
    )


def _sum_text(start: date, total: Decimal, series: CostSeries, happened: str) -> str:
    part = ", in part" if start in series.incomplete else ""
    return f"{format.cents(total, series.currency)} in all{part}{'<br>' if happened else ''}{happened}"


def _line(series: CostSeries, amounts: Sequence[Decimal], name: str) -> go.Scatter:
    steps = axes.steps(series)[: len(amounts)]
    amounts = amounts[: len(steps)]
    return go.Scatter(
        name=name,
        x=steps,
        y=[float(amount) for amount in amounts],
        customdata=[["", format.cents(amount, series.currency)] for amount in amounts],
        hovertemplate="<b>%{fullData.name} %{customdata[1]}</b><extra></extra>",
        mode="lines+markers" if len(steps) < 8 else "lines",
        line=dict(color=theme.FAINT, width=2, shape="hvh"),
    )


def shown_flags(series: CostSeries, flags: Sequence[Flag]) -> list[Flag]:
    """What happened in steps that have data; of a week that the period cuts, only on the days shown."""
    days = series.period
    return [
        flag for flag in flags if days.start <= flag.day < days.end and series.grain.start_of(flag.day) in series.starts
    ]


def _happened(series: CostSeries, flags: Sequence[Flag]) -> dict[date, str]:
    """The names of what happened, by the step that it fell into."""
    names: dict[date, list[str]] = {}
    for flag in shown_flags(series, flags):
        names.setdefault(series.grain.start_of(flag.day), []).append(format.plotly(flag.name))
    return {start: "<br>".join(here) for start, here in names.items()}


def _add_flags(figure: go.Figure, series: CostSeries, happened: Mapping[date, str]) -> None:
    """Names above the columns of their steps; marks, where there are too many for names."""
    heights = dict(zip(series.starts, map(float, totals(series)), strict=True))
    if len(happened) > _MOST_NAMES:
        figure.add_trace(_marks(happened, heights))
        return
    for start, names in happened.items():
        figure.add_annotation(
            x=str(start),
            y=heights[start],
            xanchor=_anchor(start, axes.steps(series)),
            yanchor="bottom",
            showarrow=False,
            text=names,
        )


def _anchor(start: date, steps: Sequence[date]) -> str:
    """What of a name stands over its column: its end near the right edge, and over the first column its beginning,
    which keeps it inside the chart, and off the amounts beside it.
    """
    if start == steps[0]:
        return "left"
    place = (start - steps[0]) / max(steps[-1] - steps[0], timedelta(1))
    return "right" if place > 1 - _EDGE else "center"


def _marks(happened: Mapping[date, str], heights: Mapping[date, float]) -> go.Scatter:
    above = _ABOVE * max(heights.values())
    return go.Scatter(
        name="Events",
        x=list(happened),
        y=[heights[start] + above for start in happened],
        customdata=[["", names] for names in happened.values()],
        hovertemplate="<b>%{customdata[1]}</b><br>%{x}<extra></extra>",
        mode="markers",
        marker=dict(symbol="triangle-down", size=9, color=theme.INK),
    )


def _mark_end_of_data(figure: go.Figure, series: CostSeries) -> None:
    steps = axes.steps(series)
    missing = [step for step in steps if not series.starts or step > series.starts[-1]]
    if not missing or series.grain is not Grain.DAY:
        return
    figure.add_vline(x=axes.moment(missing[0], -timedelta(hours=12)), line=dict(color=theme.GREY, width=1, dash="dot"))
    if len(missing) > _ROOM_FOR_WORDS * len(steps):
        figure.add_annotation(
            x=str(missing[0]), y=1, yref="paper", xanchor="left", yanchor="top", showarrow=False, text="no data yet"
        )


def _finished(figure: go.Figure, series: CostSeries, height: int) -> go.Figure:
    figure.update_xaxes(**axes.time_axis(series))
    figure.update_yaxes(
        tickprefix=format.symbol(series.currency),
        tickformat=axes.amount_ticks(max(map(abs, totals(series)), default=Decimal(0))),
        rangemode="tozero",
        fixedrange=True,
        nticks=6,
    )
    figure.update_layout(
        barmode="relative",
        bargap=0.22,
        height=height,
        margin=dict(l=0, r=0, t=24, b=0),
        hovermode="closest",  # with "x unified" a column could not be chosen
        showlegend=False,  # dashboard/legend.py draws it: this one puts long names below each other, and scrolls
        **LOOKS,
    )
    return figure


def chosen_label(state: Mapping[str, Any]) -> str | None:
    """The label of the part that was chosen in a chart of columns; None where it was something else."""
    points = state["selection"]["points"]
    data = points[0].get("customdata") if points else None
    return (data[0] or None) if data else None
