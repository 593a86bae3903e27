"""Library: the parts of the Library page that find videos and list them."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from core.access.roles import Permission, User
from core.billing.prices import load_prices
from core.billing.storage_prices import StoragePrices
from core.bootstrap import Platform
from core.catalog.search import Contents, Found, Search, Sort, contents, search
from core.catalog.video import Visibility
from core.costs.currencies import usual_currency
from core.costs.keeping import Keeping
from core.errors import VideoNotFound
from core.storage.provider import StorageClass
from dashboard import controls, format, library_cards, library_table, session, visit, widgets
from dashboard.library_view import LONGEST_TEXT, PARAMETERS, Layout, LibraryView, read_library_view
from dashboard.links import UPLOAD, VIDEO, page_link
from dashboard.numbers import Number
from dashboard.video_costs import Billed, billed
from dashboard.view import first_period

_SORTS = {
    Sort.NEWEST: "Newest",
    Sort.TITLE: "Title",
    Sort.LARGEST: "Largest",
    Sort.LONGEST: "Longest",
    Sort.DEAREST: "List price",
}
#: Slug of the video that was chosen in this very run.
_CHOSEN = "library-chosen"
_ALL = "\N{FULL BLOCK}"  #: a choice that no provider or residency is called


def current_view() -> LibraryView:
    """What the URL states."""
    return read_library_view({name: st.query_params.get_all(name) for name in st.query_params})


def go(view: LibraryView) -> None:
    """Show another view, from a callback."""
    session.require(Permission.WATCH)
    stated: dict[str, list[str]] = {name: [] for name in PARAMETERS} | {n: [v] for n, v in view.query().items()}
    changed = {name: values for name, values in stated.items() if st.query_params.get_all(name) != values}
    if changed:
        st.query_params.update(changed)  # at once: each message to the browser is a step of its Back button


def address_of(view: LibraryView, slug: str) -> str:
    """Of a video's page that leads back to the view; in the demo, seen with the role that one looks with."""
    role = {name: st.query_params.get_all(name) for name in (session.VIEW_AS,) if name in st.query_params}
    return f"/{VIDEO.stem}?{urlencode(view.of_video(slug) | role, doseq=True)}"


def keeping(platform: Platform) -> Keeping:
    """What it costs to keep bytes at the platform's providers."""
    settings = platform.settings
    prices = load_prices(settings.phyght_price_catalog)
    return Keeping(StoragePrices(prices, settings.supabase_plan, settings.supabase_gb_bytes), platform.regions)


def draw(platform: Platform, user: User, view: LibraryView) -> None:
    """Controls, then what is found."""
    there = contents(platform.database)
    if not there.total:
        _draw_empty(user)
        return
    _draw_controls(platform, view, there)
    if slug := st.session_state.pop(_CHOSEN, ""):
        visit.draw(address_of(view, slug))
    costs = keeping(platform)
    prices = costs.byte_prices() if view.search.sort is Sort.DEAREST else None
    found = search(platform.database, view.search, view.layout.page_size, view.start, prices)
    bill = _billed(platform, user)
    _draw_count(view, found, there, bill)
    if not found.entries:
        return
    if view.layout is Layout.GRID:
        library_cards.draw(found.entries, costs, bill, lambda slug: address_of(view, slug))
    else:
        _draw_table(view, found, costs, bill)
    _draw_pager(view, found)


def _billed(platform: Platform, user: User) -> Billed | None:
    """What the newest month's bills have for each video."""
    if not user.may(Permission.SEE_COSTS):
        return None
    until = controls.whole_until(platform.warehouse, usual_currency(platform.warehouse))
    return billed(platform, first_period(until, until)) if until else None


def _draw_empty(user: User) -> None:
    with widgets.card("empty", "No videos yet"):
        if not user.may(Permission.UPLOAD):
            st.markdown("Nobody has brought one in. Operators can.")
        elif UPLOAD.is_file():
            st.markdown("Bring in the first one: it gets a link at once, and is made ready for every connection.")
            page_link(UPLOAD, "Upload videos")
        else:
            st.markdown("Bring in the first one, in a terminal:")
            st.code("python -m core upload FILE", "shell")


def _draw_controls(platform: Platform, view: LibraryView, there: Contents) -> None:
    providers = {name: f"{format.provider(name)} ({n:,})" for name, n in there.providers.items()}
    residencies = {name: f"{name or 'Anywhere'} ({n:,})" for name, n in there.residencies.items()}
    visibilities = {each: f"{each.capitalize()} ({there.visibilities.get(each, 0):,})" for each in Visibility}
    with st.container(border=True, key="card-controls"):
        with st.container(horizontal=True, vertical_alignment="bottom", key="find"):
            _draw_search(platform, view)
            _draw_layout(view)
        with st.container(horizontal=True, key="controls"):
            _select("Stored at", "provider", providers, view)
            _select("Storage class", "storage_class", {each: format.label(each) for each in StorageClass}, view)
            _select("Residency", "residency", residencies, view)
            _select("Visibility", "visibility", visibilities, view)
            _select("State", "state", library_table.STATES, view)
            _select("Sort by", "sort", _SORTS, view, needed=True)


def _with(view: LibraryView, **asked: Any) -> LibraryView:
    return replace(view, search=replace(view.search, **asked), page=1)


def _draw_search(platform: Platform, view: LibraryView) -> None:
    key = "library-search"
    st.session_state[key] = view.search.text

    def find() -> None:
        text = st.session_state[key].strip()
        if "/" in text:  # a link is as good as a title
            with suppress(VideoNotFound):
                st.session_state[_CHOSEN] = platform.resolver.find(text).slug
                return None
        return go(_with(view, text=text))

    place, icon = "Title, or a link", ":material/search:"
    st.text_input("Search", key=key, on_change=find, max_chars=LONGEST_TEXT, placeholder=place, icon=icon)


def _draw_layout(view: LibraryView) -> None:
    key = "library-layout"
    st.session_state[key] = view.layout
    st.segmented_control(
        "Layout",
        list(Layout),
        key=key,
        required=True,
        label_visibility="collapsed",
        format_func=lambda layout: str(layout).capitalize(),
        on_change=lambda: go(replace(view, layout=st.session_state[key], page=1)),
    )


def _select(label: str, field: str, names: Mapping[Any, str], view: LibraryView, needed: bool = False) -> None:
    key, chosen = f"select {label}", getattr(view.search, field)
    st.session_state[key] = _ALL if chosen is None else chosen
    known = [*([] if needed else [_ALL]), *names]

    def choose() -> None:
        picked = st.session_state[key]
        go(_with(view, **{field: None if picked == _ALL else picked}))

    st.selectbox(
        label,
        known if chosen is None or chosen in names else [*known, chosen],
        key=key,
        format_func=lambda each: "All" if each == _ALL else names.get(each, str(each)),
        on_change=choose,
    )


def _draw_count(view: LibraryView, found: Found, there: Contents, bill: Billed | None) -> None:
    of_all = f" of {there.total:,}" if view.is_filtered else ""
    with st.container(horizontal=True, vertical_alignment="center", key="remarks"):
        st.markdown(
            f"**{format.count(found.total, 'video')}**{of_all}" if found.total else "**No video is like that.**"
        )
        if view.is_filtered:
            st.button(
                "Clear", type="tertiary", icon=":material/close:", key="library-clear",
                on_click=go, args=(replace(view, search=Search(sort=view.search.sort), page=1),),
            )  # fmt: skip
        widgets.how_made(Number.KEEPING, "About list prices")
        if bill:
            widgets.how_made(Number.PER_VIDEO, "About what was billed")


def _draw_table(view: LibraryView, found: Found, costs: Keeping, bill: Billed | None) -> None:
    key = f"library-table {hash(view)}"

    def choose() -> None:
        chosen = st.session_state[key]["selection"]
        rows = [*chosen["rows"], *(row for row, _ in chosen["cells"])]
        if rows:
            st.session_state[_CHOSEN] = found.entries[rows[0]].video.slug

    library_table.draw(found.entries, costs, bill, key, choose)


def _draw_pager(view: LibraryView, found: Found) -> None:
    size = view.layout.page_size
    page, last = found.start // size + 1, max(-(-found.total // size), 1)
    if last == 1:
        return
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center", key="pager"):
        turns = (("First", "first_page", 1), ("Previous", "chevron_left", page - 1))
        for name, icon, to in turns:
            _turn(view, name, icon, to, page > 1)
        st.markdown(f"{found.start + 1:,} to {found.start + len(found.entries):,} of {found.total:,}")
        for name, icon, to in (("Next", "chevron_right", page + 1), ("Last", "last_page", last)):
            _turn(view, name, icon, to, page < last)


def _turn(view: LibraryView, name: str, icon: str, page: int, possible: bool) -> None:
    st.button(
        name, icon=f":material/{icon}:", key=f"pager-{name}", disabled=not possible, type="tertiary",
        on_click=go, args=(replace(view, page=page),),
    )  # fmt: skip
