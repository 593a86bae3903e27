"""Performance tables: each value of a breakdown, and the worst edges."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.access.roles import Permission
from core.performance.delivery import By, Line
from core.performance.worst import LEAST_SHARE, BadEdge, Compared
from core.units import GIB
from dashboard import format, narrow_table, text_table, widgets
from dashboard import performance_controls as controls
from dashboard.narrow_table import Cell
from dashboard.numbers import Number
from dashboard.performance_answers import Delivered
from dashboard.performance_controls import NAMES, Titles
from dashboard.performance_view import FILTERS

_MOST_LINES, _MOST_NARROW, _MOST_EDGES = 100, 20, 5


def draw_breakdown(answer: Delivered, titles: Titles) -> None:
    """Every value of the dimension; a chosen one becomes a filter."""
    view, by = answer.view, answer.view.by
    hint = "Choose a line to see only its requests. " if by in FILTERS[view.section] else ""
    with widgets.card("lines", f"By {NAMES[by].lower()}", f"{hint}{format.period(view.period)}, UTC"):
        with widgets.wide("lines"):
            _draw_wide(answer, titles)
            if by is not By.HOUR:
                _draw_cut(_MOST_LINES, len(answer.now.lines) + answer.now.more)
        with widgets.narrow("lines"):
            narrow_table.draw(
                [NAMES[by], "Requests", "From cache"],
                [list(_cells(answer, line, titles)) for line in answer.now.lines[:_MOST_NARROW]],
            )
            _draw_cut(_MOST_NARROW, len(answer.now.lines) + answer.now.more)
        widgets.downloads(
            f"delivery-by-{by}-{view.period.start}", _table(by, answer.now.lines), Permission.SEE_PERFORMANCE
        )


def _draw_cut(most: int, number: int) -> None:
    if number > most:
        st.caption(f"The {most} with the most requests; {number - most:,} more have fewer.")


def _draw_wide(answer: Delivered, titles: Titles) -> None:
    view = answer.view
    lines = answer.now.lines if view.by is By.HOUR else answer.now.lines[:_MOST_LINES]
    shared: dict[str, Any] = dict(
        hide_index=True,
        column_config=_columns(NAMES[view.by]),
        alt=f"Requests, cache hit ratio, errors and times of each {NAMES[view.by].lower()}",
    )
    frame = _frame(answer, lines, titles)
    controls.draw_lines(view, [each.label for each in lines], frame, **shared)


def _frame(answer: Delivered, lines: Sequence[Line], titles: Titles) -> pd.DataFrame:
    everything = answer.now.total.requests
    frame = pd.DataFrame(
        {
            "label": [_name(answer, line, titles) for line in lines],
            "requests": [line.requests for line in lines],
            "share": [100 * line.requests / everything for line in lines],
            "hits": [_percent(line.hit_ratio) for line in lines],
            "byte_hits": [_percent(line.byte_hit_ratio) for line in lines],
            "errors_4xx": [_percent(line.rate_4xx) for line in lines],
            "errors_5xx": [_percent(line.rate_5xx) for line in lines],
            "p50": [line.ttfb_ms and line.ttfb_ms.p50 for line in lines],
            "p95": [line.ttfb_ms and line.ttfb_ms.p95 for line in lines],
            "p99": [line.ttfb_ms and line.ttfb_ms.p99 for line in lines],
            "speed": [line.throughput_mbps and line.throughput_mbps.p50 for line in lines],
            "bytes": [_gib(line.bytes) for line in lines],
        }
    )
    return frame if answer.now.timed else frame.drop(columns=["p50", "p95", "p99", "speed"])


def _name(answer: Delivered, line: Line, titles: Titles) -> str:
    by = answer.view.by
    if by is By.HOUR:
        return line.label.removesuffix(":00:00Z").replace("T", " ") + ":00"
    return _place(answer, line) if by is By.EDGE and line.label else controls.label(by, line.label, titles)


def _gib(size: int | None) -> float | None:
    """With as many digits as tell something."""
    if size is None:
        return None
    gib = size / GIB
    return round(gib) if gib >= 100 else round(gib, 1) if gib >= 10 else round(gib, 3)


def _percent(ratio: float | None) -> float | None:
    return None if ratio is None else 100 * ratio


def _columns(name: str) -> dict[str, Any]:
    config, wait = st.column_config, "Time to first byte"
    return {
        "label": config.TextColumn(name, width=controls.name_width(name, 160), pinned=True),
        "requests": config.NumberColumn("Requests", format="localized", width=84),
        "share": config.NumberColumn("Share", format="%.1f %%", width=66, help="Of all requests"),
        "hits": config.NumberColumn("From cache", format="%.1f %%", width=86, help="Cache hit ratio, by requests"),
        "byte_hits": config.NumberColumn("By bytes", format="%.1f %%", width=72, help="Cache hit ratio, by bytes"),
        "errors_4xx": config.NumberColumn("4xx", format="%.2f %%", width=64),
        "errors_5xx": config.NumberColumn("5xx", format="%.2f %%", width=64),
        "p50": config.NumberColumn("p50, ms", format="%.0f", width=66, help=wait),
        "p95": config.NumberColumn("p95, ms", format="%.0f", width=66, help=wait),
        "p99": config.NumberColumn("p99, ms", format="%.0f", width=66, help=wait),
        "speed": config.NumberColumn(
            "Mbit/s", format="%.1f", width=66, help="Download speed, p50, of answers of 64 KiB and more"
        ),
        "bytes": config.NumberColumn("GiB sent", format="localized", width=78),
    }


def _cells(answer: Delivered, line: Line, titles: Titles) -> Iterator[Cell]:
    share = format.share(line.requests / answer.now.total.requests, 1)
    waited = format.milliseconds(line.ttfb_ms.p95) if line.ttfb_ms else ""
    yield Cell(_name(answer, line, titles), f"first byte {waited} at p95" if waited else "", _link(answer, line.label))
    yield Cell(format.compact(line.requests), share)
    failed = format.rate(line.failed)
    yield Cell(format.rate(line.hit_ratio), f"{failed} failed")


def _link(answer: Delivered, label: str) -> str:
    view = answer.view
    if view.by not in FILTERS[view.section]:
        return ""
    kept = {each: st.query_params.get_all(each) for each in st.query_params}  # the role that the demo is looked at in
    return f"?{urlencode(kept | view.filtered(view.by, label).query(), doseq=True)}"


def _table(by: By, lines: Sequence[Line]) -> pa.Table:
    return pa.table(
        {
            by.value: pa.array([line.label for line in lines], pa.string()),
            "requests": pa.array([line.requests for line in lines], pa.int64()),
            "bytes": pa.array([line.bytes for line in lines], pa.int64()),
            "hit_ratio": pa.array([line.hit_ratio for line in lines], pa.float64()),
            "byte_hit_ratio": pa.array([line.byte_hit_ratio for line in lines], pa.float64()),
            "errors_4xx": pa.array([line.errors_4xx for line in lines], pa.int64()),
            "errors_5xx": pa.array([line.errors_5xx for line in lines], pa.int64()),
            **{
                f"ttfb_{name}_ms": pa.array(
                    [line.ttfb_ms and getattr(line.ttfb_ms, name) for line in lines], pa.float64()
                )
                for name in ("p50", "p95", "p99")
            },
            "throughput_p50_mbps": pa.array(
                [line.throughput_mbps and line.throughput_mbps.p50 for line in lines], pa.float64()
            ),
        }
    )


def draw_worst_edges(answer: Delivered) -> None:
    """Edges that stand out, where any does."""
    bad = answer.worst[:_MOST_EDGES]
    if not bad:
        return
    with widgets.card("worst", "Worst edges", _ABOUT_WORST):
        with widgets.narrow("worst"):
            narrow_table.draw(["Edge", "Failed", "Slowest 5\u202f%"], [list(_edge_cells(answer, each)) for each in bad])
        with widgets.wide("worst"):
            text_table.draw(
                {
                    "Edge": [_place(answer, each.line) for each in bad],
                    "Failed": [_beside(each.failed) for each in bad],
                    "Slowest 5\u202f%": [_beside(each.slow) for each in bad],
                    "First byte, p95": [_waited(each.line) for each in bad],
                },
                alt="Edges whose requests fail, or wait for the first byte, more often than the others'",
            )
        widgets.how_made(Number.WORST_EDGES, "How edges are compared")


_ABOUT_WORST = (
    f"Of edges with {LEAST_SHARE:.0%} of the requests or more, those whose requests fail, or are among the slowest 5% "
    "of all to the first byte, at least twice as often as the other edges'; first where most requests suffer by it"
).replace("%", "\u202f%")


def _beside(compared: Compared | None) -> str:
    """A share, and how many times as often as elsewhere that is."""
    return " ".join(filter(None, (_share(compared), f"({_times(compared)})" if _times(compared) else "")))


def _share(compared: Compared | None) -> str:
    return format.rate(compared.share if compared else None)


def _times(compared: Compared | None) -> str:
    return f"{compared.times:,.1f}\u202f×" if compared and compared.times is not None else ""


def _waited(line: Line) -> str:
    return format.milliseconds(line.ttfb_ms.p95 if line.ttfb_ms else None)


def _edge_cells(answer: Delivered, each: BadEdge) -> Iterator[Cell]:
    yield Cell(_place(answer, each.line), f"first byte {_waited(each.line)} at p95")
    yield Cell(_share(each.failed), _times(each.failed))
    yield Cell(_share(each.slow), _times(each.slow))


def _place(answer: Delivered, line: Line) -> str:
    edge = answer.located.get(line.label)
    return f"{line.label}, {controls.label(By.COUNTRY, edge.country, str)}" if edge and edge.country else line.label
