"""Explore: read-only SQL on the warehouse, with the tables and units beside it."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission
from dashboard import explorer, session, theme, widgets

user = session.require(Permission.QUERY_WAREHOUSE)
theme.dress()
platform = session.platform()

st.title("Explore", anchor=False)
with widgets.explain_errors():
    query, tables = st.columns([5, 3])
    with tables:
        explorer.draw_catalogue(platform)
    with query:
        sql = explorer.draw_editor(platform, user, datetime.now(UTC))
        if sql is not None:
            explorer.run(platform, user, sql)
        explorer.draw_result(platform)
