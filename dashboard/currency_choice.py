"""Currency choice: the one that a page shows its figures in, and what the others come to."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.access.roles import Permission
from core.costs.breakdown import LeftOut
from core.costs.currencies import currencies, currency_named, usual_currency
from core.errors import UnknownCurrency
from core.warehouse import Warehouse
from dashboard import format, session
from dashboard.wrong_values import quoted

#: The URL's parameter, and what the session remembers of it.
PARAMETER = "currency"


def chosen(warehouse: Warehouse) -> str:
    """What the URL states, or was last looked at in this session; else the usual one."""
    asked = (st.query_params.get(PARAMETER), st.session_state.get(PARAMETER))
    meant = (_meant(warehouse, each) for each in asked if each)
    return next(filter(None, meant), usual_currency(warehouse))


def wrong(warehouse: Warehouse, shown: str) -> tuple[str, ...]:
    """A sentence where the URL states a currency that no bill is in."""
    asked = st.query_params.get(PARAMETER)
    if not asked or _meant(warehouse, asked):
        return ()
    return (f"No bill is in {quoted(f'{PARAMETER}={asked}')}; the figures are in {format.currency_name(shown)}.",)


def _meant(warehouse: Warehouse, asked: str) -> str | None:
    try:
        return currency_named(warehouse, asked)
    except UnknownCurrency:
        return None


def remember(currency: str | None) -> None:
    """Other pages of this session show the same one."""
    st.session_state[PARAMETER] = currency


def draw_switch(warehouse: Warehouse, shown: str | None, then: Callable[[str], None]) -> None:
    """The choice between the currencies of the bills; nothing where there is only one."""
    there = currencies(warehouse)
    if len(there) < 2:
        return
    key = "switch Currency"
    st.session_state[key] = shown

    def change() -> None:
        session.require(Permission.SEE_COSTS)
        then(st.session_state[key])

    st.segmented_control(
        "Currency",
        there,
        key=key,
        required=True,
        label_visibility="collapsed",
        format_func=format.currency_name,
        on_change=change,
    )


def draw_page_switch(warehouse: Warehouse, shown: str) -> None:
    """The same for a page whose URL states nothing else."""
    if len(currencies(warehouse)) > 1:
        _state(shown)
        draw_switch(warehouse, shown, _state)


def _state(currency: str) -> None:
    remember(currency)
    if st.query_params.get(PARAMETER) != currency:
        st.query_params[PARAMETER] = currency


def in_words(left_out: Sequence[LeftOut]) -> str:
    """What other currencies come to, as Markdown: 20 charges in EUR (€400.00) and 3 in GBP (£12.00)."""
    parts = [
        f"{format.count(each.charges, 'charge')} in {format.currency_name(each.currency)} "
        f"({format.markdown(format.cents(each.total, each.currency))})"
        for each in left_out
    ]
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
