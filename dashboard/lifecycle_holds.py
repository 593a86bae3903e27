"""Lifecycle holds: videos of which nothing may be removed, and the way to place and release one."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.catalog.holds import Hold, Holds, threats
from core.catalog.threatened import check_new_hold
from core.errors import VideoNotFound
from dashboard import asking, format, session, widgets
from dashboard.format import markdown
from dashboard.numbers import Number

#: The names of dialogs.
PLACE, RELEASE = "place hold", "release hold"
_VIDEO, _REASON = "hold-video", "hold-reason"


def draw_threats(platform: Platform) -> None:
    """Each rule that would remove something of what is on hold."""
    for threat in threats(platform.database, platform.governed):
        st.error(f"{markdown(threat)} Change that rule, or its objects are lost.", icon=":material/gavel:")


def draw(platform: Platform, user: User) -> None:
    """All of them, the newest first."""
    draw_threats(platform)
    found = Holds(platform.database, platform.audit).all(user)
    subtitle = "Nothing of these videos is removed by rules or actions, until the hold is released"
    with widgets.card("holds", "Legal holds", subtitle, height="content"):
        if not found:
            st.markdown("No video is on hold.")
        for hold in found:
            _draw_one(user, hold)
        if found:
            widgets.how_made(Number.THREATENED, "How rules are held against these")
        if user.may(Permission.HOLD):
            st.button("Place a hold", icon=":material/gavel:", key="hold-place", on_click=asking.ask, args=(PLACE,))
        widgets.role_hint(user, Permission.HOLD, "holds", "to place or release one")


def _draw_one(user: User, hold: Hold) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"hold-{hold.video_id}"):
        since = format.dated_instant(hold.placed_at)
        said = f"**{markdown(hold.title)}**  \n{markdown(hold.reason)} :gray[· {markdown(hold.placed_by)}, {since}]"
        st.markdown(said, width="stretch")
        if user.may(Permission.HOLD):
            st.button(
                "Release", icon=":material/lock_open:", type="tertiary", key=f"release-{hold.video_id}",
                on_click=asking.ask, args=(RELEASE, hold.video_id),
            )  # fmt: skip


def draw_place(platform: Platform) -> None:
    """In a dialog: which video, and why."""
    session.require(Permission.HOLD)
    asking.rerun_if_done()
    asking.tell_refusal()
    with st.form("hold", border=False):
        st.text_input("Video", key=_VIDEO, placeholder="its link, slug or id", max_chars=500)
        st.text_input("Why", key=_REASON, placeholder="case 4711", max_chars=500)
        asking.draw_buttons("Place the hold", lambda: _place(platform), in_form=True)


def _place(platform: Platform) -> str:
    user, asked = session.require(Permission.HOLD), str(st.session_state[_VIDEO]).strip()
    try:
        video = platform.catalog.video(asked)
    except VideoNotFound:
        video = platform.resolver.find(asked)
    now = datetime.now(UTC)
    Holds(platform.database, platform.audit).place(user, video.id, st.session_state[_REASON], now)
    check_new_hold(platform.database, platform.governed, now)
    return f"{video.title} is on legal hold."


def draw_release(platform: Platform, video_id: str) -> None:
    """In a dialog: what releasing means."""
    session.require(Permission.HOLD)
    asking.rerun_if_done()
    asking.tell_refusal()
    with widgets.explain_errors():
        title = platform.catalog.video(video_id).title
        st.markdown(f"**{markdown(title)}** may be removed again, by whoever may, and by rules of its bucket.")
        asking.draw_buttons("Release it", lambda: _release(platform, video_id, title))


def _release(platform: Platform, video_id: str, title: str) -> str:
    user = session.require(Permission.HOLD)
    Holds(platform.database, platform.audit).release(user, video_id, datetime.now(UTC))
    return f"{title} is not on legal hold any more."
