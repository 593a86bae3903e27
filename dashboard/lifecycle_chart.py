"""Lifecycle chart: what becomes of objects by their age, a bar for each rule."""

from collections.abc import Iterator, Sequence

import plotly.graph_objects as go

from core.lifecycle.standing import Stage, Standing
from dashboard import format, theme
from dashboard.charts import LOOKS

_WRITTEN, _REMOVED = "as written", "removed"
#: Beyond the last stage, as a share of its age.
_BEYOND = 1.25
_LEAST_DAYS = 90
_TICK_ROOM = 0.12  #: share of the axis


def timeline(rules: Sequence[Standing]) -> go.Figure:
    """From an object's first day on, the class that each rule has it in; the first rule on top."""
    rows = [row for each in rules for row in _rows(each)]
    names = [name for name, _ in rows]
    last = max([stage.from_day for _, stages in rows for stage in stages], default=0)
    days = max(int(last * _BEYOND), last + 30, _LEAST_DAYS)
    figure, shown = go.Figure(), set[str]()
    for row, (_, stages) in enumerate(rows):
        for start, end, words, hue in _spans(stages, days):
            figure.add_trace(_bar(names[row], row, start, end, words, hue, words not in shown))
            shown.add(words)
    ticks = _apart([stage.from_day for _, stages in rows for stage in stages], days)
    versions = ", or its version replaced" if any(each.version_stages for each in rules) else ""
    figure.update_layout(
        **LOOKS,
        barmode="overlay",
        bargap=0.45,
        height=64 + 36 * len(rows),
        margin=dict(l=8, r=8, t=4, b=44),
        showlegend=False,
        xaxis=dict(
            range=[0, days],
            tickvals=ticks,
            tickangle=0,
            title=f"days since an object was written{versions}",
            fixedrange=True,
        ),
        yaxis=dict(
            tickvals=list(range(len(names))),
            ticktext=[format.plotly(format.shortened(name.removeprefix("phyght-"), 22)) for name in names],
            range=[len(names) - 0.5, -0.5],
            fixedrange=True,
        ),
    )
    return figure


def _rows(each: Standing) -> Iterator[tuple[str, Sequence[Stage]]]:
    """A name and what becomes of objects, and of their noncurrent versions."""
    if each.stages:
        yield each.rule.id, each.stages
    if each.version_stages:
        yield f"{each.rule.id}, versions", each.version_stages


def in_words(rules: Sequence[Standing]) -> str:
    """The chart for those who hear it."""
    return "; ".join(f"{each.rule.id}: {each.words}" for each in rules)


def _apart(marks: Sequence[int], days: int) -> list[int]:
    """The days at which something happens, but for those that would stand in each other's way on a phone."""
    found = [0]
    for mark in sorted(set(marks)):
        if mark - found[-1] >= days * _TICK_ROOM:
            found.append(mark)
    return found


def _spans(stages: Sequence[Stage], days: int) -> list[tuple[int, int, str, str]]:
    """Start, end, words and colour of each span; what is removed has none behind it."""
    found, start, words, hue = [], 0, _WRITTEN, theme.GREY
    for stage in stages:
        if stage.from_day > start:
            found.append((start, stage.from_day, words, hue))
        start, words, hue = stage.from_day, stage.words, _hue(stage)
    return [*found, (start, days, words, hue)]


def _hue(stage: Stage) -> str:
    if stage.storage_class is None:
        return theme.FAINT
    name = str(stage.storage_class)
    return theme.colours([name])[name]


def _bar(name: str, row: int, start: int, end: int, words: str, hue: str, in_legend: bool) -> go.Bar:
    return go.Bar(
        orientation="h",
        y=[row],
        base=[start],
        x=[end - start],
        name=words,
        legendgroup=words,
        showlegend=in_legend,
        marker=dict(color=hue, line=dict(width=0), pattern=dict(shape="/" if words == _REMOVED else "")),
        hovertemplate=f"<b>{format.plotly(name)}</b><br>{format.plotly(words)} from day {start}<extra></extra>",
    )
