"""Costs: what is spent, on what and how that changed; what it will come to; budgets; and odd days."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission
from dashboard import (
    budgets_page,
    controls,
    costs_sections,
    currency_choice,
    forecast_page,
    odd_days_page,
    session,
    spent_page,
    theme,
    widgets,
)
from dashboard.costs_sections import Section

user = session.require(Permission.SEE_COSTS)
theme.dress()
platform = session.platform()
today = datetime.now(UTC).date()

st.title("Costs", anchor=False)
if widgets.has_data(platform, user):
    with widgets.explain_errors():
        section = costs_sections.current()
        costs_sections.draw_switch(section)
        currency = currency_choice.chosen(platform.warehouse)
        until = controls.whole_until(platform.warehouse, currency)
        wrong_currency = currency_choice.wrong(platform.warehouse, currency)
        view = controls.current_view(today, until, currency, wrong_currency)
        controls.draw_wrong_values(view)
        match section:
            case Section.SPENT:
                spent_page.draw(platform, user, view, today, until)
            case Section.FORECAST:
                forecast_page.draw(platform, user, view, today)
            case Section.BUDGETS:
                budgets_page.draw(platform, user, view, today)
            case Section.ODD_DAYS:
                odd_days_page.draw(platform, user, view)
