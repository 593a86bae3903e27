"""Alerts overview: what needs somebody, on the Overview page."""

from datetime import datetime

import streamlit as st

from core.access.roles import User
from core.alerts.alert import Alert
from core.bootstrap import Platform
from dashboard import alerts_firing, asking, widgets
from dashboard import alerts_words as words
from dashboard.alerts_links import draw_link
from dashboard.format import markdown
from dashboard.links import ALERTS, page_link

_MOST = 5


def draw(platform: Platform, user: User, now: datetime) -> None:
    """Five at most, the most pressing first; where there are more, the way to them."""
    asking.tell()
    firing = platform.alerts.alerts.open(user)
    with widgets.card("needs", "Needs you"):
        for alert in firing[:_MOST]:
            _draw_alert(alert, user, now)
        if not firing:
            st.markdown(alerts_firing.nothing(platform.alerts.rules.all(user, now)))
        more = len(firing) - _MOST
        page_link(ALERTS, f"{more} more alerts" if more > 0 else "All alerts")
    alerts_firing.draw_dialog(platform)


def _draw_alert(alert: Alert, user: User, now: datetime) -> None:
    with st.container(gap="xxsmall", key=f"needs-{alert.id}"):
        st.markdown(words.heading(alert))
        st.markdown(words.standing(alert, now))
        if alert.detail:
            st.caption(markdown(alert.detail))
        if alert.acknowledged_by:
            st.markdown(f":blue[:material/person_check:] {markdown(alert.acknowledged_by)} has it.")
        with st.container(horizontal=True, vertical_alignment="center", key=f"needs-answers-{alert.id}"):
            draw_link(alert, user)
            alerts_firing.draw_acknowledge(alert, user)
