"""Bars: amounts of one moment beside each other, and the steps from one total to another."""

from collections.abc import Sequence
from decimal import Decimal

import plotly.graph_objects as go

from dashboard import format, theme
from dashboard.charts import LOOKS


def bars(
    names: Sequence[str], amounts: Sequence[Decimal], texts: Sequence[str], hues: Sequence[str], room: float = 0.38
) -> go.Figure:
    """Horizontal bars, the first on top, each with its amount beside it; room for that: a share of the longest."""
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=list(range(len(names))),
            x=[float(amount) for amount in amounts],
            text=list(texts),
            textposition="outside",
            cliponaxis=False,
            marker=dict(color=list(hues), line=dict(width=0)),
            customdata=[format.plotly(name) for name in names],
            hovertemplate="<b>%{customdata}</b><br>%{text}<extra></extra>",
        )
    )
    figure.update_layout(bargap=0.42, height=18 + 34 * len(names))
    return _finished(figure, names, [Decimal(0), *amounts], room)


def waterfall(
    before: str, was: Decimal, changes: Sequence[tuple[str, Decimal]], after: str, now: Decimal, currency: str
) -> go.Figure:
    """From one total to another, each change in its place; the first on top."""
    names = [before, *(format.label(label) for label, _ in changes), after]
    amounts = [was, *(amount for _, amount in changes), now]
    texts = [format.money(was, currency), *(format.signed_money(amount, currency) for _, amount in changes)]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=list(range(len(names))),
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
    figure.update_layout(height=18 + 38 * len(names), waterfallgap=0.35)
    return _finished(figure, names, _levels(amounts), room=0.45)


def _levels(amounts: Sequence[Decimal]) -> list[Decimal]:
    """How far the waterfall goes at each step."""
    levels = [Decimal(0), amounts[0]]
    for amount in amounts[1:-1]:
        levels.append(levels[-1] + amount)
    return levels


def _finished(figure: go.Figure, names: Sequence[str], levels: Sequence[Decimal], room: float) -> go.Figure:
    """The rows' names, and an axis with room for the texts."""
    figure.update_yaxes(
        autorange="reversed",
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=["<br>".join(map(format.plotly, format.two_lines(name, 24))) for name in names],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        automargin=True,
        ticklabeloverflow="allow",  # else each name is measured once more: there is room for all
        ticklabelstandoff=6,
    )
    low, high = float(min(levels)), float(max(levels))
    space = room * (high - low or 1)
    figure.update_xaxes(visible=False, fixedrange=True, range=[low - (space if low < 0 else 0), high + space])
    figure.update_layout(margin=dict(l=0, r=0, t=4, b=4), **LOOKS)
    return figure
