"""Settings: where data comes from, whether the connections work, who may come in, and this installation."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission
from dashboard import installation, people, session, sources, storing, theme, widgets

user = session.require(Permission.SEE_SETTINGS)
theme.dress()
platform = session.platform()
now = datetime.now(UTC)

st.title("Settings", anchor=False)
bills, connections, persons, machine = st.tabs(
    ["Bills", "Connections", "People", "Installation"], key="section", on_change="rerun", bind="query-params"
)
with widgets.explain_errors():
    if bills.open:
        with bills:
            sources.draw_sources(platform, user, now)
            sources.draw_freshness(platform, now)
    if connections.open:
        with connections:
            storing.draw_providers(platform, now)
            installation.draw_connections(platform.settings, now)
    if persons.open:
        with persons:
            people.draw_you(user)
            people.draw_people(platform.access.accounts, user, now)
    if machine.open:
        with machine:
            installation.draw_installation(platform, now)
