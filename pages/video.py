"""Video: watch one video, and see where it lies, what that costs, and what happened to it."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission
from dashboard import library, session, theme, video_page, widgets
from dashboard.library_view import SLUG

user = session.require(Permission.WATCH)
theme.dress("video.css")

with widgets.explain_errors():
    slug = st.query_params.get(SLUG, "")
    video_page.draw(session.platform(), user, slug, library.current_view(), datetime.now(UTC))
