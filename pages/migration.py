"""Migration: plan which videos move from one provider to another, have them moved, and watch it."""

from core.access.roles import Permission
from dashboard import migration_page, session, theme, widgets
from dashboard.migration_view import current_view

user = session.require(Permission.SEE_MIGRATION)
theme.dress("migration.css")

with widgets.explain_errors():
    migration_page.draw(session.platform(), user, current_view())
