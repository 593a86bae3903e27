"""Migration live: one migration as it stands, asked again every two seconds."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.migration.progress import Problem, Progress, problems, progress
from core.migration.state import Phase, State
from dashboard import charts, format, migration_chart, migration_links, session, widgets
from dashboard import migration_actions as actions
from dashboard import migration_words as words
from dashboard.format import markdown
from dashboard.migration_previews import Action
from dashboard.numbers import Number

POLL_S = 2
_MOST_PROBLEMS = 8


@st.fragment(run_every=POLL_S)
def draw(platform: Platform, name: str, drawn_as: str) -> None:
    """How far it is, what may be done, how fast it goes, and what stands in its way."""
    user = session.require(Permission.SEE_MIGRATION)
    actions.rerun_if_asked()
    # always the same places, whatever stands in them: else the browser keeps what stood in others
    places = [
        st.container(key=f"migration-{place}") for place in ("standing", "actions", "figures", "links", "speed-row")
    ]
    with widgets.explain_errors():
        now = datetime.now(UTC)
        found = progress(platform.database, user, name, now)
        is_plan = found.migration.phase is Phase.PLANNED
        if is_plan != (drawn_as == Phase.PLANNED):  # somebody else has started it
            st.rerun()
        parts = [
            lambda: None if is_plan else draw_standing(found),
            lambda: actions.draw_buttons(platform, user, found, now),
            lambda: None if is_plan else _draw_tiles(found, now),
            lambda: None if is_plan else migration_links.draw(platform, user, found, now),
            lambda: None if is_plan else _draw_course(platform, user, found, now),
        ]
        for place, part in zip(places, parts, strict=True):
            with place:
                part()


def _draw_course(platform: Platform, user: User, found: Progress, now: datetime) -> None:
    wrong = [each for each in problems(platform.database, user, found.migration) if each.state is not State.BLOCKED]
    speed, *trouble = st.columns([3, 2] if wrong else 1)
    with speed:
        _draw_speed(found, now)
    if wrong:
        with trouble[0]:
            draw_problems(wrong, found, user)


def draw_standing(found: Progress) -> None:
    """In a sentence, and as a bar; and what that means for whoever looks."""
    share = found.done_bytes / found.size_bytes if found.size_bytes else 1.0
    moved = f"{found.moved:,} of {format.count(found.to_move, 'video')} moved"
    size = f"{format.size(found.done_bytes)} of {format.size(found.size_bytes)}"
    st.progress(min(share, 1.0), f"**{words.standing(found)}** · {moved} · {size}")
    st.caption(words.meaning(found))


def _draw_tiles(found: Progress, now: datetime) -> None:
    migration = found.migration
    with st.container(horizontal=True, key="tiles"):
        others = [f"{found.videos(State.BLOCKED):,} cannot move" if found.videos(State.BLOCKED) else ""]
        others += [f"{found.videos(State.ROLLED_BACK):,} rolled back" if found.videos(State.ROLLED_BACK) else ""]
        widgets.tile(
            "Moved", f"{found.moved:,} of {found.to_move:,}", Number.MOVED, against=", ".join(filter(None, others))
        )
        runs = words.is_under_way(found)
        widgets.tile(
            "Speed now", words.speed(found.speed_now) if runs else "None", Number.MOVE_SPEED,
            against=format.sentence(words.rate_in_words(migration.timetable, now)).rstrip("."),
        )  # fmt: skip
        left, until = _time_left(found, now)
        widgets.tile("Time left", left, Number.TIME_LEFT, against=until)
        widgets.tile("Spent so far", format.money(migration.spent_usd), Number.MOVE_COST, against="at list price")
        saved = migration.saved_monthly_usd
        widgets.tile(
            "Saved so far" if saved >= 0 else "Costs more so far", format.money(abs(saved)), Number.MOVE_SAVING,
            against="a month, once the source is retired",
        )  # fmt: skip


def _time_left(found: Progress, now: datetime) -> tuple[str, str]:
    if found.is_over:
        return "None", ""
    if found.eta_at is None or not words.is_under_way(found):
        return "Not known", "nothing arrives yet" if words.is_under_way(found) else "it does not go on by itself"
    return words.duration(found.eta_at - now), f"until {format.plain_instant(found.eta_at, now.date())}"


def _draw_speed(found: Progress, now: datetime) -> None:
    course = migration_chart.whole_spans(found.course, now)
    with widgets.card("speed", "How fast it goes", "Bytes that arrived a second, last hour, in steps of 10 s, UTC"):
        if not course:
            st.markdown("Nothing has arrived in the last hour.")
            return
        st.plotly_chart(
            migration_chart.speeds(course), config=charts.CONFIG, key="migration-speed",
            alt=migration_chart.in_words(course),
        )  # fmt: skip


def draw_problems(found: list[Problem], of: Progress, user: User) -> None:
    """By their cause, the most common first, each with what to do."""
    failed = of.videos(State.FAILED)
    title = f"{format.count(failed, 'video')} failed" if failed else "Being tried again"
    with widgets.card("problems", title, "By cause, the most common first"):
        for each in found[:_MOST_PROBLEMS]:
            later = "" if each.state is State.FAILED else f" :gray[{words.STATES[each.state]}.]"
            st.markdown(
                f"{words.icon(each.state)} **{format.count(each.videos, 'video')}:** {markdown(each.problem)} "
                f"{markdown(each.advice)}{later}"
            )
        if failed and user.may(Permission.MIGRATE):
            refusal = "" if of.migration.phase is Phase.RUNNING else "Resume the migration first."
            actions.draw_button(of.migration.name, actions.Offer(Action.RETRY, refusal))
