"""Performance panels: several measures over the same steps of time, one below the other in one chart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import plotly.graph_objects as go

from core.costs.period import Period
from core.performance.coverage import last_day
from dashboard import scales, theme
from dashboard.charts import LOOKS
from dashboard.scales import Unit

_HEIGHT, _GAP = 104, 46
Step = date | datetime


@dataclass(frozen=True)
class Curve:
    """One measure, drawn as a line, or as columns from zero."""

    name: str
    values: Sequence[float | None]  #: one for each step; None where nothing is known
    texts: Sequence[str]  #: the same as a person reads them
    hue: str
    columns: bool = False


@dataclass(frozen=True)
class Panel:
    """What is seen on one scale."""

    title: str  #: measure and unit
    curves: Sequence[Curve]
    unit: Unit
    target: float | None = None  #: drawn as a line
    target_name: str = ""
    from_zero: bool = True

    @property
    def span(self) -> tuple[float, float]:
        """From where to where its scale goes; the target is seen too, where something is known."""
        known = [value for curve in self.curves for value in curve.values if value is not None]
        return scales.span([*known, self.target] if known and self.target is not None else known, self.from_zero)


@dataclass(frozen=True)
class Steps:
    """The hours or days of a period, and those that are not over."""

    starts: tuple[Step, ...]
    unfinished: frozenset[Step] = field(default_factory=frozenset)

    @property
    def are_hours(self) -> bool:
        return bool(self.starts) and isinstance(self.starts[0], datetime)


def days_of(period: Period, until: datetime | None) -> Steps:
    """Every day of a period that has begun by then; the last one may not be over."""
    days = [period.start + timedelta(n) for n in range(period.days)]
    begun = tuple(day for day in days if until is None or day <= last_day(until))
    unfinished = until.date() if until and until.time() != datetime.min.time() else None
    return Steps(begun, frozenset({unfinished} & set(begun)) if unfinished else frozenset())


def hours_of(period: Period, until: datetime | None) -> Steps:
    """Every hour of a period that is over by then."""
    start = datetime.combine(period.start, datetime.min.time())
    end = until.replace(tzinfo=None) if until else None
    hours = (start + timedelta(hours=n) for n in range(period.days * 24))
    return Steps(tuple(hour for hour in hours if end is None or hour < end))


def figure(steps: Steps, panels: Sequence[Panel]) -> go.Figure:
    """The panels, the first on top, with one axis of time below all of them."""
    height = len(panels) * (_HEIGHT + _GAP) + 24
    axes: dict[str, Any] = {"xaxis": _time_axis(steps, len(panels))}
    words: list[dict[str, Any]] = []
    for at, panel in enumerate(panels):
        top = 1 - at / len(panels)
        bottom = top - _HEIGHT / (_HEIGHT + _GAP) / len(panels)
        lowered = _GAP / (_HEIGHT + _GAP) / len(panels)
        axes[f"yaxis{at + 1 if at else ''}"] = _scale(panel, (bottom - lowered, top - lowered))
        words += _words_above(panel, top - lowered)
    traces = [_trace(curve, steps, at) for at, panel in enumerate(panels) for curve in panel.curves]
    # a plain layout: Plotly looks at all of it again with each call that changes it
    layout = dict(
        **axes,
        annotations=words,
        shapes=[line for at, panel in enumerate(panels) for line in _target_line(panel, at)],
        height=height,
        margin=dict(l=0, r=8, t=0, b=24),
        hovermode="x unified",
        showlegend=False,
        bargap=0.22,
        barmode="stack",
        **LOOKS,
    )
    return go.Figure(traces, layout)


def _trace(curve: Curve, steps: Steps, at: int) -> go.Bar | go.Scatter:
    shared = dict(
        name=curve.name,
        x=list(steps.starts),
        y=list(curve.values),
        customdata=list(curve.texts),
        hovertemplate="%{customdata}",
        yaxis=_axis(at),
    )
    if curve.columns:
        faint = [0.45 if step in steps.unfinished else 1 for step in steps.starts]
        return go.Bar(**shared, marker=dict(color=curve.hue, opacity=faint, line=dict(width=0)))
    alone = sum(value is not None for value in curve.values) < 8
    mode = "lines+markers" if alone else "lines"
    return go.Scatter(**shared, mode=mode, line=dict(color=curve.hue, width=2), connectgaps=False)


def _scale(panel: Panel, domain: tuple[float, float]) -> dict[str, Any]:
    low, high = panel.span
    at = scales.marks(low, high, panel.unit)
    return dict(
        domain=[max(domain[0], 0), domain[1]],
        range=[low, high],
        tickmode="array",
        tickvals=at,
        ticktext=scales.texts(at, panel.unit),
        fixedrange=True,
        zeroline=False,
        automargin=True,
        ticklabeloverflow="allow",  # else each mark is measured once more: there is room for all
    )


def _words_above(panel: Panel, top: float) -> Iterator[dict[str, Any]]:
    """Its title, and at the other end of that line, where no curve runs through it, what is wanted."""
    above = dict(y=top, xref="paper", yref="paper", yanchor="bottom", yshift=6, showarrow=False)
    yield dict(text=panel.title, x=0, xanchor="left", font=dict(size=12), **above)
    if panel.target is not None:
        yield dict(text=panel.target_name, x=1, xanchor="right", font=dict(size=11), **above)


def _target_line(panel: Panel, at: int) -> Iterator[dict[str, Any]]:
    if panel.target is not None:
        yield dict(
            type="line", x0=0, x1=1, xref="paper", y0=panel.target, y1=panel.target, yref=_axis(at),
            line=dict(color=theme.INK, width=1, dash="dot"),
        )  # fmt: skip


def _axis(at: int) -> str:
    return f"y{at + 1 if at else ''}"


def _time_axis(steps: Steps, panels: int) -> dict[str, Any]:
    half = timedelta(minutes=30) if steps.are_hours else timedelta(hours=12)
    span: dict[str, Any] = {}
    if steps.starts:
        first, last = (datetime.combine(step, datetime.min.time()) if not isinstance(step, datetime) else step
                       for step in (steps.starts[0], steps.starts[-1]))  # fmt: skip
        span["range"] = [(first - half).isoformat(), (last + half).isoformat()]
    return dict(
        type="date",
        tickformat="%-d %b<br>%H:%M" if steps.are_hours else "%-d %b",
        hoverformat="%a %-d %b %Y, %H:%M" if steps.are_hours else "%a %-d %b %Y",
        nticks=7,
        showgrid=False,
        fixedrange=True,
        anchor=f"y{panels if panels > 1 else ''}",
        **span,
    )
