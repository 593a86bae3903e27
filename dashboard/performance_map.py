"""Performance map: where viewers are, by country, and which edges answer them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.performance.delivery import By, Line
from core.telemetry.edges import Edge
from dashboard import countries, format, theme
from dashboard.charts import CONFIG, LOOKS

#: Outlines of the world from this host: Plotly would fetch them from another.
MAP_CONFIG = CONFIG | {"topojsonURL": "/app/static/topojson/"}
#: Colours of countries, each for as many of them: one large country would leave a plain scale with one colour.
_CLASSES = 5
_LAND, _BORDER = "rgba(128,134,148,0.16)", "rgba(128,134,148,0.35)"
_WORLD = dict(
    projection=dict(type="natural earth"),
    lataxis=dict(range=[-56, 78]),
    showframe=False,
    showcoastlines=False,
    showland=True,
    landcolor=_LAND,
    showcountries=True,
    countrycolor=_BORDER,
    countrywidth=0.5,
    showlakes=False,
    bgcolor="rgba(0,0,0,0)",
)
#: How near to a dot the pointer has to be: farther off it is the country's.
_REACH = 3
_LEAST_DOT, _MOST_DOT, _WORST_MORE = 6, 17, 4


@dataclass(frozen=True)
class Class:
    """Countries of one colour."""

    least: int  #: requests
    most: int


def classes(lines: Sequence[Line]) -> list[Class]:
    """Quantiles: countries in the order of their requests, cut into parts of the same length; the least first."""
    counts = sorted(line.requests for line in lines if countries.country(line.label))
    number = min(_CLASSES, len(set(counts)))
    found: list[Class] = []
    for at in range(number):
        part = counts[len(counts) * at // number : len(counts) * (at + 1) // number]
        if found and part[0] <= found[-1].most:
            part = [count for count in part if count > found[-1].most]
        if part:
            found.append(Class(part[0], part[-1]))
    return found


def figure(
    lines: Sequence[Line], edges: Sequence[Line], located: Mapping[str, Edge], worst: Sequence[str]
) -> go.Figure:
    """Countries by their requests, and edges as dots as large as theirs; the worst of them in another colour."""
    layout = dict(
        geo=_WORLD, height=228, hoverdistance=_REACH, margin=dict(l=0, r=0, t=0, b=0), showlegend=False, **LOOKS
    )
    return go.Figure([_countries(lines), *_edges(edges, located, worst)], layout)


def _countries(lines: Sequence[Line]) -> go.Choropleth:
    known = [(found, line) for line in lines if (found := countries.country(line.label))]
    cut = classes(lines)
    return go.Choropleth(
        locations=[found.alpha_3 for found, _ in known],
        z=[next(at for at, each in enumerate(cut) if line.requests <= each.most) for _, line in known],
        zmin=-0.5,
        zmax=max(len(cut), 1) - 0.5,
        colorscale=_scale(len(cut)),
        showscale=False,
        marker=dict(line=dict(color=_BORDER, width=0.5)),
        customdata=[[found.alpha_2, _words(found.name, line), By.COUNTRY] for found, line in known],
        hovertemplate="%{customdata[1]}<extra></extra>",
    )


def _words(name: str, line: Line) -> str:
    hits = format.rate(line.hit_ratio)
    wait = f"<br>first byte {format.milliseconds(line.ttfb_ms.p95)} at 95 in 100" if line.ttfb_ms else ""
    return f"<b>{format.plotly(name)}</b><br>{line.requests:,} requests, {hits} from the cache{wait}"


def _scale(number: int) -> list[list[Any]]:
    """Steps instead of a gradient, of the theme's colours for what grows."""
    hues = [theme.GROWING[at] for at in range(_CLASSES - max(number, 1), _CLASSES)]
    return [[(at + side) / len(hues), hue] for at, hue in enumerate(hues) for side in (0, 1)]


def _edges(lines: Sequence[Line], located: Mapping[str, Edge], worst: Sequence[str]) -> list[go.Scattergeo]:
    placed = [line for line in lines if line.label in located and located[line.label].latitude is not None]
    placed.sort(key=lambda line: line.label in worst)  # on top of others that are near
    if not placed:
        return []
    largest = sqrt(max(line.requests for line in placed) or 1)
    return [
        go.Scattergeo(
            lat=[located[line.label].latitude for line in placed],
            lon=[located[line.label].longitude for line in placed],
            mode="markers",
            marker=dict(
                size=[_dot(line, largest) + (_WORST_MORE if line.label in worst else 0) for line in placed],
                color=[theme.ORANGE if line.label in worst else theme.INK for line in placed],
                opacity=0.85,
                line=dict(color="#ffffff", width=1),
            ),
            customdata=[[line.label, _words(f"Edge {line.label}", line), By.EDGE] for line in placed],
            hovertemplate="%{customdata[1]}<extra></extra>",
        )
    ]


def _dot(line: Line, largest: float) -> float:
    return _LEAST_DOT + (_MOST_DOT - _LEAST_DOT) * sqrt(line.requests) / largest


def draw_legend(lines: Sequence[Line], has_edges: bool, has_worst: bool) -> None:
    """What the colours and the dots stand for."""
    cut = classes(lines)
    first = _CLASSES - len(cut)
    names = [(f"column growing-{first + at + 1}", _span(each)) for at, each in enumerate(cut)]
    if has_edges:
        names.append((f"dot hue-{theme.place(theme.INK)}", "edges, by requests"))
    if has_worst:
        names.append((f"dot hue-{theme.place(theme.ORANGE)}", "worst edges"))
    st.html(f'<ul class="legend">{"".join(f"<li><i class={mark!r}></i>{name}</li>" for mark, name in names)}</ul>')


def _span(each: Class) -> str:
    least, most = format.compact(each.least), format.compact(each.most)
    return least if least == most else f"{least} to {most}"


def chosen(state: Mapping[str, Any]) -> tuple[By, str] | None:
    """The country, by its two letters, or the edge that was chosen on the map."""
    points = state["selection"]["points"]
    data = points[0].get("customdata") if points else None
    return (By(data[2]), data[0]) if data else None
