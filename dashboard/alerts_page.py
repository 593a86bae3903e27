"""Alerts page: the dialog that is open, and the section that is looked at."""

from datetime import datetime

import streamlit as st

from core.access.roles import User
from core.bootstrap import Platform
from dashboard import (
    alerts_channel_dialog,
    alerts_channels,
    alerts_firing,
    alerts_history,
    alerts_rule_dialog,
    alerts_rules,
    asking,
    widgets,
)
from dashboard.alerts_view import CHANNELS, FIRING, HISTORY, RULES, SECTION


def draw(platform: Platform, user: User, now: datetime) -> None:
    """The page as the URL asks for it."""
    asking.tell()
    alerts_firing.draw_role(user)
    firing, rules, history, channels = st.tabs(
        [FIRING, RULES, HISTORY, CHANNELS], key=SECTION, on_change="rerun", bind="query-params"
    )
    with widgets.explain_errors():
        if firing.open:
            with firing:
                alerts_firing.draw(platform)
        if rules.open:
            with rules:
                alerts_rules.draw(platform, user, now)
        if history.open:
            with history:
                alerts_history.draw(platform, user, now)
        if channels.open:
            with channels:
                alerts_channels.draw(platform, user, now)
    _draw_dialog(platform)


def _draw_dialog(platform: Platform) -> None:
    match asking.asked():
        case (alerts_firing.ACKNOWLEDGE, _):
            alerts_firing.draw_dialog(platform)
        case (alerts_rules.FORM, id):
            title = "Change a rule" if id else "Add a rule"
            asking.dialog(title, lambda: alerts_rule_dialog.draw(platform, id), width="medium")
        case (alerts_rules.REMOVE, id):
            asking.dialog("Remove the rule?", lambda: alerts_rules.draw_removal(platform, id))
        case (alerts_channels.ADD, _):
            asking.dialog("Add a channel", lambda: alerts_channel_dialog.draw(platform))
        case (alerts_channels.REMOVE, name):
            asking.dialog("Remove the channel?", lambda: alerts_channels.draw_removal(platform, name))
        case (alerts_channels.PREVIEW, _):
            asking.dialog("Weekly digest", lambda: alerts_channel_dialog.draw_digest(platform), width="medium")
        case _:
            pass
