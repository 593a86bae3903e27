"""Costs sections: what is spent, what is forecast, budgets and odd days; which one is looked at is in the URL."""

from collections.abc import Mapping
from enum import StrEnum

import streamlit as st

from core.access.roles import Permission
from dashboard import session, wrong_values
from dashboard.view import PARAMETERS, View, as_choice

PARAMETER = "section"
#: What the sections state besides the view that all of them share.
HORIZON, SUPPOSED, BUDGET, EVENT, EXPECTED_TOO = "horizon", "if", "budget", "event", "expected"
_LAST = "costs-last-section"


class Section(StrEnum):
    """A part of the page."""

    SPENT = "spent"
    FORECAST = "forecast"
    BUDGETS = "budgets"
    ODD_DAYS = "odd-days"


_NAMES = {
    Section.SPENT: "Spent",
    Section.FORECAST: "Forecast",
    Section.BUDGETS: "Budgets",
    Section.ODD_DAYS: "Odd days",
}


def current() -> Section:
    """What the URL states; without a word in it, what was last looked at in this session; else what is spent."""
    states_any = PARAMETER in st.query_params or any(name in st.query_params for name in PARAMETERS)
    section = as_choice(Section, st.query_params.get(PARAMETER, ""))
    if not states_any:
        section = st.session_state.get(_LAST)
    stated = st.query_params.get(PARAMETER, "")
    if stated and section is None:
        wrong_values.draw([f"There is no section {wrong_values.quoted(stated)}; what is spent is shown."])
    _state(section or Section.SPENT)
    return section or Section.SPENT


def _state(section: Section) -> None:
    st.session_state[_LAST] = section
    state({PARAMETER: "" if section is Section.SPENT else section})


def state(stated: Mapping[str, str]) -> None:
    """Put it into the URL; what is empty is not stated."""
    for name, value in stated.items():
        if not value and name in st.query_params:
            del st.query_params[name]
    changed = {name: value for name, value in stated.items() if value and st.query_params.get(name) != value}
    if changed:
        st.query_params.update(changed)


def go(**stated: str) -> None:
    """Show something else of a section, from a callback."""
    session.require(Permission.SEE_COSTS)
    state(stated)


def draw_switch(section: Section) -> None:
    """The choice between the sections."""
    key = "switch Section"
    st.session_state[key] = section

    def change() -> None:
        session.require(Permission.SEE_COSTS)
        state(dict.fromkeys((HORIZON, SUPPOSED, BUDGET, EVENT, EXPECTED_TOO), ""))  # they are the other section's
        _state(st.session_state[key])

    st.segmented_control(
        "Section",
        list(Section),
        key=key,
        required=True,
        label_visibility="collapsed",
        format_func=_NAMES.__getitem__,
        on_change=change,
    )


def query(section: Section, view: View | None = None, **stated: str) -> dict[str, str | list[str]]:
    """The URL's parameters of a section."""
    return {PARAMETER: section, **stated, **(view.query() if view else {})}
