"""Alerts page: the dialog that is open, and the section that is looked at."""

from datetime import datetime

from core.access.roles import Permission, User
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
    widgets.role_hint(user, Permission.ACKNOWLEDGE, "alerts", "to acknowledge one")
    widgets.sections(
        {
            FIRING: lambda: alerts_firing.draw(platform),
            RULES: lambda: alerts_rules.draw(platform, user, now),
            HISTORY: lambda: alerts_history.draw(platform, user, now),
            CHANNELS: lambda: alerts_channels.draw(platform, user, now),
        },
        SECTION,
    )
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
