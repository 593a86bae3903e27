"""Lifecycle: what buckets do with objects of a certain age, what that costs, and what may never be removed."""

from core.access.roles import Permission
from dashboard import lifecycle_page, session, theme, widgets

user = session.require(Permission.SEE_SAVINGS)
theme.dress()

with widgets.explain_errors():
    lifecycle_page.draw(session.platform(), user)
