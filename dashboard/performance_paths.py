"""Performance paths: what was asked for most often in vain, or without its being in a cache."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import streamlit as st

from core.access.roles import Permission
from core.catalog.names import Name
from core.performance.delivery import By
from core.performance.paths import Path, Paths
from dashboard import format, narrow_table, text_table, widgets
from dashboard.narrow_table import Cell
from dashboard.performance_answers import Delivered
from dashboard.performance_controls import NAMES

Names = Callable[[Sequence[str]], Mapping[str, Name]]  #: of videos, by their ids
_MOST_PATHS = 8
#: Of a path, letters that are shown.
_PATH_LENGTH = 72


def draw(answer: Delivered, names: Names) -> None:
    """What was asked for most often in vain."""
    unheeded = [NAMES[by].lower() for by in answer.view.filters if by not in (By.EDGE, By.COUNTRY)]
    note = f"; whatever the {' and '.join(unheeded)}" if unheeded else ""
    period = format.brief_period(answer.view.period)
    missed, failed = st.columns(2)
    with missed, widgets.card("misses", "Top misses", f"Answers that were in no cache, {period}{note}"):
        _draw_paths(answer.misses, names, f"misses-{answer.view.period.start}")
    with failed, widgets.card("errors", "Top errors", f"Answers with a status of 400 or above, {period}{note}"):
        _draw_paths(answer.errors, names, f"errors-{answer.view.period.start}", statuses=True)
        if answer.closed.requests:
            closed = f"{format.count(answer.closed.requests, 'request')} ({format.rate(answer.closed.share)})"
            st.caption(f"Closed by the viewer before there was an answer, and no error: {closed}.")


def _draw_paths(found: Paths, names: Names, name: str, statuses: bool = False) -> None:
    if not found.lines:
        st.markdown(":green[:material/check_circle:] None.")
        return
    shown = found.lines[:_MOST_PATHS]
    called = _called(shown, names)
    columns: dict[str, Sequence[Any]] = {
        "Path": called,
        "Requests": [format.compact(path.requests) for path in shown],
        **({"Status": [_status(path) for path in shown]} if statuses else {}),
        "Mostly at": [_edges(path) for path in shown],
    }
    with widgets.wide(name):
        text_table.draw(columns, alt="Paths with the most requests of this kind")
    with widgets.narrow(name):
        narrow_table.draw(
            ["Path", "Requests"], [list(_cells(*each, statuses)) for each in zip(shown, called, strict=True)]
        )
    if found.others:
        st.caption(f"Of paths too rare on their day to be kept one by one: {format.count(found.others, 'request')}.")
    widgets.downloads(name, _path_table(found), Permission.SEE_PERFORMANCE)


def _cells(path: Path, called: str, statuses: bool) -> Iterator[Cell]:
    status = f"status {_status(path)}, " if statuses else ""
    yield Cell(called, f"{status}mostly at {_edges(path)}")
    yield Cell(format.compact(path.requests))


def _called(shown: Sequence[Path], names: Names) -> list[str]:
    """Each path; below a folder with the name of a video, its title and what follows."""
    known = names([part for path in shown for part in path.path.split("/") if part])
    return [format.shortened(_titled(path.path, known), _PATH_LENGTH) for path in shown]


def _titled(path: str, known: Mapping[str, Name]) -> str:
    parts = path.split("/")
    at = next((at for at, part in enumerate(parts) if part in known and known[part].slug), None)
    return path if at is None else f"{known[parts[at]].title}: {'/'.join(parts[at + 1 :])}"


def _status(path: Path) -> str:
    return "unknown" if path.status is None else str(path.status)


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
