"""Alerts rule dialog: a new rule, or another form of one; and what its figure is now."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission, User
from core.alerts import words as plain
from core.alerts.figure import Reading
from core.alerts.figures.registry import FIGURES
from core.alerts.rule import Rule
from core.bootstrap import Platform
from core.costs.currencies import currencies
from core.costs.dimensions import Dimension
from core.costs.latest import newest_month
from core.errors import CostsError, RuleRefused
from dashboard import alerts_form as form
from dashboard import asking, session, widgets
from dashboard.format import markdown

_MOST_VALUES, _MOST_READINGS = 50, 5


def draw(platform: Platform, id: str) -> None:
    """The fields; empty id: of a new rule."""
    user = session.require(Permission.MANAGE_ALERTS)
    asking.rerun_if_done()
    asking.tell_refusal()
    with widgets.explain_errors():
        before = platform.alerts.rules.one(user, id).rule if id else None
        channels = platform.alerts.channels.all(user)
        known = form.Known(channels, currencies(platform.warehouse), lambda by: _values(platform, by))
        form.draw_fields(before, known)
        _draw_now(platform, user, before)
        asking.draw_buttons("Change it" if before else "Add it", lambda: _keep(platform, before))


def _values(platform: Platform, dimension: str) -> Sequence[str]:
    """Of a dimension of costs, those of the newest month, the dearest first; others have to be written."""
    if dimension not in tuple(Dimension):
        return ()
    try:
        found = newest_month(platform.warehouse, dimension)
    except CostsError:
        return ()
    return [line.label for line in found.lines[:_MOST_VALUES]]


def _draw_now(platform: Platform, user: User, before: Rule | None) -> None:
    """Asked for only, as some figures take a second."""
    if not st.button("What is it now?", icon=":material/search:", type="tertiary", key="rule-now"):
        return
    try:
        asked = form.rule(before)
    except RuleRefused as error:
        st.markdown(f"{markdown(error.message)} {markdown(error.advice)}")
        return
    with st.spinner("Reading the figure"):
        found = platform.alerts.read(user, asked, datetime.now(UTC))
    if not found:
        st.markdown("There is nothing that it is about now.")
    for reading in found[:_MOST_READINGS]:
        st.markdown(_now(asked, reading))
    if len(found) > _MOST_READINGS:
        st.caption(f"And {len(found) - _MOST_READINGS:,} more.")


def _now(asked: Rule, reading: Reading) -> str:
    subject = f"{markdown(reading.subject)}: " if reading.subject else ""
    if reading.value is None:
        return f":gray[:material/help:] {subject}not known. {markdown(reading.detail)}"
    amount = markdown(plain.amount(reading.value, FIGURES[asked.figure].unit, reading.currency))
    if asked.comparison.holds(reading.value, asked.threshold):
        return f":orange[:material/notifications_active:] {subject}**{amount}**. It would fire."
    return f":green[:material/check_circle:] {subject}**{amount}**. It would not fire."


def _keep(platform: Platform, before: Rule | None) -> str:
    user, now = session.require(Permission.MANAGE_ALERTS), datetime.now(UTC)
    asked = form.rule(before)
    if before:
        platform.alerts.rules.change(user, asked, now)
        return f"{asked.title} is changed."
    platform.alerts.rules.add(user, asked, now)
    return f"{asked.title} is added. It is evaluated within 5 minutes."
