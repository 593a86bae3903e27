"""Performance of watching, drawn: how long until the picture moved, how often it stood still, and who saw none."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.access.roles import Permission
from core.performance.delivery import By
from core.performance.experience import TARGET_STARTUP_MS, Experience
from dashboard import charts, format, narrow_table, widgets
from dashboard import performance_controls as controls
from dashboard.narrow_table import Cell
from dashboard.numbers import Number
from dashboard.performance_answers import Experienced
from dashboard.performance_controls import NAMES, Titles

_MOST_LINES, _MOST_NARROW = 100, 30
NO_SESSIONS = """\
Nothing is known of playback in these days. Videos that are watched through this dashboard tell of it by themselves;
for those delivered by CloudFront turn on its **standard logging** (with `cs-uri-query` and `time-to-first-byte`) and
read the logs: `python -m core ingest s3://bucket/prefix`. What players do not tell is estimated from them.
"""


def draw(answer: Experienced, titles: Titles) -> None:
    """The figures, their course, and where they come from."""
    if answer.now.total is None:
        with widgets.card("nothing", f"No sessions in {format.period(answer.view.period)}", height="content"):
            st.markdown(NO_SESSIONS)
        return
    _draw_tiles(answer, answer.now.total)
    _draw_remarks(answer.now.total)
    _draw_course(answer)
    _draw_lines(answer, titles)


def finding(answer: Experienced) -> str:
    """What there is to say first."""
    total = answer.now.total
    if total is None:
        return f"Nothing is known of playback in {format.period(answer.view.period)}."
    if total.startup_p95_ms is None:
        started = "How long starting took is not known"
    else:
        reached = (
            "within the second that is wanted" if total.startup_p95_ms < TARGET_STARTUP_MS else "not yet below 1 s"
        )
        started = f"95 in 100 starts took **{format.milliseconds(total.startup_p95_ms)}** or less, {reached}"
    return f"{started}; pictures stood still for **{format.rate(total.rebuffering)}** of watching."


def _draw_tiles(answer: Experienced, now: Experience) -> None:
    before = answer.before
    against = f"vs {format.brief_period(answer.view.period.previous)}" if before else _begin(answer)

    def wait(label: str, of: Callable[[Experience], int | None]) -> None:
        value, was = of(now), of(before) if before else None
        change = format.change(Decimal(value or 0), None if was is None or value is None else Decimal(was))
        widgets.tile(label, format.milliseconds(value), Number.STARTUP_TIME, change, against)

    def share(label: str, number: Number, of: Callable[[Experience], float | None]) -> None:
        change = format.points(of(now), of(before) if before else None)
        widgets.tile(label, format.rate(of(now)), number, change, against)

    with st.container(horizontal=True, key="tiles"):
        wait("Start-up, p50", lambda found: found.startup_p50_ms)
        wait("Start-up, p95", lambda found: found.startup_p95_ms)
        share("Rebuffering", Number.REBUFFERING, lambda found: found.rebuffering)
        stalls, were = now.stalls_an_hour, before.stalls_an_hour if before else None
        change = format.change(Decimal(str(stalls or 0)), None if were is None else Decimal(str(were)))
        text = "–" if stalls is None else f"{stalls:,.2f}"
        widgets.tile("Stalls an hour", text, Number.STALLS, change, against)
        share("Left before start", Number.EBVS, lambda found: found.ebvs)
        share("Playback failures", Number.PLAYBACK_FAILURES, lambda found: found.failures)


def _begin(answer: Experienced) -> str:
    first = answer.covered.sessions_from
    return f"sessions known since {format.day(first)}" if first else ""


def _draw_remarks(total: Experience) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="remarks"):
        draw_exactness(total.exact_share)
        st.caption(f"{format.compact(total.sessions)} sessions, {format.compact(total.views)} of them views")
        widgets.how_made(Number.STARTUP_TIME)


def draw_exactness(share: float | None) -> None:
    """Whether players told of it, or logs let it be estimated."""
    if share is None or share >= 0.9995:
        st.badge("Exact: told by players", icon=":material/check:", color="green")
    elif share <= 0.0005:
        st.badge("Estimated from logs", icon=":material/data_alert:", color="orange")
    else:
        st.badge(f"{format.share(share)} exact, the rest estimated from logs", icon=":material/data_alert:")


def _draw_course(answer: Experienced) -> None:
    about = f"Each day of {format.period(answer.view.period)}, UTC. Dotted: what is wanted"
    with widgets.card("course", "How watching went", about):
        st.plotly_chart(answer.figure, config=charts.CONFIG, key="course", alt=_in_words(answer))


def _in_words(answer: Experienced) -> str:
    known = [each for each in answer.days.lines if each.startup_p95_ms is not None]
    if not known:
        return "Start-up, rebuffering, early exits and failures of each day"
    slowest = max(known, key=lambda each: each.startup_p95_ms or 0)
    return (
        f"Start-up, rebuffering, early exits and failures of each day; slowest start on {slowest.label}, "
        f"{format.milliseconds(slowest.startup_p95_ms)} at 95 in 100"
    )


def _draw_lines(answer: Experienced, titles: Titles) -> None:
    view, name = answer.view, NAMES[answer.view.by]
    rung = ", the one that was watched most" if view.by is By.RUNG else ""
    with widgets.card("lines", f"By {name.lower()}", f"{format.period(view.period)}, UTC{rung}"):
        with widgets.wide("lines"):
            _draw_wide(answer, titles)
        with widgets.narrow("lines"):
            shown = answer.now.lines[:_MOST_NARROW]
            narrow_table.draw([name, "Start-up", "Rebuffering"], [list(_cells(answer, each, titles)) for each in shown])
        widgets.cut_caption(_MOST_LINES, len(answer.now.lines))
        widgets.downloads(f"experience-by-{view.by}-{view.period.start}", _table(answer), Permission.SEE_PERFORMANCE)


def _draw_wide(answer: Experienced, titles: Titles) -> None:
    view, lines = answer.view, answer.now.lines[:_MOST_LINES]
    shared: dict[str, Any] = dict(
        hide_index=True,
        column_config=_columns(NAMES[view.by]),
        alt=f"Start-up, rebuffering and failures of each {NAMES[view.by].lower()}",
    )
    frame = pd.DataFrame(
        {
            "label": [controls.label(view.by, each.label, titles) for each in lines],
            "sessions": [each.sessions for each in lines],
            "exact": [100 * (each.exact_share or 0) for each in lines],
            "p50": [each.startup_p50_ms for each in lines],
            "p95": [each.startup_p95_ms for each in lines],
            "still": [_percent(each.rebuffering) for each in lines],
            "stalls": [each.stalls_an_hour for each in lines],
            "ebvs": [_percent(each.ebvs) for each in lines],
            "failed": [_percent(each.failures) for each in lines],
        }
    )
    controls.draw_lines(view, [each.label for each in lines], frame, **shared)


def _percent(ratio: float | None) -> float | None:
    return None if ratio is None else 100 * ratio


def _columns(name: str) -> dict[str, Any]:
    config = st.column_config
    return {
        "label": config.TextColumn(name, width="medium"),
        "sessions": config.NumberColumn("Sessions", format="%.0f"),
        "exact": config.ProgressColumn(
            "Exact", format="%.0f %%", min_value=0, max_value=100, color="gray",
            help="Told by players; the rest is estimated from logs",
        ),
        "p50": config.NumberColumn("Start-up p50, ms", format="%.0f"),
        "p95": config.NumberColumn("Start-up p95, ms", format="%.0f"),
        "still": config.NumberColumn("Rebuffering", format="%.2f %%"),
        "stalls": config.NumberColumn("Stalls an hour", format="%.2f"),
        "ebvs": config.NumberColumn("Left before start", format="%.2f %%", help="Of exact sessions"),
        "failed": config.NumberColumn("Failed", format="%.2f %%", help="Of exact sessions"),
    }  # fmt: skip


def _cells(answer: Experienced, each: Experience, titles: Titles) -> Iterator[Cell]:
    yield Cell(controls.label(answer.view.by, each.label, titles), f"{format.compact(each.sessions)} sessions")
    yield Cell(format.milliseconds(each.startup_p95_ms), "p95")
    yield Cell(format.rate(each.rebuffering), f"{format.rate(each.failures)} failed")


def _table(answer: Experienced) -> pa.Table:
    names = (
        "label", "sessions", "exact", "views", "startup_p50_ms", "startup_p95_ms", "watched_ms", "stalled_ms", "stalls",
        "left_before_start", "failed", "rebuffering", "stalls_an_hour", "ebvs", "failures",
    )  # fmt: skip
    lines = answer.now.lines
    return pa.table(
        {
            (answer.view.by.value if name == "label" else name): pa.array([getattr(each, name) for each in lines])
            for name in names
        }
    )
