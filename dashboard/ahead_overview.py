"""Ahead, on the Overview: where the month will end, and how the tightest budget stands."""

from datetime import date

import streamlit as st

from core.access.roles import User
from core.bootstrap import Platform
from core.costs.forecasted import CostForecast
from core.costs.period import month_of
from dashboard import bands, budget_words, costs_sections, format, odd_days_words, outlooks, widgets
from dashboard.charts import Flag
from dashboard.costs_sections import BUDGET, Section
from dashboard.format import markdown
from dashboard.links import COSTS, page_link
from dashboard.numbers import Number
from dashboard.view import View

_HORIZON = 30


def expected(platform: Platform, currency: str, today: date) -> CostForecast:
    """All costs in a currency."""
    return outlooks.forecast(platform, _all(currency, today), _HORIZON, today)


def odd_days(platform: Platform, user: User, currency: str, today: date) -> tuple[Flag, ...]:
    """Days on which all costs were more than expected, to be marked."""
    odd = outlooks.odd_days_of(platform, user, _all(currency, today))
    return odd_days_words.flags(each for each in odd if each.impact > 0)


def _all(currency: str, today: date) -> View:
    return View(month_of(today), currency=currency)


def draw_tile(found: CostForecast, today: date) -> None:
    """Where the month will end; nothing where there is too little history."""
    if found.total is None:
        return
    month = found.total.this_month
    amount, band = format.money(month.expected, found.currency), bands.in_words(month.bands, found.currency)
    widgets.tile(f"{format.plain_month(month.month, today)} will end at", amount, Number.MONTH_END, None, band)


def draw_tightest(platform: Platform, today: date) -> None:
    """The budget that most needs somebody, in one line, and the ways to all of it."""
    told, _ = outlooks.standings(platform, today)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="ahead-line"):
        if told:
            tightest = max(told, key=budget_words.tightness)
            verdict = budget_words.verdict(tightest)
            st.badge(verdict.words, icon=f":material/{verdict.icon}:", color=verdict.colour)
            st.caption(markdown(budget_words.line(tightest, today)), width="content")
            page_link(COSTS, "Budgets", {**costs_sections.query(Section.BUDGETS), BUDGET: tightest.budget.name})
        page_link(COSTS, "Forecast", costs_sections.query(Section.FORECAST))
