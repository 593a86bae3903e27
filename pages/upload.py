"""Upload: send files, watch their parts go, and get each video's link and what it costs."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission
from dashboard import session, theme, uploading, widgets

user = session.require(Permission.UPLOAD)
theme.dress()
platform = session.platform()
now = datetime.now(UTC)

st.title("Upload", anchor=False)
with widgets.explain_errors():
    uploading.draw_uploader(platform)
with widgets.explain_errors():
    uploading.draw_figures(platform, now)
    uploading.draw_recent(platform, user, now)
    uploading.draw_calling_off(platform, user, now)
