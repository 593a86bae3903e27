"""Asking: the dialog that is open, and what came of the last click, kept while the page is drawn anew."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from core.errors import PhyghtError
from dashboard.format import markdown

_OPEN, _SAID, _REFUSED = "asking-open", "asking-said", "asking-refused"
#: The page has not seen yet what was clicked.
_NEW = "asking-new"


def ask(dialog: str, about: str = "") -> None:
    """From a callback: have the page open a dialog."""
    st.session_state[_OPEN] = (dialog, about)
    st.session_state[_NEW] = True


def asked() -> tuple[str, str] | None:
    """The dialog that is open, and what it is about."""
    return st.session_state.get(_OPEN)


def close() -> None:
    """From a callback, or because its user has closed it."""
    st.session_state.pop(_OPEN, None)
    st.session_state.pop(_REFUSED, None)


def attempt(do: Callable[[], str]) -> None:
    """From a callback: do something; its dialog closes with what that says, or stays and says why it was refused."""
    try:
        said = do()
    except PhyghtError as error:
        st.session_state[_REFUSED] = error
        return
    close()
    st.session_state[_SAID] = said
    st.session_state[_NEW] = True


def tell() -> None:
    """First on a page: what came of the last click."""
    st.session_state.pop(_NEW, None)
    if said := st.session_state.pop(_SAID, ""):
        st.toast(markdown(said), icon=":material/check_circle:")
    if not asked():
        tell_refusal()


def tell_refusal() -> None:
    """In a dialog: why it did not go."""
    if refused := st.session_state.pop(_REFUSED, None):
        st.error(f"**{markdown(refused.message)}** {markdown(refused.advice)}", icon=":material/error:")


def dialog(title: str, draw: Callable[[], None], width: Literal["small", "medium", "large"] = "small") -> None:
    """Open it; it stays until it is closed, or done."""
    st.dialog(title, width=width, on_dismiss=close)(draw)()


def rerun_if_asked() -> None:
    """First in a fragment that asks: a dialog is the page's, so that it stays while the fragment is drawn anew."""
    if _NEW in st.session_state:
        st.rerun()


def rerun_if_done() -> None:
    """First in a dialog: what was asked for is done, so it is closed."""
    if _OPEN not in st.session_state:
        st.rerun()


def draw_buttons(label: str, do: Callable[[], str], in_form: bool = False) -> None:
    """At a dialog's end: the way back, and the way on; in a form what was typed last is sent with the click."""
    button = st.form_submit_button if in_form else st.button
    with st.container(horizontal=True, horizontal_alignment="right", key="asking-answer"):
        button("Not now", key="asking-not-now", on_click=close)
        button(label, type="primary", key="asking-yes", on_click=attempt, args=(do,))
