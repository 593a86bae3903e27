"""Library: find a video, watch it, and see where it lies and what that costs."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission
from dashboard import library, session, theme, video_page, widgets

user = session.require(Permission.WATCH)
theme.dress()
platform = session.platform()
view = library.current_view()

with widgets.explain_errors():
    if view.video:
        video_page.draw(platform, user, view, datetime.now(UTC))
    else:
        st.title("Library", anchor=False)
        library.draw(platform, user, view)
