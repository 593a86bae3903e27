"""Video page: one video of the library: the player, its links, its copies and qualities, and what happened to it."""

from datetime import datetime
from urllib.parse import urlsplit

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.catalog.search import Search, State, entry
from core.catalog.video import Copy, Video, Visibility
from core.costs.keeping import Keeping
from core.delivery.sharing import LASTS, share
from core.errors import CatalogError, PhyghtError, StorageError, StorageUnreachable, VideoNotFound
from dashboard import (
    format,
    library,
    library_table,
    packaging,
    performance_video,
    player,
    session,
    video_cost_card,
    video_tables,
    widgets,
)  # fmt: skip
from dashboard.format import markdown
from dashboard.library_view import LibraryView
from dashboard.links import LIBRARY, page_link
from dashboard.numbers import Number

_SHARED = "library-shared"
#: Lines of a video's history that are shown.
_MOST_LINES = 50


def draw(platform: Platform, user: User, slug: str, view: LibraryView, now: datetime) -> None:
    """The video by that slug, or a sentence where there is none; and the way back to the view of the library."""
    with st.container(key="way-back"):
        st.page_link(LIBRARY, label="Library", icon=":material/arrow_back:", query_params=view.query() or None)
    try:
        video = platform.catalog.video_by_slug(slug)
    except VideoNotFound as error:
        st.title("No such video", anchor=False)
        st.markdown(f"{markdown(error.message)} {error.advice}" if slug else "Choose one in the library.")
        return
    st.title(markdown(video.title), anchor=False)
    st.caption(_facts(video))
    _draw_panels(platform, user, video, now)
    if user.may(Permission.SEE_AUDIT):
        video_tables.draw_history(platform.audit.about(user, video.id, _MOST_LINES))


def _draw_panels(platform: Platform, user: User, video: Video, now: datetime) -> None:
    """In the order that a phone shows them in: what one came for stands first."""
    copies, costs = platform.catalog.copies(video.id), library.keeping(platform)
    shown, beside = st.columns([2, 1])
    with shown:
        _draw_player(platform, video, now)
    with beside:
        _draw_links(platform, user, video, now)
        packaging.draw(platform, user, video, costs)
    made_of, state = st.columns([2, 1])
    with made_of:
        video_tables.draw_qualities(video, copies, costs)
        video_cost_card.draw(platform, user, video, now)
    with state:
        _draw_state(platform, video, copies, costs)
        performance_video.draw(platform, user, video, now)
    video_tables.draw_copies(video, copies, costs)


def _facts(video: Video) -> str:
    shape = f"{video.width} × {video.height}" if video.width and video.height else ""
    added = f"added {format.dated_instant(video.created_at)} by {markdown(video.created_by)}"
    told = (format.length(video.duration_s), shape, format.size(video.size_bytes), added)
    return " · ".join(part for part in told if part)


def _draw_player(platform: Platform, video: Video, now: datetime) -> None:
    try:
        playback = platform.resolver.show(video, now).playback()
    except (CatalogError, StorageError) as error:
        _draw_instead(error, is_demo=platform.demo and isinstance(error, StorageUnreachable))
        return
    player.draw(playback)


def _draw_instead(error: PhyghtError, is_demo: bool) -> None:
    """Why there is no player."""
    if not is_demo:
        with widgets.card("no-player", "It cannot be played", height="content"):
            st.markdown(f"{markdown(error.message)} {markdown(error.advice)}")
        return
    with widgets.card("no-player", "The demo has no bytes of this video", height="content"):
        st.markdown("It knows where they would lie and what that costs. A few short ones are really there, and play.")
        page_link(LIBRARY, "Show those that play", LibraryView(Search(provider="local")).query())


def _draw_links(platform: Platform, user: User, video: Video, now: datetime) -> None:
    private = video.visibility is Visibility.PRIVATE
    about = "Private: for whoever is signed in." if private else "Public: for whoever has it."
    with widgets.card("link", "Link", about, height="content"):
        st.code(_absolute(f"/v/{video.slug}"), None, wrap_lines=True)
        if private and user.may(Permission.SHARE):
            _draw_sharing(platform, video, now)
        old = [each for each in platform.catalog.links(video.id) if each.provider == "supabase"]
        if old:
            with st.expander(f"{format.count(len(old), 'older link')} still leads here"):
                for each in old[:10]:
                    st.code(f"/storage/v1/object/public/{each.bucket}/{each.key}", None, wrap_lines=True)


def _draw_sharing(platform: Platform, video: Video, now: datetime) -> None:
    key = f"{_SHARED} {video.id}"

    def make() -> None:
        sharer = session.require(Permission.SHARE)
        lasts = st.session_state["library-lasts"]
        st.session_state[key] = share(platform.audit, platform.resolver.seal, sharer, video, lasts, now)

    with st.container(horizontal=True, vertical_alignment="bottom", key="sharing"):
        st.selectbox("For somebody else, for", list(LASTS), key="library-lasts", width=150)
        st.button("Make a link", key="library-share", icon=":material/link:", on_click=make)
    if path := st.session_state.get(key):
        st.code(_absolute(path), None, wrap_lines=True)


def _absolute(path: str) -> str:
    """With the host that the page was asked for by."""
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}{path}" if here.netloc else path


def _draw_state(platform: Platform, video: Video, copies: tuple[Copy, ...], costs: Keeping) -> None:
    listed = entry(platform.database, video.id)
    parts = ((copy.provider, each.storage_class, each.size_bytes) for copy in copies for each in copy.objects)
    with widgets.card("state", "Now", height="content"):
        widgets.plain_table(
            {
                "What": ["State", "Served from", "Residency", "Stored", "List price a month"],
                "Value": [
                    library_table.STATES[listed.state if listed else State.NOTHING],
                    format.provider(video.served_from) if video.served_from else "nowhere",
                    video.residency or "anywhere",
                    format.size(sum(copy.size_bytes for copy in copies)),
                    library_table.money(costs.total_usd(parts)),
                ],
            },
            "State of the video",
            hide_header=True,
        )
        widgets.how_made(Number.KEEPING)
