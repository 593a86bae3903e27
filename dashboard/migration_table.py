"""Migration table: a migration's videos, a page at a time, and the one that is looked at."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.migration.progress import Listed, Progress, listed, listed_one, progress, timeline
from core.migration.state import Phase, State
from dashboard import format, narrow_table, session, widgets
from dashboard import migration_actions as actions
from dashboard import migration_words as words
from dashboard.format import markdown
from dashboard.library_view import SLUG
from dashboard.links import VIDEO, page_link
from dashboard.migration_live import POLL_S
from dashboard.migration_previews import Action
from dashboard.migration_view import LONGEST_TEXT, PAGE_SIZE, MigrationView, current_view, go
from dashboard.narrow_table import Cell

_ROW_PX, _MOST_PX = 35, 530
_ALL = "all"


@st.fragment(run_every=POLL_S)
def draw(platform: Platform, name: str) -> None:
    """The videos that the URL asks for; beside them the one that it names."""
    user = session.require(Permission.SEE_MIGRATION)
    actions.rerun_if_asked()
    view = current_view()
    if view.name != name:  # the page that shows another migration is on its way
        return
    with widgets.explain_errors():
        now = datetime.now(UTC)
        found = progress(platform.database, user, name, now)
        chosen = listed_one(platform.database, user, found.migration, view.video) if view.video else None
        with st.container(key="migration-videos"):
            table, *beside = st.columns([3, 2] if chosen else 1)
        with table:
            _draw_videos(platform, user, found, view, now)
        if chosen:
            with beside[0]:
                _draw_chosen(platform, user, found, view, chosen, now)


def _draw_videos(platform: Platform, user: User, found: Progress, view: MigrationView, now: datetime) -> None:
    rows, total = listed(platform.database, user, found.migration, view.state, view.text, PAGE_SIZE, view.start)
    if not rows and view.page > 1:
        rows, total = listed(platform.database, user, found.migration, view.state, view.text, PAGE_SIZE)
        view = replace(view, page=1)
    with widgets.card("videos", "Videos", height="content"):
        _draw_filters(found, view)
        if not rows:
            st.markdown("No video is like that." if view.is_filtered else "There is no video in it.")
            return
        with widgets.wide("migration"):
            _draw_rows(rows, view, now)
        with widgets.narrow("migration"):
            narrow_table.draw(["Video", "State"], [list(_cells(each, view, now)) for each in rows])
        _draw_pager(view, len(rows), total)


def _draw_filters(found: Progress, view: MigrationView) -> None:
    counts = {state: found.videos(state) for state in words.STATES if found.videos(state)}
    names = {_ALL: f"All ({sum(counts.values()):,})"}
    names |= {state: f"{words.STATES[state]} ({number:,})" for state, number in counts.items()}
    if view.state and view.state not in counts:
        names[view.state] = f"{words.STATES[view.state]} (0)"
    text_key, state_key = "migration-text", "migration-state"
    st.session_state[state_key] = view.state or _ALL
    st.session_state.setdefault(text_key, view.text)

    def choose() -> None:
        state = st.session_state[state_key]
        go(current_view().listing(None if state == _ALL else state, st.session_state[text_key]))

    with st.container(horizontal=True, vertical_alignment="bottom", key="find"):
        st.text_input(
            "Search titles", key=text_key, on_change=choose, max_chars=LONGEST_TEXT, placeholder="Title",
            icon=":material/search:",
        )  # fmt: skip
        st.selectbox("State", list(names), key=state_key, format_func=names.__getitem__, on_change=choose, width=210)


def _draw_rows(rows: Sequence[Listed], view: MigrationView, now: datetime) -> None:
    key = f"migration-rows {view.video}"  # another one after each choice, so that no row stays marked as others move up

    def choose() -> None:
        chosen = st.session_state[key]["selection"]
        places = [*chosen["rows"], *(row for row, _ in chosen["cells"])]
        if places and places[0] < len(rows):
            go(replace(current_view(), video=rows[places[0]].item.video_id))

    st.dataframe(
        pd.DataFrame([_row(each, now) for each in rows]),
        hide_index=True,
        key=key,
        on_select=choose,
        selection_mode=["single-row", "single-cell"],
        height=min(_ROW_PX * (len(rows) + 1) + 3, _MOST_PX),
        column_config=_columns(bool(view.video)),
        column_order=("Title", "State", "Progress", "Size") if view.video else None,
        alt="Videos of the migration with state, progress, speed, attempts and last problem; choosing a row opens it",
    )


def _row(each: Listed, now: datetime) -> dict[str, Any]:
    item = each.item
    speed = item.bytes_per_s(now)
    return {
        "Title": each.title,
        "State": words.STATES[item.state],
        "Progress": None if item.state in (State.BLOCKED, State.CANCELLED) else 100 * item.share,
        "Size": format.size(item.size_bytes),
        "Speed": words.speed(speed) if speed else "",
        "Attempts": f"{item.attempts}" if item.attempts else "",
        "Last problem": item.problem,
    }


def _columns(is_narrow: bool) -> dict[str, Any]:
    config = st.column_config
    widths = {"Size": 85, "Speed": 105, "Attempts": 80}
    right = {name: config.TextColumn(name, alignment="right", width=width) for name, width in widths.items()}
    return right | {
        "Title": config.TextColumn("Title", width=235 if is_narrow else 320),
        "State": config.TextColumn("State", width=95 if is_narrow else 110),
        "Progress": config.ProgressColumn(
            "Progress", min_value=0, max_value=100, format="%.0f %%", width=115 if is_narrow else 140
        ),
        "Last problem": config.TextColumn("Last problem", width="medium"),
    }


def _cells(each: Listed, view: MigrationView, now: datetime) -> Iterator[Cell]:
    item, kept = each.item, {name: st.query_params.get_all(name) for name in (session.VIEW_AS,)}
    address = f"?{urlencode(replace(view, video=item.video_id).query() | kept, doseq=True)}"
    yield Cell(each.title, " · ".join(filter(None, [format.size(item.size_bytes), item.problem])), address)
    speed = item.bytes_per_s(now) if item.state is State.COPYING else None
    known = [format.share(item.share) if item.state.moves and item.share else "", words.speed(speed) if speed else ""]
    yield Cell(words.STATES[item.state], ", ".join(filter(None, known)))


def _draw_pager(view: MigrationView, shown: int, total: int) -> None:
    last = max(-(-total // PAGE_SIZE), 1)
    if last == 1:
        return
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center", key="pager"):
        for name, icon, to in (("First", "first_page", 1), ("Previous", "chevron_left", view.page - 1)):
            _turn(view, name, icon, to, view.page > 1)
        st.markdown(f"{view.start + 1:,} to {view.start + shown:,} of {total:,}")
        for name, icon, to in (("Next", "chevron_right", view.page + 1), ("Last", "last_page", last)):
            _turn(view, name, icon, to, view.page < last)


def _turn(view: MigrationView, name: str, icon: str, page: int, possible: bool) -> None:
    st.button(
        name, icon=f":material/{icon}:", key=f"pager-{name}", disabled=not possible, type="tertiary",
        on_click=go, args=(replace(view, page=page),),
    )  # fmt: skip


def _draw_chosen(
    platform: Platform, user: User, found: Progress, view: MigrationView, chosen: Listed, now: datetime
) -> None:
    item = chosen.item
    with widgets.card("chosen", markdown(chosen.title), height="content"):
        told = [format.count(item.objects, "object"), format.size(item.size_bytes)]
        told += [format.share(item.share)] if item.state.moves and item.share else []
        st.markdown(f"{words.icon(item.state)} **{words.STATES[item.state]}** · {' · '.join(told)}")
        if item.problem:
            st.markdown(f"{markdown(item.problem)} {markdown(item.advice)}")
        with st.container(horizontal=True, key="chosen-buttons", gap="small"):
            if user.may(Permission.MIGRATE):
                for offer in _offers(found, chosen, now):
                    actions.draw_button(found.migration.name, offer, item.video_id)
            st.button(
                "Close", icon=":material/close:", type="tertiary", key="chosen-close",
                on_click=go, args=(replace(view, video=""),),
            )  # fmt: skip
        events = timeline(platform.database, user, found.migration, item.video_id, 20)
        if events:
            times = [_time(each.at, now) for each in events]
            widgets.plain_table(
                {"UTC": times, "What": [words.event(each) for each in events]},
                "What happened to the video, newest first",
            )
        else:
            st.caption("Nothing has happened to it yet.")
        page_link(VIDEO, "Open the video", {SLUG: chosen.slug})


def _offers(found: Progress, chosen: Listed, now: datetime) -> Iterator[actions.Offer]:
    item, goes_on = chosen.item, found.migration.phase is Phase.RUNNING
    refusal = "" if goes_on else "Start or resume the migration first."
    match item.state:
        case State.WAITING:
            yield actions.Offer(Action.MOVE_NOW, refusal)
        case State.FAILED | State.CANCELLED | State.ROLLED_BACK:
            yield actions.Offer(Action.RETRY_ONE, refusal)
        case State.DONE:
            yield actions.Offer(Action.ROLL_BACK_ONE)
            early = actions.grace_over(item.cut_over_at, found.migration.grace_days, now)
            yield actions.Offer(Action.RETIRE, early)
        case _:
            pass
    if item.state.moves:
        yield actions.Offer(Action.CANCEL)


def _time(at: datetime, now: datetime) -> str:
    """To the second; with its day where that is another."""
    return f"{at:%H:%M:%S}" if at.date() == now.date() else f"{at:%H:%M:%S}, {format.day(at.date())}"
