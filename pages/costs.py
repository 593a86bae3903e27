"""Costs: what is spent, on what, and how that changed."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission
from core.costs.titles import title_named
from dashboard import (
    answer_chart,
    answer_lines,
    answers,
    attribution_panels,
    controls,
    currency_choice,
    events,
    session,
    supabase,
    theme,
    widgets,
)
from dashboard.view import first_period

user = session.require(Permission.SEE_COSTS)
theme.dress()
platform = session.platform()
today = datetime.now(UTC).date()

st.title("Costs", anchor=False)
if widgets.has_data(platform, user):
    with widgets.explain_errors():
        currency = currency_choice.chosen(platform.warehouse)
        until = controls.whole_until(platform.warehouse, currency)
        wrong_currency = currency_choice.wrong(platform.warehouse, currency)
        view = controls.current_view(today, until, currency, wrong_currency)
        controls.draw_wrong_values(view)
        controls.draw_controls(view, today, until, platform.warehouse)
        controls.draw_filters(view)
        with controls.offers_others(view, first_period(today, until), platform.warehouse):
            if by := title_named(view.by):
                attribution_panels.draw(platform, view, by)
            else:
                answer = answers.answer(platform.warehouse, platform.database, view, events.flags(platform))
                answer_chart.draw_total(answer)
                supabase.draw_egress_note(platform, view, today)
                answer_chart.draw_chart(answer)
                answer_lines.draw_lines(answer)
                answer_lines.draw_restatements(answer)
