"""Video page: one video of the library: the player, its links, its copies and qualities, and what happened to it."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlsplit

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.catalog.search import Search, State, entry
from core.catalog.video import Copy, CopyObject, Kind, Video, Visibility
from core.costs.keeping import Keeping
from core.delivery.sharing import LASTS, share
from core.errors import CatalogError, PhyghtError, StorageError, StorageUnreachable, VideoNotFound
from dashboard import format, library, packaging, player, session, widgets
from dashboard.format import markdown
from dashboard.library_view import LibraryView
from dashboard.numbers import Number

_SHARED = "library-shared"
#: Lines of a video's history that are shown.
_MOST_LINES = 50


def draw(platform: Platform, user: User, view: LibraryView, now: datetime) -> None:
    """The video that the view names; a sentence and the way back where there is none."""
    _draw_way("back", ":material/arrow_back: Library", replace(view, video=""))
    try:
        video = platform.catalog.video_by_slug(view.video)
    except VideoNotFound as error:
        st.title("No such video", anchor=False)
        st.markdown(f"{markdown(error.message)} {error.advice}")
        return
    st.title(markdown(video.title), anchor=False)
    st.caption(_facts(video))
    copies, costs = platform.catalog.copies(video.id), library.keeping(platform)
    shown, beside = st.columns([2, 1])
    with shown:
        _draw_player(platform, video, now)
        _draw_qualities(video, copies, costs)
    with beside:
        _draw_links(platform, user, video, now)
        _draw_state(platform, video, copies, costs)
        packaging.draw(platform, user, video, costs)
    _draw_copies(video, copies, costs)
    if user.may(Permission.SEE_AUDIT):
        _draw_history(platform, user, video)


def _draw_way(name: str, label: str, view: LibraryView) -> None:
    """To another view of the library. A link to the page one is on would leave the address as it is."""
    st.button(label, type="tertiary", key=f"way-{name}", on_click=library.go, args=(view,))


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
        there = Search(provider="local")
        _draw_way("on", "Show those that play :material/arrow_forward:", LibraryView(there))


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
                "What": ["State", "Served from", "Residency", "Stored", "Cost a month"],
                "Value": [
                    library.STATES[listed.state if listed else State.NOTHING],
                    format.provider(video.served_from) if video.served_from else "nowhere",
                    video.residency or "anywhere",
                    format.size(sum(copy.size_bytes for copy in copies)),
                    library.money(costs.total_usd(parts)),
                ],
            },
            "State of the video",
            hide_header=True,
        )
        widgets.how_made(Number.KEEPING)


def _draw_copies(video: Video, copies: tuple[Copy, ...], costs: Keeping) -> None:
    with widgets.card("copies", "Copies", "Where its bytes lie, and why; list price a month", height="content"):
        if not copies:
            st.markdown("Nothing is stored of it.")
            return
        widgets.plain_table(
            {
                "At": [_place(copy, video) for copy in copies],
                "Size": [format.size(copy.size_bytes) for copy in copies],
                "A month": [library.money(costs.copy_usd(copy)) for copy in copies],
                "Objects": [f"{len(copy.objects):,}" for copy in copies],
                "Since": [format.dated_instant(copy.recorded_at) for copy in copies],
                "Why there": [copy.reason for copy in copies],
            },
            "Copies of the video",
        )


def _place(copy: Copy, video: Video) -> str:
    served = ", served" if copy.provider == video.served_from else ""
    return f"{format.provider(copy.provider)}{served}"


def _draw_qualities(video: Video, copies: tuple[Copy, ...], costs: Keeping) -> None:
    """What the served copy is made of: the original, each rung, and the small things together."""
    copy = next((copy for copy in copies if copy.provider == video.served_from), None)
    if copy is None:
        return
    main = [each for each in copy.objects if each.kind in (Kind.ORIGINAL, Kind.RENDITION)]
    small = [each for each in copy.objects if each not in main]
    rows = [(_name(each), _shape(each), _speed(each), [each]) for each in main]
    if small:
        rows.append((f"{format.count(len(small), 'playlist')} and pictures", "", "", small))
    with widgets.card("qualities", "Qualities", "Of the served copy; list price a month", height="content"):
        widgets.plain_table(
            {
                "What": [name for name, *_ in rows],
                "Size": [format.size(sum(each.size_bytes for each in part)) for *_, part in rows],
                "A month": [library.money(_total(copy, part, costs)) for *_, part in rows],
                "Peak": [speed for *_, speed, _ in rows],
                "Picture": [shape for _, shape, *_ in rows],
                "Class": [_classes(part) for *_, part in rows],
            },
            "What the served copy is made of",
        )


def _name(each: CopyObject) -> str:
    return "Original" if each.kind is Kind.ORIGINAL else each.name.capitalize()


def _shape(each: CopyObject) -> str:
    return f"{each.width} × {each.height}" if each.width and each.height else ""


def _speed(each: CopyObject) -> str:
    return f"{each.bandwidth / 1_000_000:,.1f} Mb/s" if each.bandwidth else ""


def _classes(part: list[CopyObject]) -> str:
    return ", ".join(dict.fromkeys(format.label(each.storage_class) for each in part))


def _total(copy: Copy, part: list[CopyObject], costs: Keeping) -> Decimal | None:
    return costs.total_usd((copy.provider, each.storage_class, each.size_bytes) for each in part)


def _draw_history(platform: Platform, user: User, video: Video) -> None:
    lines = platform.audit.about(user, video.id, _MOST_LINES)
    with widgets.card("history", "History", "Who did what to it, from the audit log, newest first", height="content"):
        if not lines:
            st.markdown("The audit log says nothing about it.")
            return
        widgets.plain_table(
            {
                "When": [format.dated_instant(each.at) for each in lines],
                "Who": [each.actor for each in lines],
                "What": [each.action for each in lines],
                "Outcome": [each.outcome for each in lines],
                "Detail": [each.detail for each in lines],
            },
            "History of the video",
        )
