"""Savings page: what could cost less, what was applied, and what was dismissed."""

import streamlit as st

from core.access.roles import Permission, User
from core.actions.action import Promise
from core.bootstrap import Platform
from dashboard import action_preview, actions_history, asking, savings_list, session, widgets

SAVINGS, APPLIED, DISMISSED = "Savings", "What was applied", "Dismissed"


def draw(platform: Platform, user: User) -> None:
    """The section that the URL asks for, and the dialog that is open."""
    asking.tell()
    st.title("Savings", anchor=False)
    widgets.sections(
        {
            SAVINGS: lambda: savings_list.draw(platform, user),
            APPLIED: lambda: actions_history.draw(platform),
            DISMISSED: lambda: savings_list.draw_dismissed(platform, user),
        }
    )
    _draw_dialog(platform)


def _draw_dialog(platform: Platform) -> None:
    match asking.asked():
        case (savings_list.APPLY, id):
            asking.dialog("What it does", lambda: _draw_apply(platform, id), width="medium")
        case (savings_list.DISMISS, id):
            asking.dialog("Dismiss it?", lambda: savings_list.draw_dismissal(platform, id))
        case (dialog, id):
            actions_history.draw_dialog(platform, dialog, id)
        case _:
            pass


def _draw_apply(platform: Platform, id: str) -> None:
    """The action of a recommendation, as the cloud is now, with what it promised."""
    user = session.require(Permission.CHANGE_CLOUD)
    with widgets.explain_errors():
        found = platform.recommendations.one(user, id)
        if found.action:
            action_preview.draw(platform, found.action, Promise(found.rule, found.monthly_saving_usd))
