"""Legend: what the colours of a chart mean, below it, in as little room as the names need; and in words."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard import format, theme


def draw(figure: go.Figure) -> None:
    """The names of a chart's colours, in one row where they fit; of traces that are to have one."""
    traces: Any = figure.data
    shown = [trace for trace in traces if trace.showlegend is not False]
    names = "".join(f'<li><i class="{_mark(trace)}"></i>{trace.name}</li>' for trace in shown)
    st.html(f'<ul class="legend">{names}</ul>')  # the names are escaped, for Plotly


def _mark(trace: Any) -> str:
    """The classes of the mark before a name: its shape, and its colour by its place in the theme."""
    if trace.type == "bar":
        hatched = " hatched" if trace.marker.pattern.shape == "/" else ""  # not of some of its columns alone
        return f"column{hatched} hue-{theme.place(trace.marker.color)}"
    if trace.fillcolor:
        return f"column growing-{theme.GROWING.index(trace.fillcolor) + 1}"
    if "lines" in trace.mode:
        dash = f" {trace.line.dash}" if trace.line.dash else ""
        return f"line{dash} hue-{theme.place(trace.line.color)}"
    return f"mark hue-{theme.place(trace.marker.color)}"


def in_words(entries: Sequence[tuple[str, Decimal]], currency: str) -> str:
    """The figures of a chart in words, for those who do not see it."""
    return "; ".join(f"{label} {format.cents(amount, currency)}" for label, amount in entries)
