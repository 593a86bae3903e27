"""Performance: how videos reach viewers, how watching goes, and what is watched."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission
from dashboard import performance_controls, performance_page, session, theme, widgets

user = session.require(Permission.SEE_PERFORMANCE)
theme.dress()
platform = session.platform()
now = datetime.now(UTC)

st.title("Performance", anchor=False)
with widgets.explain_errors():
    covered = performance_page.covered(platform)
    if covered.until is None:
        performance_page.draw_first_steps(platform)
    else:
        view = performance_controls.current_view(now.date(), covered.until)
        performance_page.draw(platform, view, covered, now)
