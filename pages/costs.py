"""Costs: what is spent, on what, and how that changed."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission
from core.costs.selection import tag_keys
from dashboard import answer_chart, answer_lines, answers, controls, events, session, supabase, theme, widgets
from dashboard.view import first_period

user = session.require(Permission.SEE_COSTS)
theme.dress()
platform = session.platform()
today = datetime.now(UTC).date()

st.title("Costs", anchor=False)
if widgets.has_data(platform, user):
    with widgets.explain_errors():
        until = controls.whole_until(platform.warehouse)
        view = controls.current_view(today, until)
        controls.draw_controls(view, today, until, tag_keys(platform.warehouse))
        controls.draw_filters(view)
        with controls.offers_newest(view, first_period(today, until)):
            answer = answers.answer(platform.warehouse, platform.database, view, events.flags(platform))
            answer_chart.draw_total(answer)
            supabase.draw_egress_note(platform, view, today)
            answer_chart.draw_chart(answer)
            answer_lines.draw_lines(answer)
            answer_lines.draw_restatements(answer)
