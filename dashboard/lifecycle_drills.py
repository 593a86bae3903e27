"""Lifecycle drills: whether backups come back, by samples that were restored, and the way to have one restored."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.lifecycle.drill import SAMPLE, Drill, Outcome, Tried
from dashboard import asking, format, narrow_table, session, widgets
from dashboard.action_preview import draw_figures
from dashboard.format import markdown
from dashboard.narrow_table import Cell
from dashboard.numbers import Number

#: The name of a dialog.
DRILL = "restore drill"
POLL_S = 2
_SIZES = (5, 10, 25, 50, 100)
_SIZE = "drill-size"
_SHOWN = 5
_WORDS = {
    Outcome.WAITING: "waits",
    Outcome.PROVEN: "proven",
    Outcome.WHOLE: "whole, without a known checksum",
    Outcome.DIFFERENT: "is another one",
    Outcome.MISSING: "is missing",
    Outcome.ARCHIVED: "archived, not read",
    Outcome.UNREADABLE: "could not be read",
}


def draw(platform: Platform, user: User) -> None:
    """The card; it follows a drill that is under way."""
    found = platform.drills.history(user, _SHOWN)
    under_way = any(each.done_at is None for each in found)
    st.fragment(lambda: _draw(platform), run_every=POLL_S if under_way else None)()


def _draw(platform: Platform) -> None:
    user = session.require(Permission.SEE_SAVINGS)
    asking.rerun_if_asked()
    found = platform.drills.history(user, _SHOWN)
    subtitle = "A drill restores a sample in full to this machine, and compares its bytes with what the catalogue knows"
    with widgets.card("drills", _headline(found[0] if found else None), subtitle, height="content"):
        for number, each in enumerate(found):
            _draw_one(each, opened=number == 0 and each.is_passed is False)
        if not found:
            st.markdown("No backup was tried yet. A backup that was never restored is a hope.")
        with st.container(horizontal=True, vertical_alignment="center", key="drill-buttons"):
            if user.may(Permission.CHANGE_CLOUD):
                st.button("Run a drill", icon=":material/restore:", key="drill-run", on_click=asking.ask, args=(DRILL,))
            widgets.how_made(Number.BACKUPS)


def _headline(newest: Drill | None) -> str:
    if newest is None:
        return "Backups are not proven"
    if newest.done_at is None:
        return "A drill is under way"
    passed = {True: "Backups come back", False: "Backups do not all come back", None: "Backups are not proven"}
    return passed[newest.is_passed]


def _draw_one(drill: Drill, opened: bool) -> None:
    now = datetime.now(UTC)
    came = drill.count(Outcome.PROVEN, Outcome.WHOLE)
    said = f"{came:,} of {format.count(len(drill.objects), 'object')} came back"
    with st.expander(f"{_mark(drill)} {said} · {widgets.when(drill.asked_at, now)}", expanded=opened):
        if drill.done_at is None:
            waiting = drill.count(Outcome.WAITING)
            st.progress(1 - waiting / len(drill.objects), f"{waiting:,} to read")
        with widgets.wide(f"drill-{drill.id}"):
            widgets.plain_table(_columns(drill.objects), "What became of each object")
        with widgets.narrow(f"drill-{drill.id}"):
            narrow_table.draw(("Object", "Size"), [_cells(each) for each in drill.objects])
        st.caption(f"Asked for by {markdown(drill.asked_by)}.")


def _mark(drill: Drill) -> str:
    if drill.done_at is None:
        return ":blue[:material/sync:]"
    marks = {True: ":green[:material/check_circle:]", False: ":red[:material/error:]", None: ":gray[:material/help:]"}
    return marks[drill.is_passed]


def _columns(objects: tuple[Tried, ...]) -> dict[str, Sequence[str]]:
    return {
        "Video": [each.title for each in objects],
        "Object": [each.key for each in objects],
        "At": [each.place for each in objects],
        "Size": [format.size(each.size_bytes) for each in objects],
        "Is": [_WORDS[each.outcome] for each in objects],
        "Because": [each.detail for each in objects],
    }


def _cells(each: Tried) -> tuple[Cell, Cell]:
    return Cell(each.title, f"{each.key}: {_WORDS[each.outcome]}. {each.detail}"), Cell(format.size(each.size_bytes))


def draw_asking(platform: Platform) -> None:
    """In a dialog: how many objects, and what reading them costs at most."""
    user = session.require(Permission.CHANGE_CLOUD)
    asking.rerun_if_done()
    asking.tell_refusal()
    st.segmented_control("Objects", _SIZES, default=SAMPLE, key=_SIZE, required=True)
    number = int(st.session_state[_SIZE] or SAMPLE)
    with widgets.explain_errors():
        seen = platform.drills.foreseen(user, number, datetime.now(UTC))
        if not seen.objects:
            st.markdown("There is no backup: no object lies elsewhere than where viewers get it. Copy a bucket first.")
            return
        cost = "Not known" if seen.usd is None else format.cents(seen.usd)
        draw_figures(
            ("Reads", format.size(seen.size_bytes), f"of {format.count(len(seen.objects), 'object')}"),
            ("Costs at most", cost, "once, as if all left the provider"),
            ("Backups", f"{len(seen.places):,}", ", ".join(seen.places)),
        )
        st.markdown(
            "They are chosen by chance, the same all day. What is restored is removed from this machine at once."
        )
        if seen.archived:
            st.warning(
                f"{format.count(seen.archived, 'object')} of the sample lie in an archive: a drill does not read "
                "those. Restore them first, which takes hours and a fee.",
                icon=":material/ac_unit:",
            )
        asking.draw_buttons("Run it", lambda: _ask(platform, number))


def _ask(platform: Platform, number: int) -> str:
    platform.drills.ask(session.require(Permission.CHANGE_CLOUD), number, datetime.now(UTC))
    return "The drill has begun."
