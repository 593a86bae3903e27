"""Performance tables: each value of a breakdown, the worst edges, and the paths behind misses and errors."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.access.roles import Permission
from core.performance.delivery import By, Line
from core.performance.paths import Path, Paths
from dashboard import format, narrow_table, widgets
from dashboard import performance_controls as controls
from dashboard.narrow_table import Cell
from dashboard.performance_answers import Delivered
from dashboard.performance_controls import NAMES, Titles
from dashboard.performance_view import FILTERS

_MOST_LINES, _MOST_NARROW, _MOST_PATHS, _MOST_EDGES = 100, 30, 8, 5
#: Of a path, letters that are shown.
_PATH_LENGTH = 64


def draw_breakdown(answer: Delivered, titles: Titles) -> None:
    """Every value of the dimension; a chosen one becomes a filter."""
    view, by = answer.view, answer.view.by
    hint = "Choose a line to see only its requests. " if by in FILTERS[view.section] else ""
    with widgets.card("lines", f"By {NAMES[by].lower()}", f"{hint}{format.period(view.period)}, UTC"):
        with widgets.wide("lines"):
            _draw_wide(answer, titles)
        with widgets.narrow("lines"):
            narrow_table.draw(
                [NAMES[by], "Requests", "From cache"],
                [list(_cells(answer, line, titles)) for line in answer.now.lines[:_MOST_NARROW]],
            )
        beyond = answer.now.more + max(len(answer.now.lines) - _MOST_LINES, 0)
        if beyond and by is not By.HOUR:
            st.caption(f"The {_MOST_LINES} with the most requests; {beyond:,} more have fewer.")
        widgets.downloads(
            f"delivery-by-{by}-{view.period.start}", _table(by, answer.now.lines), Permission.SEE_PERFORMANCE
        )


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
            "label": [_name(answer.view.by, line, titles) for line in lines],
            "requests": [line.requests for line in lines],
            "share": [100 * line.requests / everything for line in lines],
            "hits": [_percent(line.hit_ratio) for line in lines],
            "byte_hits": [_percent(line.byte_hit_ratio) for line in lines],
            "errors_4xx": [100 * line.errors_4xx / line.requests for line in lines],
            "errors_5xx": [100 * line.errors_5xx / line.requests for line in lines],
            "p50": [line.ttfb_ms and line.ttfb_ms.p50 for line in lines],
            "p95": [line.ttfb_ms and line.ttfb_ms.p95 for line in lines],
            "p99": [line.ttfb_ms and line.ttfb_ms.p99 for line in lines],
            "speed": [line.throughput_mbps and line.throughput_mbps.p50 for line in lines],
            "bytes": [line.bytes / 1e9 for line in lines],
        }
    )
    return frame if answer.now.timed else frame.drop(columns=["p50", "p95", "p99", "speed"])


def _name(by: By, line: Line, titles: Titles) -> str:
    if by is By.HOUR:
        return line.label.removesuffix(":00:00Z").replace("T", " ") + ":00"
    return controls.label(by, line.label, titles)


def _percent(ratio: float | None) -> float | None:
    return None if ratio is None else 100 * ratio


def _columns(name: str) -> dict[str, Any]:
    config = st.column_config
    return {
        "label": config.TextColumn(name, width="medium"),
        "requests": config.NumberColumn("Requests", format="localized"),
        "share": config.ProgressColumn("Share", format="%.1f %%", min_value=0, max_value=100, color="gray"),
        "hits": config.NumberColumn("From cache", format="%.1f %%", help="Cache hit ratio, by requests"),
        "byte_hits": config.NumberColumn("Of bytes", format="%.1f %%", help="Cache hit ratio, by bytes"),
        "errors_4xx": config.NumberColumn("4xx", format="%.2f %%"),
        "errors_5xx": config.NumberColumn("5xx", format="%.2f %%"),
        "p50": config.NumberColumn("p50, ms", format="%.0f", help="Time to first byte"),
        "p95": config.NumberColumn("p95, ms", format="%.0f", help="Time to first byte"),
        "p99": config.NumberColumn("p99, ms", format="%.0f", help="Time to first byte"),
        "speed": config.NumberColumn("Mbit/s, p50", format="%.1f", help="Of answers of 64 KiB and more"),
        "bytes": config.NumberColumn("GB sent", format="%.2f"),
    }


def _cells(answer: Delivered, line: Line, titles: Titles) -> Iterator[Cell]:
    view = answer.view
    share = format.share(line.requests / answer.now.total.requests, 1)
    waited = format.milliseconds(line.ttfb_ms.p95) if line.ttfb_ms else ""
    yield Cell(_name(view.by, line, titles), f"first byte {waited} at p95" if waited else "", _link(answer, line.label))
    yield Cell(format.compact(line.requests), share)
    failed = format.rate((line.errors_4xx + line.errors_5xx) / line.requests)
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
    about = "Of edges with 1 % of the requests or more, those whose misses and errors are half as many again as of all"
    with widgets.card("worst", "Worst edges", about):
        with widgets.narrow("worst"):
            narrow_table.draw(["Edge", "From cache", "Failed"], [list(_edge_cells(answer, line)) for line in bad])
        with widgets.wide("worst"):
            widgets.plain_table(
                {
                    "Edge": [_place(answer, line) for line in bad],
                    "Requests": [format.compact(line.requests) for line in bad],
                    "From cache": [format.rate(line.hit_ratio) for line in bad],
                    "Failed": [format.rate((line.errors_4xx + line.errors_5xx) / line.requests) for line in bad],
                    "First byte, p95": [
                        format.milliseconds(line.ttfb_ms.p95 if line.ttfb_ms else None) for line in bad
                    ],
                },
                alt="Edges with the most misses and errors",
            )


def _edge_cells(answer: Delivered, line: Line) -> Iterator[Cell]:
    waited = format.milliseconds(line.ttfb_ms.p95 if line.ttfb_ms else None)
    yield Cell(_place(answer, line), f"first byte {waited} at p95")
    yield Cell(format.rate(line.hit_ratio), f"{format.compact(line.requests)} requests")
    yield Cell(format.rate((line.errors_4xx + line.errors_5xx) / line.requests))


def _place(answer: Delivered, line: Line) -> str:
    edge = answer.located.get(line.label)
    return f"{line.label}, {controls.label(By.COUNTRY, edge.country, str)}" if edge and edge.country else line.label


def draw_paths(answer: Delivered) -> None:
    """What was asked for most often in vain."""
    unheeded = [NAMES[by].lower() for by in answer.view.filters if by not in (By.EDGE, By.COUNTRY)]
    note = f"; whatever the {' and '.join(unheeded)}" if unheeded else ""
    period = format.brief_period(answer.view.period)
    missed, failed = st.columns(2)
    with missed, widgets.card("misses", "Top misses", f"Answers that were in no cache, {period}{note}"):
        _draw_paths(answer.misses, f"misses-{answer.view.period.start}")
    with failed, widgets.card("errors", "Top errors", f"Answers with a status of 400 or above, {period}{note}"):
        _draw_paths(answer.errors, f"errors-{answer.view.period.start}", statuses=True)


def _draw_paths(found: Paths, name: str, statuses: bool = False) -> None:
    if not found.lines:
        st.markdown(":green[:material/check_circle:] None.")
        return
    shown = found.lines[:_MOST_PATHS]
    columns: dict[str, Sequence[Any]] = {
        "Path": [format.shortened(path.path, _PATH_LENGTH) for path in shown],
        "Requests": [format.compact(path.requests) for path in shown],
        **({"Status": [str(path.status) for path in shown]} if statuses else {}),
        "Mostly at": [_edges(path) for path in shown],
    }
    with widgets.wide(name):
        widgets.plain_table(columns, alt="Paths with the most requests of this kind")
    with widgets.narrow(name):
        narrow_table.draw(["Path", "Requests"], [list(_path_cells(path, statuses)) for path in shown])
    if found.others:
        st.caption(f"{found.others:,} requests are of paths that were too rare on their day to be kept one by one.")
    widgets.downloads(name, _path_table(found), Permission.SEE_PERFORMANCE)


def _path_cells(path: Path, statuses: bool) -> Iterator[Cell]:
    status = f"status {path.status}, " if statuses else ""
    yield Cell(format.shortened(path.path, _PATH_LENGTH), f"{status}mostly at {_edges(path)}")
    yield Cell(format.compact(path.requests))


def _edges(path: Path) -> str:
    edge = path.edge or "unknown"
    return f"{edge} and {path.edges - 1} more" if path.edges > 1 else edge


def _path_table(found: Paths) -> pa.Table:
    return pa.table(
        {
            "path": pa.array([path.path for path in found.lines], pa.string()),
            "requests": pa.array([path.requests for path in found.lines], pa.int64()),
            "bytes": pa.array([path.bytes for path in found.lines], pa.int64()),
            "status": pa.array([path.status for path in found.lines], pa.int64()),
            "edge": pa.array([path.edge for path in found.lines], pa.string()),
            "edges": pa.array([path.edges for path in found.lines], pa.int64()),
        }
    )
