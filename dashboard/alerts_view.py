"""Alerts view: what the Alerts page shows, and the URL that says so.

Its parameters: section; alert and rule, the ones that are looked at.
"""

from urllib.parse import urlencode

import streamlit as st

from core.access.roles import Permission
from dashboard import session

FIRING, RULES, HISTORY, CHANNELS = "Firing", "Rules", "History", "Channels"
SECTION, ALERT, RULE = "section", "alert", "rule"


def chosen(what: str) -> str:
    """The id of the alert or rule that is looked at; empty where none is."""
    return st.query_params.get(what, "")


def choose(what: str, id: str) -> None:
    """Look at an alert or a rule, or at none, from a callback."""
    session.require(Permission.SEE_ALERTS)
    if id:
        st.query_params[what] = id
    elif what in st.query_params:
        del st.query_params[what]


def address(section: str, what: str, id: str) -> str:
    """Where an alert or a rule is looked at."""
    kept = {name: st.query_params.get_all(name) for name in (session.VIEW_AS,)}
    return f"?{urlencode({SECTION: section, what: id, **kept}, doseq=True)}"
