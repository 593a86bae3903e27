"""Alerts: what needs somebody, the rules that tell, what has fired, and who is told."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission
from dashboard import alerts_page, session, theme, widgets

user = session.require(Permission.SEE_ALERTS)
theme.dress()

st.title("Alerts", anchor=False)
with widgets.explain_errors():
    alerts_page.draw(session.platform(), user, datetime.now(UTC))
