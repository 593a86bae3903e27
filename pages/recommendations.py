"""Savings: what could cost less, with its proof; one click to apply it, one to take it back."""

from core.access.roles import Permission
from dashboard import savings_page, session, theme, widgets

user = session.require(Permission.SEE_SAVINGS)
theme.dress()

with widgets.explain_errors():
    savings_page.draw(session.platform(), user)
