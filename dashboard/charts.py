"""Charts: the answers of core as Plotly figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go

from core.costs.series import CostSeries, Grain
from core.costs.period import add_months
from dashboard import format, theme

#: Labels with a colour of their own; the rest is drawn as "Other".
MOST_LABELS = 7
CONFIG = {"displayModeBar": False, "scrollZoom": False, "responsive": True}
#: Share of the axis that "no data yet" needs.
_ROOM_FOR_WORDS = 0.2
_CLEAR = "rgba(0,0,0,0)"
_LOOKS = dict(font=dict(size=12), paper_bgcolor=_CLEAR, plot_bgcolor=_CLEAR)


@dataclass(frozen=True)
class Part:
    """What is drawn in one colour."""

    label: str
    amounts: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.amounts, Decimal(0))


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


def columns(
    series: CostSeries, before: Sequence[Decimal] = (), height: int = 340, before_name: str = "Period before"
) -> go.Figure:
    """Amounts of each step, stacked, with the totals of the period before as a fainter line.

    Steps that are not over, or still filling, are hatched; where the period goes on beyond the
    data, the end of the data is marked.
    """
    parts = main_parts(series.costs)
    hues = theme.colours(part.label for part in parts)
    figure = go.Figure([_column(part, series, hues[part.label]) for part in parts])
    figure.add_trace(_totals(series))
    if before:
        figure.add_trace(_line_before(series, before, before_name))
    _mark_end_of_data(figure, series)
    figure.update_xaxes(**_time_axis(series))
    return _finished(figure, height, series.currency)


def _column(part: Part, series: CostSeries, hue: str) -> go.Bar:
    unfinished = [start in series.incomplete for start in series.starts]
    return go.Bar(
        name=format.plotly(format.label(part.label)),
        x=series.starts,
        y=[float(amount) for amount in part.amounts],
        customdata=[[part.label, format.cents(amount, series.currency)] for amount in part.amounts],
        hovertemplate="%{customdata[1]}",
        marker=dict(
            color=hue,
            opacity=[0.45 if open_ else 1 for open_ in unfinished],
            pattern=dict(shape=["/" if open_ else "" for open_ in unfinished], fgopacity=0.9, size=6),
            line=dict(width=0),
        ),
    )


def _totals(series: CostSeries) -> go.Scatter:
    """Nothing to see: the total, for the tooltip."""
    amounts = totals(series)
    return go.Scatter(
        name="<b>Total</b>",
        x=series.starts,
        y=[float(total) for total in amounts],
        customdata=[["", _total_text(start, total, series)] for start, total in zip(series.starts, amounts, strict=True)],
        hovertemplate="<b>%{customdata[1]}</b>",
        mode="lines",
        line=dict(width=0, color=theme.INK),
        showlegend=False,
    )


def _total_text(start: date, total: Decimal, series: CostSeries) -> str:
    filling = ", still filling" if start in series.incomplete else ""
    return f"{format.cents(total, series.currency)}{filling}"


def _line_before(series: CostSeries, before: Sequence[Decimal], name: str) -> go.Scatter:
    steps = _steps(series)[: len(before)]
    return go.Scatter(
        name=name,
        x=steps,
        y=[float(amount) for amount in before[: len(steps)]],
        customdata=[["", format.cents(amount, series.currency)] for amount in before[: len(steps)]],
        hovertemplate="%{customdata[1]}",
        mode="lines+markers" if len(steps) < 8 else "lines",
        line=dict(color=theme.FAINT, width=2, shape="hvh"),
    )


def _steps(series: CostSeries) -> list[date]:
    """The first day of each step of the whole period, those without data too."""
    step = series.starts[0] if series.starts else series.period.start
    steps = []
    while step < series.period.end:
        steps.append(step)
        step = _next_step(step, series.grain)
    return steps


def _next_step(step: date, grain: Grain) -> date:
    if grain is Grain.MONTH:
        return add_months(step.replace(day=1), 1)
    return step + timedelta(7 if grain is Grain.WEEK else 1)


def _mark_end_of_data(figure: go.Figure, series: CostSeries) -> None:
    missing = [step for step in _steps(series) if not series.starts or step > series.starts[-1]]
    if not missing or series.grain is not Grain.DAY:
        return
    edge = missing[0] - timedelta(hours=12)
    figure.add_vline(x=str(edge), line=dict(color=theme.GREY, width=1, dash="dot"))
    if len(missing) > _ROOM_FOR_WORDS * len(_steps(series)):
        figure.add_annotation(
            x=str(missing[0]), y=1, yref="paper", xanchor="left", yanchor="top", showarrow=False, text="no data yet"
        )


def _time_axis(series: CostSeries) -> dict[str, object]:
    steps = _steps(series)
    half = timedelta(hours=12) if series.grain is Grain.DAY else (_next_step(steps[0], series.grain) - steps[0]) / 2
    axis: dict[str, object] = dict(
        type="date",
        range=[_moment(steps[0], -half), _moment(steps[-1], half)],
        tickformat="%b %Y" if series.grain is Grain.MONTH else "%-d %b",
        hoverformat={Grain.DAY: "%a %-d %b %Y", Grain.WEEK: "Week from %-d %b %Y", Grain.MONTH: "%B %Y"}[series.grain],
        showgrid=False,
        fixedrange=True,
    )
    if len(steps) <= 8:
        axis |= dict(tickmode="array", tickvals=[str(step) for step in steps])
    return axis


def _moment(day: date, shift: timedelta) -> str:
    return (datetime.combine(day, time()) + shift).isoformat()


def bars(names: Sequence[str], amounts: Sequence[Decimal], texts: Sequence[str], hues: Sequence[str]) -> go.Figure:
    """Horizontal bars, the first on top, each with its amount beside it."""
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=list(range(len(names))),
            x=[float(amount) for amount in amounts],
            text=list(texts),
                textposition="outside",
            cliponaxis=False,
            marker=dict(color=list(hues), line=dict(width=0)),
            hovertemplate="%{text}<extra></extra>",
        )
    )
    _name_rows(figure, names)
    top = max((float(amount) for amount in amounts), default=1.0) or 1.0
    low = min([0.0, *(float(amount) for amount in amounts)])
    figure.update_xaxes(visible=False, range=[low * 1.5, top * 1.5], fixedrange=True)
    figure.update_layout(bargap=0.42, height=18 + 34 * len(names), margin=dict(l=0, r=0, t=4, b=4), **_LOOKS)
    return figure


def _name_rows(figure: go.Figure, names: Sequence[str]) -> None:
    figure.update_yaxes(
        autorange="reversed",
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=[format.plotly(format.shortened(name, 26)) for name in names],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        automargin=True,
        ticklabelstandoff=6,
    )


def waterfall(
    before: str, was: Decimal, changes: Sequence[tuple[str, Decimal]], after: str, now: Decimal, currency: str
) -> go.Figure:
    """From one total to another, each change in its place; the first on top."""
    labels = [before, *(format.label(label) for label, _ in changes), after]
    amounts = [was, *(amount for _, amount in changes), now]
    texts = [format.money(was, currency), *(format.signed_money(amount, currency) for _, amount in changes)]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=list(range(len(labels))),
            x=[float(amount) for amount in amounts],
            measure=["absolute", *("relative" for _ in changes), "total"],
            text=[*texts, format.money(now, currency)],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{text}<extra></extra>",
            connector=dict(line=dict(color=theme.FAINT, width=1)),
            increasing=dict(marker=dict(color=theme.RISE)),
            decreasing=dict(marker=dict(color=theme.FALL)),
            totals=dict(marker=dict(color=theme.GREY)),
        )
    )
    _name_rows(figure, labels)
    figure.update_xaxes(visible=False, fixedrange=True, range=_reach(amounts))
    figure.update_layout(height=18 + 38 * len(labels), waterfallgap=0.35, margin=dict(l=0, r=0, t=4, b=4), **_LOOKS)
    return figure


def _reach(amounts: Sequence[Decimal]) -> list[float]:
    """The axis of a waterfall, with room for the texts."""
    levels = [Decimal(0), amounts[0]]
    for amount in amounts[1:-1]:
        levels.append(levels[-1] + amount)
    low, high = float(min(levels)), float(max(levels))
    room = 0.22 * (high - low or 1)
    return [low - (room if low < 0 else 0), high + room]


def chosen_label(state: Mapping[str, Any]) -> str | None:
    """The label of the part that was chosen in a chart of columns; None where it was something else."""
    points = state["selection"]["points"]
    data = points[0].get("customdata") if points else None
    return (data[0] or None) if data else None


def _finished(figure: go.Figure, height: int, currency: str) -> go.Figure:
    figure.update_yaxes(
        tickprefix="$" if currency == "USD" else "",
        tickformat="~s" if currency else "",
        rangemode="tozero",
        fixedrange=True,
        nticks=6,
        zeroline=True,
    )
    figure.update_layout(
        barmode="relative",
        bargap=0.22,
        height=height,
        **_LOOKS,
        margin=dict(l=0, r=0, t=8, b=0),
        hovermode="x unified",
        dragmode=False,
        legend=dict(orientation="h", y=-0.14, yanchor="top", x=0, xanchor="left", traceorder="normal", title=None),
    )
    return figure
