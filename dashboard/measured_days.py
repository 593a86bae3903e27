"""Measured days: how much of a period was measured, and why it is compared with nothing, in words."""

import streamlit as st

from core.costs.period import Period
from core.performance.coverage import Days
from dashboard import format


def draw(period: Period, now: Days, before: Days) -> None:
    """Nothing where both the period and the one before were measured as good as wholly."""
    if not now.nearly_all:
        st.badge(partly(now), icon=":material/data_alert:", color="orange")
    elif not before.nearly_all:
        st.caption(f":material/info: {why_not(period, before)}", width="content")


def partly(now: Days) -> str:
    """That a period was measured in part: so no sum of it is compared."""
    return f"Only {now.measured} of {format.count(now.of, 'day')} measured: not compared"


def why_not(period: Period, before: Days) -> str:
    """Why a period is not compared with the one before."""
    there = format.brief_period(period.previous)
    if not before.measured:
        return f"No comparison: nothing was measured in {there}."
    return f"No comparison: only {before.measured} of {before.of} days were measured before, in {there}."
