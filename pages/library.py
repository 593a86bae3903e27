"""Library: find a video, by what it is called or by where and how it lies."""

import streamlit as st

from core.access.roles import Permission
from dashboard import library, session, theme, widgets

user = session.require(Permission.WATCH)
theme.dress()

st.title("Library", anchor=False)
with widgets.explain_errors():
    library.draw(session.platform(), user, library.current_view())
