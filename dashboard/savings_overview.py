"""Savings, on the Overview: what could cost less, in one line."""

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from dashboard import format
from dashboard.format import markdown
from dashboard.links import SAVINGS, page_link


def draw(platform: Platform, user: User) -> None:
    """Nothing where nobody has looked, or nothing was found."""
    found = platform.recommendations.kept(user) if user.may(Permission.SEE_SAVINGS) else None
    if found is None or not found.counted:
        return
    more = found.with_a_catch_usd
    said = f"{format.money(found.saving_usd)} a month could be saved"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="savings-line"):
        st.badge("Savings", icon=":material/savings:", color="green")
        st.caption(markdown(f"{said}, {format.money(more)} more with a catch" if more else said), width="content")
        page_link(SAVINGS, "Savings")
