"""Forecast page: where this month will end and what comes after, how sure that is, and how good it has been."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import streamlit as st

from core.access.roles import User
from core.bootstrap import Platform
from core.costs.accuracy import Accuracy
from core.costs.budget_store import Budgets
from core.costs.budgets import Budget
from core.costs.dimensions import Dimension, Metric
from core.costs.forecasted import CostForecast, PartForecast
from core.costs.past import PastCosts
from core.costs.titles import FORECAST
from dashboard import (
    bands,
    charts,
    controls,
    costs_sections,
    forecast_chart,
    forecast_parts,
    format,
    legend,
    odd_days_words,
    outlooks,
    supposing,
    widgets,
)
from dashboard.forecast_chart import Ahead
from dashboard.format import markdown
from dashboard.numbers import Number
from dashboard.view import View

HORIZONS = (30, 90)
_MOST_WHY = 12  #: reasons that are listed


@dataclass(frozen=True)
class Forecast:
    """What the section tells."""

    view: View
    past: PastCosts
    found: CostForecast  #: under what is supposed
    usual: CostForecast  #: without it
    horizon: int

    @property
    def is_supposed(self) -> bool:
        return self.found is not self.usual


def horizon() -> int:
    """How many days ahead the URL asks for."""
    asked = st.query_params.get(costs_sections.HORIZON, "")
    return next((each for each in HORIZONS if str(each) == asked), HORIZONS[0])


def draw(platform: Platform, user: User, view: View, today: date) -> None:
    """The section."""
    days = horizon()
    _draw_controls(platform, view, days)
    controls.draw_filters(view)
    supposed = supposing.draw(platform, view, days, today)
    usual = outlooks.forecast(platform, view, days, today)
    past = outlooks.outlook(platform, view, days, today).past
    asked = Forecast(view, past, supposed.forecast if supposed else usual, usual, days)
    if asked.found.total is None or asked.usual.total is None:
        _draw_nothing(asked.found)
        return
    _draw_tiles(platform, asked, asked.found.total, asked.usual.total, today)
    _draw_chart(asked, _ahead(platform, user, asked, asked.found.total, today))
    forecast_parts.draw(asked.found, view, days)
    _draw_rest(asked.found)


def _draw_controls(platform: Platform, view: View, days: int) -> None:
    view = replace(view, by=outlooks.ahead_by(view))
    with (
        st.container(border=True, key="card-controls"),
        st.container(horizontal=True, vertical_alignment="bottom", key="controls-ahead"),
    ):
        controls.draw_breakdown(view, platform.warehouse, (*Dimension, *(() if view.filters else FORECAST)))
        controls.draw_metric(view)
        key = "switch Horizon"
        st.session_state[key] = days
        st.segmented_control(
            "Days ahead",
            HORIZONS,
            key=key,
            required=True,
            label_visibility="collapsed",
            format_func=lambda each: f"{each} days ahead",
            on_change=lambda: costs_sections.go(horizon=str(st.session_state[key])),
        )
        controls.draw_currency(view, platform.warehouse)


def _draw_nothing(found: CostForecast) -> None:
    """Why there is no number."""
    with widgets.card("no-forecast", "No forecast yet", height="content"):
        st.markdown(markdown(found.left_out[0].reason))
        st.caption("It comes by itself, as soon as the bills have enough days.")


def _draw_tiles(platform: Platform, asked: Forecast, total: PartForecast, usual: PartForecast, today: date) -> None:
    currency = asked.found.currency
    this, following, days = total.months[0], total.months[1], total.sum_of(asked.horizon)
    last = asked.found.first + timedelta(asked.horizon - 1)
    before = bands.month_before(asked.past, bands.billed_days(asked.past))
    with st.container(horizontal=True, key="tiles"):
        for label, told, was, what in (
            (f"{format.plain_month(this.month, today)} will end at", this, usual.months[0], before),
            (format.plain_month(following.month, today), following, usual.months[1], None),
            (format.days([asked.found.first, last]), days, usual.sum_of(asked.horizon), None),
        ):
            against = bands.in_words(told.bands, currency)
            compared = was.expected if asked.is_supposed else what
            if compared is not None:
                beside = (
                    "without it" if asked.is_supposed else f"in {asked.found.first.replace(day=1) - timedelta(1):%B}"
                )
                against = f"vs {format.money(compared, currency)} {beside}; {against}"
            change = None if compared is None else format.change(told.expected, compared)
            widgets.tile(label, format.money(told.expected, currency), Number.MONTH_END, change, against)
        if not asked.view.filters and asked.view.metric is Metric.BILLED:
            _draw_measured(outlooks.measured(platform, currency, today))


def _draw_measured(found: Accuracy) -> None:
    if found.typical_error is None:
        widgets.tile(
            "Typically off by", "–", Number.FORECAST_ACCURACY, None, "measured from the first month that is over"
        )
        return
    count = len(found.month_ends)
    inside = f"{found.inside(bands.LEVEL)} of {format.count(count, 'month-end')} fell inside the 80\u202f% range"
    widgets.tile("Typically off by", format.share(found.typical_error, 1), Number.FORECAST_ACCURACY, None,
                 f"{found.days_to_go} days before the end; {inside}{_afterwards(found)}")  # fmt: skip


def _afterwards(found: Accuracy) -> str:
    """That some were worked out from today's bills, as nothing was kept then."""
    if not found.replayed:
        return ""
    which = "all" if found.replayed == len(found.month_ends) else f"{found.replayed}"
    return f"; {which} worked out afterwards"


def _ahead(platform: Platform, user: User, asked: Forecast, total: PartForecast, today: date) -> Ahead:
    flags = odd_days_words.flags(outlooks.odd_days_of(platform, user, asked.view))
    usual = asked.usual.total if asked.is_supposed else None
    return Ahead(asked.past, total, today, _budget_of(platform, asked), usual, flags)


def _draw_chart(asked: Forecast, ahead: Ahead) -> None:
    measure = f"{str(asked.found.metric).capitalize()}, {format.currency_name(asked.found.currency)} a day; UTC days"
    together = ahead.total.sum_of(asked.horizon)
    with widgets.card("ahead", "What the days ahead will cost", measure):
        drawn = forecast_chart.figure(ahead)
        words = bands.in_words(together.bands, asked.found.currency)
        expected = format.cents(together.expected, asked.found.currency)
        alt = f"Days as billed, and {asked.horizon} days ahead: {expected} in all, {words}"
        st.plotly_chart(drawn, config=charts.CONFIG, key="ahead", alt=alt)
        legend.draw(drawn)
        reach = format.day(asked.found.first - timedelta(1))
        st.caption(f"Billed wholly to {reach}. What stands on the first of a month is for the whole month.")
        widgets.how_made(Number.MONTH_END)


def _budget_of(platform: Platform, asked: Forecast) -> Budget | None:
    """The budget of the very charges that are shown; the shortest span first."""
    if asked.view.metric is not Metric.BILLED:
        return None
    fits = [
        each
        for each in Budgets(platform.database, platform.audit).all()
        if each.currency == asked.found.currency and set(each.filters) == set(asked.view.filters)
    ]
    return min(fits, key=lambda each: (each.span.months, each.name), default=None)


def _draw_rest(found: CostForecast) -> None:
    """What it rests on, and what it lacks."""
    with widgets.card("rests-on", "What it rests on", height="content"):
        known = found.known or ("Nothing is known that bills do not show, such as a move or a new price.",)
        for text in (*known, *found.notes):
            st.caption(markdown(text))
        for each in found.left_out[:_MOST_WHY]:
            st.caption(f":material/info: **{markdown(format.label(each.unique_id))}** {markdown(each.reason)}")
        if len(found.left_out) > _MOST_WHY:
            st.caption(f"And {len(found.left_out) - _MOST_WHY:,} more, for such reasons.")
