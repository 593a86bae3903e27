"""Session: the platform, one for the process, and who is looking, asked anew at every run."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from html import escape
from typing import NoReturn
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st

from core.access.roles import Permission, Role, User, Via
from core.access.sessions import Session
from core.bootstrap import Platform, open_platform
from core.errors import PermissionDenied
from core.settings import load_settings
from dashboard.visitor import identify, visitor_of_page

#: Where the demo's visitor chose the role to look at the app with; in the URL under the same name.
VIEW_AS = "view_as"
_LAST_SEEN = "_last_seen"


@cache
def platform() -> Platform:
    """The platform of this process.

    Raises SettingsError when a setting is wrong, and DatabaseError when the database cannot be opened.
    """
    return open_platform(load_settings())


def user() -> User | None:
    """Who is looking; None when nobody is signed in, or a one-time password has to be changed first.

    What another person, or the same one in another role, left in the browser's session is forgotten.
    """
    who = _who()
    return who.user if who and not who.must_change else None


def require(permission: Permission) -> User:
    """Who is looking, when they may. Otherwise the page ends here, with a sentence that says why.

    The first thing that a page does; a fragment and a callback too, which run without the page.
    """
    who = _who()
    if who is None:
        _end("You are not signed in", "Sign in to see this page.", _link("Sign in", "/sign-in"))
    if who.must_change:
        _end("Choose a password of your own", "Until then nothing is shown.", _link("Choose a password", "/password"))
    try:
        who.user.require(permission)
    except PermissionDenied as error:
        _end("This page is not for your role", str(error))
    return who.user


def lasting(permission: Permission) -> Callable[[], None]:
    """A check that whoever looks now still may, for what runs later and without a page. It raises PermissionDenied."""
    visitor = visitor_of_page()

    def check() -> None:
        who = identify(platform(), visitor, datetime.now(UTC))
        if who is None or who.must_change:
            raise PermissionDenied("You are not signed in.", "Sign in, and try again.")
        who.user.require(permission)

    return check


def _who() -> Session | None:
    who = identify(platform(), visitor_of_page(), datetime.now(UTC))
    if who and who.user.via is Via.DEMO:
        who = replace(who, user=replace(who.user, role=Role(st.session_state.get(VIEW_AS, who.user.role))))
    seen = (who.user.name, who.user.role) if who else None
    if st.session_state.get(_LAST_SEEN, seen) != seen:
        _forget()
    st.session_state[_LAST_SEEN] = seen
    return who


def _forget() -> None:
    for key in set(st.session_state) - {VIEW_AS}:
        del st.session_state[key]


def _end(title: str, sentence: str, link: str = "") -> NoReturn:
    st.html(f'<div class="phyght-gate"><h1>{title}</h1><p>{escape(sentence)}</p>{link}</div>')
    st.stop()


def _link(label: str, path: str) -> str:
    here = urlsplit(st.context.url or "").path or "/"
    query = urlencode({name: st.query_params.get_all(name) for name in st.query_params}, doseq=True)
    wanted = quote(f"{here}?{query}" if query else here)
    return f'<a href="{escape(f"{path}?next={wanted}")}" target="_self">{label}</a>'  # st.link_button opens a new tab
