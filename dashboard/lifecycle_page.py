"""Lifecycle page: rules, legal holds, copies and backups, where videos must stay, and what was changed."""

import streamlit as st

from core.access.roles import User
from core.actions.action import Kind
from core.bootstrap import Platform
from dashboard import (
    actions_history,
    asking,
    lifecycle_copies,
    lifecycle_copies_dialog,
    lifecycle_dialog,
    lifecycle_drills,
    lifecycle_form,
    lifecycle_holds,
    lifecycle_residency,
    lifecycle_rules,
    widgets,
)

RULES, HOLDS, COPIES, RESIDENCY, HISTORY = "Rules", "Legal holds", "Copies", "Residency", "What was changed"
#: What is changed here.
_KINDS = (Kind.PUT_LIFECYCLE_POLICY, Kind.PUT_REPLICATION)


def draw(platform: Platform, user: User) -> None:
    """The section that the URL asks for, and the dialog that is open."""
    asking.tell()
    if not asking.asked():
        lifecycle_form.forget()
    st.title("Lifecycle", anchor=False)
    widgets.sections(
        {
            RULES: lambda: lifecycle_rules.draw(platform, user),
            HOLDS: lambda: lifecycle_holds.draw(platform, user),
            COPIES: lambda: lifecycle_copies.draw(platform, user),
            RESIDENCY: lambda: lifecycle_residency.draw(platform, user),
            HISTORY: lambda: actions_history.draw(platform, _KINDS),
        }
    )
    _draw_dialog(platform)


def _draw_dialog(platform: Platform) -> None:
    """The one that is open."""
    if asked := asking.asked():
        _draw_rule_dialog(platform, *asked)
        _draw_copies_dialog(platform, *asked)
        _draw_hold_dialog(platform, *asked)
        actions_history.draw_dialog(platform, *asked)


def _draw_rule_dialog(platform: Platform, dialog: str, which: str) -> None:
    match dialog:
        case lifecycle_rules.FORM:
            new = not lifecycle_rules.split(which)[1]
            title = "Add a lifecycle rule" if new else "Change the rule"
            asking.dialog(title, lambda: lifecycle_dialog.draw(platform, which), width="large")
        case lifecycle_rules.REMOVE:
            asking.dialog("Remove the rule?", lambda: lifecycle_rules.draw_removal(platform, which), width="medium")
        case lifecycle_rules.IMPORT:
            asking.dialog("Import rules", lambda: lifecycle_dialog.draw_import(platform, which), width="medium")
        case _:
            pass


def _draw_copies_dialog(platform: Platform, dialog: str, provider: str) -> None:
    match dialog:
        case lifecycle_copies.SET_UP:
            title = "Copy to another bucket"
            asking.dialog(title, lambda: lifecycle_copies_dialog.draw(platform, provider), width="large")
        case lifecycle_drills.DRILL:
            asking.dialog("Restore a sample", lambda: lifecycle_drills.draw_asking(platform), width="medium")
        case _:
            pass


def _draw_hold_dialog(platform: Platform, dialog: str, id: str) -> None:
    match dialog:
        case lifecycle_holds.PLACE:
            asking.dialog("Place a legal hold", lambda: lifecycle_holds.draw_place(platform))
        case lifecycle_holds.RELEASE:
            asking.dialog("Release the hold?", lambda: lifecycle_holds.draw_release(platform, id))
        case _:
            pass
