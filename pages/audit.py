"""Audit: who did what, to what, with what outcome, when and from where."""

from core.access.roles import Permission
from dashboard import audit_page, session, theme, widgets

user = session.require(Permission.SEE_AUDIT)
theme.dress()

with widgets.explain_errors():
    audit_page.draw(session.platform(), user)
