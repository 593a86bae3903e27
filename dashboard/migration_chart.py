"""Migration chart: how fast bytes have arrived in the last hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import plotly.graph_objects as go

from core.migration.meter import SPAN_S
from core.migration.progress import Speed
from dashboard import format, theme
from dashboard.charts import LOOKS

#: What lasts no longer is told to the second.
_SHORT = timedelta(minutes=6)
_UNITS = ((2**30, "GiB/s"), (2**20, "MiB/s"), (2**10, "KiB/s"), (1, "bytes/s"))


def whole_spans(course: Sequence[Speed], now: datetime) -> tuple[Speed, ...]:
    """Without the span that is not over, which would read as a fall; so the chart changes when one is over only."""
    return tuple(each for each in course if each.at + timedelta(seconds=SPAN_S) <= now)


def speeds(course: Sequence[Speed], height: int = 190) -> go.Figure:
    """A line from span to span, in the unit that the fastest one needs."""
    most = max(each.bytes_per_s for each in course)
    size, unit = next((each for each in _UNITS if most >= each[0]), _UNITS[-1])
    steps = [*course, Speed(course[-1].at + timedelta(seconds=SPAN_S), course[-1].bytes_per_s)]  # where the last ends
    figure = go.Figure(
        go.Scatter(
            x=[each.at for each in steps],
            y=[each.bytes_per_s / size for each in steps],
            customdata=[format.size(each.bytes_per_s) for each in steps],
            hovertemplate="<b>%{customdata}/s</b><br>from %{x|%H:%M:%S} UTC<extra></extra>",
            mode="lines",
            line=dict(color=theme.BLUE, width=2, shape="hv"),
            fill="tozeroy",
        )
    )
    times = "%H:%M" if steps[-1].at - steps[0].at > _SHORT else "%H:%M:%S"
    figure.update_xaxes(type="date", tickformat=times, showgrid=False, fixedrange=True, nticks=6)
    figure.update_yaxes(rangemode="tozero", fixedrange=True, nticks=4, ticksuffix=f" {unit}")
    figure.update_layout(height=height, margin=dict(l=0, r=0, t=8, b=0), hovermode="x", showlegend=False, **LOOKS)
    return figure


def in_words(course: Sequence[Speed]) -> str:
    """The chart for those who do not see it."""
    most, last = max(each.bytes_per_s for each in course), course[-1].bytes_per_s
    return f"Speed of the last hour: {format.size(last)} a second last, {format.size(most)} a second at most"
