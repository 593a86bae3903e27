"""Performance controls: the section, days, breakdown and filters of the Performance page, kept in the URL."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from core.access.roles import Permission
from core.costs.period import Period
from core.performance.delivery import By, Only
from dashboard import countries, format, session, theme
from dashboard.performance_view import (
    BREAKDOWNS,
    FILTERS,
    PARAMETERS,
    PerformanceView,
    Section,
    Span,
    first_period,
    read_performance_view,
    span_of,
)

_LAST, _UNDO = "performance-last-view", "performance-undo"
NAMES = {
    By.EDGE: "Edge",
    By.COUNTRY: "Country",
    By.DEVICE: "Device",
    By.VIDEO: "Video",
    By.RUNG: "Rung",
    By.HOUR: "Hour",
}
Titles = Callable[[str], str]  #: of a video, by its id
_TITLE_WIDTH = 330


def current_view(today: date, until: datetime | None) -> PerformanceView:
    """What the URL states; without a word in it, what was last looked at in this session."""
    params = {name: st.query_params.get_all(name) for name in PARAMETERS if name in st.query_params}
    view: PerformanceView | None = None if params else st.session_state.get(_LAST)
    view = view or read_performance_view(params, today, until)
    _state(view)
    return view


def go(view: PerformanceView) -> None:
    """Show another view, from a callback; the one before can be had back."""
    session.require(Permission.SEE_PERFORMANCE)
    before = st.session_state.get(_LAST)
    if before and before != view:
        st.session_state[_UNDO] = [*st.session_state.get(_UNDO, [])[-19:], before]
    _state(view)


def choose(view: PerformanceView, by: By, value: str | None) -> None:
    """Show only one value's requests, from a callback; nothing where none was chosen."""
    if value is not None and value != theme.OTHER and by in FILTERS[view.section]:
        go(view.filtered(by, value))


def draw_lines(view: PerformanceView, labels: Sequence[str], frame: pd.DataFrame, **shared: Any) -> None:
    """A table with a line for each label; where one can be filtered by, choosing its line does."""
    if view.by not in FILTERS[view.section]:
        st.dataframe(frame, key="lines", **shared)
        return
    key = f"lines {hash(view)}"

    def chosen() -> None:
        rows: list[int] = st.session_state[key]["selection"]["rows"]
        choose(view, view.by, labels[rows[0]] if rows else None)

    st.dataframe(frame, key=key, on_select=chosen, selection_mode="single-row", **shared)


def name_width(name: str, usual: int) -> int:
    """Of the first column of a table: titles of videos differ at their ends."""
    return _TITLE_WIDTH if name == NAMES[By.VIDEO] else usual


def _undo() -> None:
    session.require(Permission.SEE_PERFORMANCE)
    *earlier, last = st.session_state[_UNDO]
    st.session_state[_UNDO] = earlier
    _state(last)


def _state(view: PerformanceView) -> None:
    st.session_state[_LAST] = view
    stated = view.query()
    for name in set(PARAMETERS) - stated.keys():
        if name in st.query_params:
            del st.query_params[name]
    changed = {name: value for name, value in stated.items() if st.query_params.get_all(name) != [value]}
    if changed:
        st.query_params.update(changed)


def draw_controls(view: PerformanceView, today: date, until: datetime | None) -> None:
    """The controls; each states its change in the URL."""
    end = first_period(today, until).end
    with st.container(border=True, key="card-controls"):
        with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
            _select("Period", list(Span), span_of(view.period, end), lambda chosen: _over(view, chosen, end))
            _dates(view, today)
            if breakdowns := BREAKDOWNS[view.section]:
                _select(
                    "Break down by", breakdowns, view.by, lambda chosen: replace(view, by=chosen), NAMES.__getitem__
                )
        key = "switch Section"
        st.session_state[key] = view.section
        st.segmented_control(
            "Section",
            list(Section),
            key=key,
            required=True,
            label_visibility="collapsed",
            format_func=lambda section: section.capitalize(),
            on_change=lambda: go(view.of_section(st.session_state[key])),
        )


def _over(view: PerformanceView, chosen: Span, end: date) -> PerformanceView:
    return replace(view, period=chosen.period(end) or view.period)


def _select(
    label: str,
    options: Sequence[Any],
    chosen: object,
    then: Callable[[Any], PerformanceView],
    name: Callable[[Any], str] = str,
) -> None:
    key = f"select {label}"
    st.session_state[key] = chosen
    st.selectbox(
        label, options, key=key, format_func=name, width=186, on_change=lambda: go(then(st.session_state[key]))
    )


def _dates(view: PerformanceView, today: date) -> None:
    key = "dates"
    st.session_state[key] = (view.period.start, view.period.end - timedelta(1))

    def change() -> None:
        days = st.session_state[key]
        if len(days) == 2:  # after the first click there is only a start
            go(replace(view, period=Period(days[0], days[1] + timedelta(1))))

    st.date_input(
        "First and last day", key=key, on_change=change, format="DD/MM/YYYY", min_value=date(2006, 1, 1),
        max_value=max(today, view.period.end), width=230,
    )  # fmt: skip


def draw_filters(view: PerformanceView, titles: Titles) -> None:
    """What is filtered by, each with its way back; and the way back to the view before."""
    undo = st.session_state.get(_UNDO, [])
    if not (view.filters or undo):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="chips"):
        for by, value in view.filters.items():
            st.button(
                format.markdown(f"{NAMES[by]}: {label(by, value, titles)}"),
                key=f"chip-{by}",
                icon=":material/close:",
                help="Remove this filter",
                on_click=go,
                args=(view.without(by),),
            )
        if len(view.filters) > 1:
            st.button("Clear all", type="tertiary", key="chips-clear", on_click=go, args=(replace(view, only=Only()),))
        if undo:
            st.button("Undo", type="tertiary", icon=":material/undo:", key="chips-undo", on_click=_undo)
    _draw_unheeded(view)


def _draw_unheeded(view: PerformanceView) -> None:
    unheeded = [NAMES[by].lower() for by in view.filters if by not in FILTERS[view.section]]
    if unheeded:
        names = " and ".join(unheeded)
        st.caption(f":material/info: The filter by {names} counts for delivery only: sessions are told apart by video.")


def label(by: By, value: str, titles: Titles) -> str:
    """What a value of a breakdown is called."""
    if not value:
        return "no video" if by is By.VIDEO else "unknown"
    if by is By.COUNTRY:
        return countries.name(value)
    return titles(value) if by is By.VIDEO else value
