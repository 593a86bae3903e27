"""Performance of nothing: what stands in the place of figures where days or filters leave none."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import streamlit as st

from core.costs.period import Period
from core.performance.coverage import last_day
from dashboard import format, widgets
from dashboard import performance_controls as controls
from dashboard.performance_view import FILTERS, PerformanceView, first_period


def draw(what: str, view: PerformanceView, days: frozenset[date], until: datetime | None, advice: str) -> None:
    """Why there is nothing: what is known of other days, a filter, or, where nothing ever was, what to do about it."""
    with widgets.card("nothing", f"No {what} in {format.period(view.period)}", height="content"):
        if not (days and until):
            st.markdown(advice)
        elif any(view.period.start <= day < view.period.end for day in days) and _filtered(view):
            st.markdown("None that the filters let through. Remove one, or choose other days.")
        else:
            known = Period(min(days), max(days) + timedelta(1))
            st.markdown(f"Something is known of {format.period(known)}. Choose days among them.")
            _draw_way(view, first_period(last_day(until), until))


def _filtered(view: PerformanceView) -> bool:
    return any(by in FILTERS[view.section] for by in view.filters)


def _draw_way(view: PerformanceView, newest: Period) -> None:
    if newest != view.period:
        st.button(
            f"Show {format.period(newest)}", key="newest", on_click=controls.go, args=(replace(view, period=newest),)
        )
