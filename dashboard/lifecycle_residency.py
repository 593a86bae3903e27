"""Lifecycle residency: what lies outside of where it must stay, or that nothing does."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa
import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.catalog.residing import Astray, ResidencyCheck, Source, by_place
from core.lifecycle.residency import residency
from core.storage.local import LOCAL
from dashboard import format, narrow_table, session, widgets
from dashboard.format import markdown
from dashboard.library_view import SLUG
from dashboard.narrow_table import Cell
from dashboard.numbers import Number

#: Videos of a place that are shown, and objects of one that are named.
_MOST, _NAMED = 25, 3


def draw(platform: Platform, user: User) -> None:
    """The newest check; who may change things may have it looked again."""
    widgets.role_hint(user, Permission.CHANGE_CLOUD, "what was found", "to look again")
    found, now = residency(user, platform.database), datetime.now(UTC)
    with widgets.card("residency", *_headline(found, now), height="content"):
        st.markdown(_verdict(found))
        with st.container(horizontal=True, vertical_alignment="center", key="residency-buttons"):
            if user.may(Permission.CHANGE_CLOUD):
                st.button("Look again", icon=":material/refresh:", key="residency-again", on_click=_again)
            widgets.how_made(Number.OUTSIDE, "How this is found")
    for place, astray in by_place(found.astray).items() if found else ():
        _draw_place(place, astray)


def _headline(found: ResidencyCheck | None, now: datetime) -> tuple[str, str]:
    if found is None:
        return "Not checked yet", "The worker looks once a day"
    they = "it" if found.objects_astray == 1 else "they"
    outside = f"{format.count(found.objects_astray, 'object')} outside of where {they} must stay"
    title = outside if found.astray else "Everything lies where it must"
    listed = f"inventories until {format.day(found.listed_on)}" if found.listed_on else "no inventory of a bucket"
    looked = (
        f"{format.count(found.videos, 'video')} with a residency, {format.count(found.objects, 'object')}, {listed}"
    )
    return title, f"{looked} · looked {widgets.when(found.checked_at, now)}"


def _verdict(found: ResidencyCheck | None) -> str:
    if found is None:
        return "Press the button to look now."
    if not found.videos:
        return "No video has a residency. Whoever uploads one may say that it must stay in EU, for example."
    if not found.astray:
        return (
            ":green[:material/check_circle:] By the catalogue, and by what was listed in the buckets, no object of a "
            "video that must stay somewhere lies elsewhere."
        )
    return (
        ":red[:material/error:] Move these videos to a bucket of their residency, then remove what is left behind. "
        "What was listed in a bucket stays here until the bucket's next inventory."
    )


def _again() -> None:
    session.require(Permission.CHANGE_CLOUD)
    session.platform().check_residency(lambda: datetime.now(UTC))


def _draw_place(place: str, astray: Sequence[Astray]) -> None:
    size, objects = sum(each.size_bytes for each in astray), sum(each.objects for each in astray)
    videos, name = _by_video(astray), f"residency-{place}"
    counts = f"{format.count(len(videos), 'video')}, {format.count(objects, 'object')}, {format.size(size)}"
    with widgets.card(name, markdown(place), f"{markdown(_where(astray[0].region))} · {counts}", height="content"):
        first = videos[:_MOST]
        with widgets.wide(name):
            widgets.plain_table(_columns(first), f"Videos with objects at {place} that must stay elsewhere")
        with widgets.narrow(name):
            narrow_table.draw(("Video", "Size"), [_cells(each) for each in first])
        if len(videos) > len(first):
            st.caption(f"The first {len(first):,} of {len(videos):,} videos; the downloads name every object.")
        widgets.downloads(name, _table(astray), Permission.SEE_SAVINGS)


def _where(region: str) -> str:
    if region == LOCAL:
        return "on this machine"
    return f"in {region}" if region else "nobody tells in which region"


def _by_video(astray: Sequence[Astray]) -> list[list[Astray]]:
    found: dict[str, list[Astray]] = {}
    for each in astray:
        found.setdefault(each.video_id, []).append(each)
    return list(found.values())


def _columns(videos: Sequence[Sequence[Astray]]) -> dict[str, Sequence[str]]:
    return {
        "Video": [each[0].title for each in videos],
        "Must stay in": [each[0].residency for each in videos],
        "What": [_what(each) for each in videos],
        "Objects": [f"{sum(one.objects for one in each):,}" for each in videos],
        "Size": [format.size(sum(one.size_bytes for one in each)) for each in videos],
        "Known since": [_since(each) for each in videos],
    }


def _cells(video: Sequence[Astray]) -> tuple[Cell, Cell]:
    first, size = video[0], sum(each.size_bytes for each in video)
    below = f"{_what(video)}, must stay in {first.residency}"
    return Cell(first.title, below, f"/video?{SLUG}={first.slug}"), Cell(format.size(size))


def _since(video: Sequence[Astray]) -> str:
    known = [each.since.date() for each in video if each.since]
    return format.day(min(known)) if known else ""


def _what(video: Sequence[Astray]) -> str:
    """A few of its objects by their names, and how many more."""
    names = list(dict.fromkeys(each.name.rpartition("/")[2] for each in video))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    listed = " (by the bucket's inventory)" if all(each.source is Source.INVENTORY for each in video) else ""
    return f"{', '.join(names[:_NAMED])}{more}{listed}"


def _table(astray: Sequence[Astray]) -> pa.Table:
    names = ("video_id", "title", "residency", "place", "region", "source", "name", "objects", "size_bytes", "since")
    return pa.table({name: [getattr(each, name) for each in astray] for name in names})
