"""Performance of watching, drawn: how long until the picture moved, how often it stood still, and who saw none."""

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.access.roles import Permission
from core.performance.delivery import By
from core.performance.experience import TARGET_STALLED_LESS, TARGET_STARTUP_MS, Experience
from dashboard import charts, format, measured_days, narrow_table, performance_nothing, widgets
from dashboard import performance_controls as controls
from dashboard.narrow_table import Cell
from dashboard.numbers import Number
from dashboard.performance_answers import Experienced
from dashboard.performance_controls import NAMES, Titles

_MOST_LINES, _MOST_NARROW = 100, 20
_FIRST = "with the most sessions"
NO_SESSIONS = """\
Nothing is known of playback yet. Videos that are watched through this dashboard tell of it by themselves;
for those delivered by CloudFront turn on its **standard logging** (with `cs-uri-query` and `time-to-first-byte`) and
read the logs: `python -m core ingest s3://bucket/prefix`. What players do not tell is estimated from them.
"""


def draw(answer: Experienced, titles: Titles) -> None:
    """The figures, their course, and where they come from."""
    if answer.now.total is None:
        covered = answer.covered
        performance_nothing.draw("sessions", answer.view, covered.session_days, covered.sessions_until, NO_SESSIONS)
        return
    _draw_tiles(answer, answer.now.total)
    _draw_remarks(answer, answer.now.total)
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
    against = f"vs {format.brief_period(answer.view.period.previous)}" if before else ""

    def amount(label: str, number: Number, text: str, of: Callable[[Experience], float | None]) -> None:
        value, was = of(now), of(before) if before else None
        change = None if value is None or was is None else format.measured_change(value, was)
        widgets.tile(label, text, number, change, against)

    def share(label: str, number: Number, of: Callable[[Experience], float | None]) -> None:
        change = format.points(of(now), of(before)) if before else None
        widgets.tile(label, format.rate(of(now)), number, change, against)

    p50, p95 = format.milliseconds(now.startup_p50_ms), format.milliseconds(now.startup_p95_ms)
    stalls = "–" if now.stalls_an_hour is None else f"{now.stalls_an_hour:,.2f}"
    with st.container(horizontal=True, key="tiles"):
        amount("Start-up, p50", Number.STARTUP_TIME, p50, lambda found: found.startup_p50_ms)
        amount("Start-up, p95", Number.STARTUP_TIME, p95, lambda found: found.startup_p95_ms)
        share("Rebuffering", Number.REBUFFERING, lambda found: found.rebuffering)
        amount("Stalls an hour", Number.STALLS, stalls, lambda found: found.stalls_an_hour)
        share("Left before start", Number.EBVS, lambda found: found.ebvs)
        share("Playback failures", Number.PLAYBACK_FAILURES, lambda found: found.failures)


def _draw_remarks(answer: Experienced, total: Experience) -> None:
    view, covered = answer.view, answer.covered
    with st.container(horizontal=True, vertical_alignment="center", key="remarks"):
        measured_days.draw(view.period, covered.sessions_in(view.period), covered.sessions_in(view.period.previous))
        draw_exactness(total.exact_share)
        told = f"{format.compact(total.sessions)} sessions, {format.compact(total.views)} of them views"
        st.caption(told, width="content")
        widgets.how_made(Number.STARTUP_TIME, "How start-up is measured")
    for lost in answer.told.words:
        st.caption(f":material/info: {lost}")


def draw_exactness(share: float | None) -> None:
    """Whether players told of it, or logs let it be estimated."""
    if share is None or share >= 0.9995:
        st.badge("Exact: told by players", icon=":material/check:", color="green")
    elif share <= 0.0005:
        st.badge("Estimated from logs", icon=":material/data_alert:", color="orange")
    else:
        st.badge(f"{format.share(share)} exact, the rest estimated from logs", icon=":material/data_alert:")


def _draw_course(answer: Experienced) -> None:
    about = f"Each day of {format.period(answer.view.period)}, UTC. Dotted: wanted. {_wanted(answer)}"
    with widgets.card("course", "How watching went", about):
        st.plotly_chart(answer.figure, config=charts.CONFIG, key="course", alt=_in_words(answer))


def _wanted(answer: Experienced) -> str:
    """What rebuffering is to come down to, and from where."""
    was, previous = answer.now.before, answer.view.period.previous
    if was is None or was.rebuffering is None:
        return "Nothing was measured before that rebuffering is to come down from."
    known = answer.covered.sessions_in(previous)
    partly = "" if known.nearly_all else f", on the {known.measured} of its {known.of} days that were measured"
    less = format.share(TARGET_STALLED_LESS)
    return f"Rebuffering: {less} less than {format.rate(was.rebuffering)} in {format.brief_period(previous)}{partly}."


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
            widgets.cut_caption(_MOST_LINES, len(answer.now.lines), _FIRST)
        with widgets.narrow("lines"):
            shown = answer.now.lines[:_MOST_NARROW]
            narrow_table.draw([name, "Start-up", "Rebuffering"], [list(_cells(answer, each, titles)) for each in shown])
            widgets.cut_caption(_MOST_NARROW, len(answer.now.lines), _FIRST)
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
    start, told = "Start-up: until the picture moved", "Of exact sessions"
    return {
        "label": config.TextColumn(name, width=controls.name_width(name, 190), pinned=True),
        "sessions": config.NumberColumn("Sessions", format="localized", width=85),
        "exact": config.NumberColumn(
            "Exact", format="%.0f %%", width=70, help="Told by players; the rest is estimated from logs"
        ),
        "p50": config.NumberColumn("p50, ms", format="localized", width=85, help=start),
        "p95": config.NumberColumn("p95, ms", format="localized", width=85, help=start),
        "still": config.NumberColumn("Rebuffering", format="%.2f %%", width=100),
        "stalls": config.NumberColumn("Stalls an hour", format="%.2f", width=110),
        "ebvs": config.NumberColumn("Left before start", format="%.2f %%", width=130, help=told),
        "failed": config.NumberColumn("Failed", format="%.2f %%", width=80, help=told),
    }


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
