"""Lifecycle page: rules, legal holds, where videos must stay, and what was changed."""

import streamlit as st

from core.access.roles import User
from core.actions.action import Kind
from core.bootstrap import Platform
from dashboard import (
    actions_history,
    asking,
    lifecycle_dialog,
    lifecycle_form,
    lifecycle_holds,
    lifecycle_residency,
    lifecycle_rules,
    widgets,
)

RULES, HOLDS, RESIDENCY, HISTORY = "Rules", "Legal holds", "Residency", "What was changed"


def draw(platform: Platform, user: User) -> None:
    """The section that the URL asks for, and the dialog that is open."""
    asking.tell()
    if not asking.asked():
        lifecycle_form.forget()
    st.title("Lifecycle", anchor=False)
    rules, holds, residency, history = st.tabs(
        [RULES, HOLDS, RESIDENCY, HISTORY], key="section", on_change="rerun", bind="query-params"
    )
    with widgets.explain_errors():
        if rules.open:
            with rules:
                lifecycle_rules.draw(platform, user)
        if holds.open:
            with holds:
                lifecycle_holds.draw(platform, user)
        if residency.open:
            with residency:
                lifecycle_residency.draw(platform, user)
        if history.open:
            with history:
                actions_history.draw(platform, (Kind.PUT_LIFECYCLE_POLICY,))
    _draw_dialog(platform)


def _draw_dialog(platform: Platform) -> None:
    match asking.asked():
        case (lifecycle_rules.FORM, which):
            new = not lifecycle_rules.split(which)[1]
            title = "Add a lifecycle rule" if new else "Change the rule"
            asking.dialog(title, lambda: lifecycle_dialog.draw(platform, which), width="large")
        case (lifecycle_rules.REMOVE, which):
            asking.dialog("Remove the rule?", lambda: lifecycle_rules.draw_removal(platform, which), width="medium")
        case (lifecycle_rules.IMPORT, which):
            asking.dialog("Import rules", lambda: lifecycle_dialog.draw_import(platform, which), width="medium")
        case (lifecycle_holds.PLACE, _):
            asking.dialog("Place a legal hold", lambda: lifecycle_holds.draw_place(platform))
        case (lifecycle_holds.RELEASE, video_id):
            asking.dialog("Release the hold?", lambda: lifecycle_holds.draw_release(platform, video_id))
        case (actions_history.UNDO, id):
            asking.dialog("Undo it?", lambda: actions_history.draw_undo(platform, id), width="medium")
        case (actions_history.DETAIL, id):
            asking.dialog("What happened", lambda: actions_history.draw_detail(platform, id), width="medium")
        case _:
            pass
