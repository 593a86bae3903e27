"""Costs: what is spent, on what, and how that changed."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission
from core.costs.selection import tag_keys
from dashboard import answers, controls, events, session, theme, widgets

user = session.require(Permission.SEE_COSTS)
theme.dress()
platform = session.platform()
today = datetime.now(UTC).date()

st.title("Costs", anchor=False)
if widgets.has_data(platform, user):
    with widgets.explain_errors():
        view = controls.current_view(today)
        controls.draw_controls(view, today, tag_keys(platform.warehouse))
        controls.draw_filters(view)
        answer = answers.answer(platform.warehouse, platform.database, view, events.flags(platform))
        answers.draw_total(answer)
        answers.draw_chart(answer)
        answers.draw_lines(answer)
        answers.draw_restatements(answer)
