"""Lifecycle residency: what lies outside of where it must stay, or that nothing does."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa
import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.catalog.residing import Astray, ResidencyCheck, Source, by_place
from core.lifecycle.residency import residency
from dashboard import format, narrow_table, session, widgets
from dashboard.format import markdown
from dashboard.library_view import SLUG
from dashboard.narrow_table import Cell
from dashboard.numbers import Number

_MOST = 100


def draw(platform: Platform, user: User) -> None:
    """The newest check; who may change things may have it looked again."""
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
    where = f"in {astray[0].region}" if astray[0].region else "nobody tells in which region"
    subtitle = f"{where} · {format.count(objects, 'object')}, {format.size(size)}"
    with widgets.card(f"residency-{place}", markdown(place), markdown(subtitle), height="content"):
        first, name = astray[:_MOST], f"residency-{place}"
        with widgets.wide(name):
            widgets.plain_table(_columns(first), f"Objects at {place} that must stay elsewhere")
        with widgets.narrow(name):
            narrow_table.draw(("Video", "Size"), [_cells(each) for each in first])
        if len(astray) > len(first):
            st.caption(f"The first {len(first):,} of {len(astray):,} lines; the downloads have all.")
        widgets.downloads(name, _table(astray), Permission.SEE_SAVINGS)


def _columns(astray: Sequence[Astray]) -> dict[str, Sequence[str]]:
    return {
        "Video": [each.title for each in astray],
        "Must stay in": [each.residency for each in astray],
        "What": [_what(each) for each in astray],
        "Objects": [f"{each.objects:,}" for each in astray],
        "Size": [format.size(each.size_bytes) for each in astray],
        "Known since": [format.day(each.since.date()) if each.since else "" for each in astray],
    }


def _cells(each: Astray) -> tuple[Cell, Cell]:
    below = f"{_what(each)}, must stay in {each.residency}"
    return Cell(each.title, below, f"/video?{SLUG}={each.slug}"), Cell(format.size(each.size_bytes))


def _what(each: Astray) -> str:
    return each.name if each.source is Source.CATALOGUE else f"{each.name}, as listed in the bucket"


def _table(astray: Sequence[Astray]) -> pa.Table:
    names = ("video_id", "title", "residency", "place", "region", "source", "name", "objects", "size_bytes", "since")
    return pa.table({name: [getattr(each, name) for each in astray] for name in names})
