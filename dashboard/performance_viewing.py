"""Viewing, drawn: what is watched, when, how far and in which quality, and what nobody comes back to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.access.roles import Permission
from core.catalog.names import Name
from core.performance.interest import Interest
from core.performance.viewing import Audience
from dashboard import bars, charts, format, measured_days, narrow_table, performance_nothing, theme, widgets
from dashboard.library_view import SLUG
from dashboard.narrow_table import Cell
from dashboard.numbers import Number
from dashboard.performance_answers import Viewed
from dashboard.performance_experience import NO_SESSIONS, draw_exactness
from dashboard.viewing_figures import by_day
from dashboard.widgets import Meaning

Names = Callable[[Sequence[str]], Mapping[str, Name]]  #: of videos, by their ids
#: A video that nobody watched for a month has gone cold.
_COLD_DAYS = 30
_MOST_VIDEOS, _MOST_NARROW, _MOST_NIGHTS = 50, 12, 8
#: Qualities have one colour each on every page.
_RUNG_HUE = theme.SKY


def draw(answer: Viewed, names: Names) -> None:
    """The figures, when, how far, and which videos."""
    if not answer.now.views:
        covered = answer.covered
        performance_nothing.draw("views", answer.view, covered.session_days, covered.sessions_until, NO_SESSIONS)
        return
    _draw_tiles(answer)
    view, covered = answer.view, answer.covered
    with st.container(horizontal=True, vertical_alignment="center", key="remarks"):
        measured_days.draw(view.period, covered.sessions_in(view.period), covered.sessions_in(view.period.previous))
        draw_exactness(answer.now.exact_views / answer.now.views)
        widgets.how_made(Number.VIEWS, "How views are counted")
    days, crowd = st.columns(2)
    with days:
        _draw_calendar(answer)
    with crowd:
        _draw_crowds(answer)
    far, quality = st.columns(2)
    with far:
        _draw_completion(answer)
    with quality:
        _draw_qualities(answer)
    _draw_interest(answer, names)


def finding(answer: Viewed) -> str:
    """What there is to say first."""
    now, before = answer.now, answer.before
    if not now.views:
        return f"Nothing is known to have been watched in {format.period(answer.view.period)}."
    change = format.change(Decimal(str(now.views)), Decimal(str(before.views)) if before else None)
    compared = f", {change.in_words} in {format.brief_period(answer.view.period.previous)}" if before else ""
    nights = answer.nights
    event = f" {format.count(len(nights), 'event night')} stood out." if nights else ""
    hours = format.watched(now.watched_ms)
    return f"**{format.compact(now.views)}** views{compared}; **{hours}** watched.{event}"


def _draw_tiles(answer: Viewed) -> None:
    now, before = answer.now, answer.before
    against = f"vs {format.brief_period(answer.view.period.previous)}" if before else ""

    def tile(label: str, text: str, number: Number, of: Callable[[Audience], float | None]) -> None:
        value, was = of(now), of(before) if before else None
        change = None if value is None or was is None else format.measured_change(value, was)
        widgets.tile(label, text, number, change, against, Meaning.GOOD)

    mean, unique = format.watched(now.mean_watched_ms or 0), format.compact(now.unique_sessions)
    with st.container(horizontal=True, key="tiles"):
        tile("Views", format.compact(now.views), Number.VIEWS, lambda found: found.views)
        tile("Unique sessions", unique, Number.UNIQUE_SESSIONS, lambda found: found.unique_sessions)
        tile("Watch time", format.watched(now.watched_ms), Number.WATCH_TIME, lambda found: found.watched_ms)
        tile("Watch time a view", mean, Number.WATCH_TIME, lambda found: found.mean_watched_ms)
        if peak := answer.peak:
            widgets.tile(
                "Most at once",
                format.compact(peak.viewers),
                Number.VIEWERS_AT_ONCE,
                against=format.instant(peak.at),
            )


def _draw_calendar(answer: Viewed) -> None:
    views = by_day(answer.hours)
    title = f"{format.count(len(answer.nights), 'event night')}" if answer.nights else "When people watch"
    with widgets.card("calendar", title, "Views a day, by week; the stronger the more; UTC days"):
        best = max(views, key=lambda day: views[day])
        words = f"Views of each day; most on {format.long_day(best)}, {format.compact(views[best])}"
        st.plotly_chart(answer.calendar, config=charts.CONFIG, key="calendar", alt=words)
        if answer.nights:
            shown = sorted(answer.nights, key=lambda night: night.views, reverse=True)[:_MOST_NIGHTS]
            told = [f"**{format.day(night.day)}** {night.times:,.1f} times the usual" for night in shown]
            st.caption(f":material/celebration: {'; '.join(told)}")


def _draw_crowds(answer: Viewed) -> None:
    peak = answer.peak
    most = f"Most: {format.compact(peak.viewers)}, {format.instant(peak.at)}" if peak else ""
    with widgets.card("crowds", "How many watch at once", f"Viewers in five minutes, the most of each step. {most}"):
        st.plotly_chart(answer.concurrency, config=charts.CONFIG, key="crowds", alt=f"Viewers at once. {most}")


def _draw_completion(answer: Viewed) -> None:
    reached = {each.percent: each.share for each in answer.completion}
    with widgets.card("completion", "How far they watch", "Share of views that reached each part of the video"):
        if not reached:
            st.markdown("The length of no video that was watched is known.")
            return
        words = ", ".join(f"{format.share(reached[at])} reached {at} %" for at in (25, 50, 75, 95))
        st.plotly_chart(answer.curve, config=charts.CONFIG, key="completion", alt=f"Completion: {words}")


def _draw_qualities(answer: Viewed) -> None:
    with widgets.card("qualities", "In which quality", "Share of watch time, by rung"):
        if not answer.qualities:
            st.markdown("Nothing is known of the quality that was watched.")
            return
        shown = answer.qualities[: charts.MOST_LABELS]
        texts = [f"{format.share(each.share)}, {format.watched(each.watched_ms)}" for each in shown]
        labels = [each.rung or "unknown" for each in shown]
        figure = bars.bars(
            labels, [Decimal(str(each.watched_ms)) for each in shown], texts, [_RUNG_HUE] * len(shown), 0.6
        )
        words = "; ".join(f"{label} {text}" for label, text in zip(labels, texts, strict=True))
        st.plotly_chart(figure, config=charts.CONFIG, key="qualities", alt=words)


def _draw_interest(answer: Viewed, names: Names) -> None:
    cold = [each for each in answer.interest if each.cold_days(answer.today) >= _COLD_DAYS]
    cold.sort(key=lambda each: each.views, reverse=True)
    back = sorted((each for each in answer.interest if each.is_back), key=lambda each: each.views_a_month, reverse=True)
    known = names([each.video for each in [*cold[:_MOST_VIDEOS], *back[:_MOST_VIDEOS]]])
    # one below the other, as titles differ at their ends
    with widgets.card("cold", "Gone cold", f"No view for {_COLD_DAYS} days; the most watched before first"):
        _draw_videos(answer, cold, known, "cold")
    with widgets.card("back", "Coming back", "Watched in the last seven days, after a month without a view"):
        _draw_videos(answer, back, known, "back")


def _draw_videos(answer: Viewed, found: Sequence[Interest], known: Mapping[str, Name], kind: str) -> None:
    if not found:
        st.markdown("None.")
        return
    with widgets.wide(kind):
        _draw_wide(found[:_MOST_VIDEOS], known, kind)
    with widgets.narrow(kind):
        head = ["Video", "Last view", "Views"] if kind == "cold" else ["Video", "Away", "A month"]
        narrow_table.draw(head, [list(_cells(each, known[each.video], kind)) for each in found[:_MOST_NARROW]])
    widgets.downloads(f"{kind}-{answer.today}", _table(found, known, answer), Permission.SEE_PERFORMANCE)


def _cells(each: Interest, name: Name, kind: str) -> Iterator[Cell]:
    yield Cell(name.title, f"half of its views {_half(each.half_life_days)}", _page(name) or "")
    yield Cell(f"{format.day(each.last)} {each.last.year}" if kind == "cold" else format.count(each.away_days, "day"))
    yield Cell(format.compact(each.views if kind == "cold" else each.views_a_month))


def _half(days: int) -> str:
    return f"within {format.count(days, 'day')}" if days else "on the first day"


def _draw_wide(shown: Sequence[Interest], known: Mapping[str, Name], kind: str) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "title": [known[each.video].title for each in shown],
                "page": [_page(known[each.video]) for each in shown],
                "last": [each.last for each in shown] if kind == "cold" else [each.away_days for each in shown],
                "views": [each.views for each in shown] if kind == "cold" else [each.views_a_month for each in shown],
                "half": [each.half_life_days for each in shown],
            }
        ),
        hide_index=True,
        height=min(38 * (len(shown) + 1), 304),
        key=kind,
        alt="Videos that nobody watches any more" if kind == "cold" else "Videos that are watched again",
        column_config={
            "title": st.column_config.TextColumn("Video", width="large"),
            "page": st.column_config.LinkColumn("Page", display_text="Open", width=55),
            "last": st.column_config.DateColumn("Last view", format="D MMM YYYY", width=100)
            if kind == "cold"
            else st.column_config.NumberColumn("Days away", width=80),
            "views": st.column_config.NumberColumn(
                "Views" if kind == "cold" else "A month", format="%.0f", width=65, help="Views"
            ),
            "half": st.column_config.NumberColumn(
                "Half-life", format="%d d", width=70, help="Days until half of all its views were had"
            ),
        },
    )


def _page(name: Name) -> str | None:
    return f"/video?{SLUG}={name.slug}" if name.slug else None


def _table(found: Sequence[Interest], known: Mapping[str, Name], answer: Viewed) -> pa.Table:
    return pa.table(
        {
            "video": pa.array([each.video for each in found], pa.string()),
            "title": pa.array([known[each.video].title if each.video in known else "" for each in found], pa.string()),
            "views": pa.array([each.views for each in found], pa.float64()),
            "views_a_month": pa.array([each.views_a_month for each in found], pa.float64()),
            "first_view": pa.array([each.first for each in found], pa.date32()),
            "last_view": pa.array([each.last for each in found], pa.date32()),
            "days_since": pa.array([each.cold_days(answer.today) for each in found], pa.int64()),
            "days_away": pa.array([each.away_days for each in found], pa.int64()),
            "half_life_days": pa.array([each.half_life_days for each in found], pa.int64()),
        }
    )
