"""Packaging: how far a video is from being watched as each viewer's connection allows, and the ways to change that."""

from collections.abc import Callable
from decimal import Decimal

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.catalog.video import Kind, Video
from core.costs.keeping import Keeping
from core.media.ladder import Ladder
from core.media.packagings import Packaging, State
from core.storage.provider import StorageClass
from dashboard import format, session, widgets
from dashboard.format import markdown
from dashboard.numbers import Number

_POLL_S = 2
_OUTCOMES = {
    State.DONE: (":green[:material/check_circle:]", "Done"),
    State.DAMAGED: (":orange[:material/warning:]", "Done, of a file that is damaged"),
    State.FAILED: (":red[:material/error:]", "Failed"),
    State.CANCELLED: (":gray[:material/cancel:]", "Cancelled"),
}
_LADDERS = {Ladder.PER_TITLE: "Made for this title", Ladder.FIXED: "The same for all"}


def draw(platform: Platform, user: User, video: Video, costs: Keeping) -> None:
    """How the newest packaging stands; for those who may, the buttons to cancel it and to begin another."""
    packaging = platform.media.packaging(video.id)
    may_change = user.may(Permission.UPLOAD) and video.served_from in {each.name for each in platform.providers.all}
    if packaging is None and not may_change:
        return
    with widgets.card("packaging", "Packaging", height="content"):
        if packaging is None:
            st.markdown(
                "It came with its qualities." if _has_qualities(platform, video) else "Nobody has asked for it."
            )
        elif packaging.state.is_over:
            _draw_outcome(platform, packaging, video, costs)
        else:
            _poll(platform, video.id)
        if may_change:
            _draw_changes(platform, video, packaging)


def _has_qualities(platform: Platform, video: Video) -> bool:
    copies = platform.catalog.copies(video.id)
    return any(each.kind is Kind.RENDITION for copy in copies for each in copy.objects)


@st.fragment(run_every=_POLL_S)
def _poll(platform: Platform, video_id: str) -> None:
    session.require(Permission.WATCH)
    packaging = platform.media.packaging(video_id)
    if packaging is None or packaging.state.is_over:
        st.rerun()
        return
    st.progress(packaging.share, _progress(packaging))
    if packaging.problem:
        st.caption(f"{markdown(packaging.problem)} {markdown(packaging.advice)}")


def _progress(packaging: Packaging) -> str:
    """Encoding, 40 %, about 3 minutes left."""
    if packaging.state is State.WAITING:
        return "Waiting for its turn. It runs on the server; you may close this."
    left = "" if packaging.eta_s is None else f", about {_duration(packaging.eta_s)} left"
    return f"{format.sentence(packaging.stage).rstrip('.')}, {format.share(packaging.share)}{left}"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return format.count(max(round(seconds), 1), "second")
    return format.count(round(seconds / 60), "minute") if seconds < 5_400 else f"{seconds / 3600:.1f} hours"


def _draw_outcome(platform: Platform, packaging: Packaging, video: Video, costs: Keeping) -> None:
    icon, word = _OUTCOMES[packaging.state]
    when = f", {format.dated_instant(packaging.ended_at)}" if packaging.ended_at else ""
    st.markdown(f"{icon} **{word}**{when}")
    for text in (f"{packaging.problem} {packaging.advice}".strip(), *packaging.warnings):
        if text:
            st.caption(markdown(text))
    saved = packaging.saved_bytes
    if saved is not None and packaging.fixed_bytes:
        kind = StorageClass(platform.settings.storage_class_renditions)
        usd = costs.monthly_usd(video.served_from or "", kind, abs(saved))
        st.markdown(_saved(saved, packaging.fixed_bytes, usd))
        widgets.how_made(Number.PACKAGING_SAVED)


def _saved(saved_bytes: int, fixed_bytes: int, usd: Decimal | None) -> str:
    """In a sentence: what the choice of rates is worth."""
    word = "less" if saved_bytes >= 0 else "more"
    money = f", {markdown(format.cents(usd))} a month" if usd else ""
    part = format.share(abs(saved_bytes) / fixed_bytes)
    amount = f"{format.size(abs(saved_bytes))} ({part}){money}"
    return f"The qualities take {amount} {word} than rates that are the same for all."


def _draw_changes(platform: Platform, video: Video, packaging: Packaging | None) -> None:
    def change(then: Callable[[User], None]) -> None:
        changer = session.require(Permission.UPLOAD)
        with widgets.explain_errors():
            then(changer)

    if packaging and not packaging.state.is_over:
        stop = lambda: change(lambda changer: platform.media.cancel(changer, video))  # noqa: E731
        st.button("Cancel", key="packaging-cancel", icon=":material/stop:", on_click=stop)
        return
    again = packaging or _has_qualities(platform, video)
    with st.popover("Package again" if again else "Package it", icon=":material/movie_edit:", type="tertiary"):
        ladder = st.radio("Rates", list(Ladder), key="packaging-ladder", format_func=_LADDERS.__getitem__)
        st.caption("What viewers get now stays until the new qualities are there.")
        if packaging and packaging.state is State.FAILED:
            st.caption("A file that cannot be read as a video will fail again: upload another one instead.")
        begin = lambda: change(lambda changer: platform.media.package_again(changer, video, ladder))  # noqa: E731
        st.button("Begin", key="packaging-begin", type="primary", on_click=begin)
