"""Alerts links: the page that an alert is about, with its filters, for whoever may see it."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from core.access.roles import Permission, User
from core.alerts.alert import Alert
from dashboard.links import COSTS, LIFECYCLE, MIGRATION, OVERVIEW, PERFORMANCE, SETTINGS, page_link

PAGES: dict[str, tuple[Path, str, Permission]] = {
    "costs": (COSTS, "See it on Costs", Permission.SEE_COSTS),
    "performance": (PERFORMANCE, "See it on Performance", Permission.SEE_PERFORMANCE),
    "migration": (MIGRATION, "See the migration", Permission.SEE_MIGRATION),
    "lifecycle": (LIFECYCLE, "See it on Lifecycle", Permission.SEE_SAVINGS),
    "settings": (SETTINGS, "See the settings", Permission.SEE_SETTINGS),
}
_FIRST = (OVERVIEW, "See Overview", Permission.SEE_COSTS)


def draw_link(alert: Alert, user: User) -> None:
    """Nothing where the user may not see that page."""
    address = urlsplit(alert.link)
    page, label, permission = PAGES.get(address.path.strip("/"), _FIRST)
    if user.may(permission):
        page_link(page, label, parse_qs(address.query))
