"""Storing: providers that fail."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from core.alerts.figure import About, Handles, Reading, Scope, Unit, Worse
from core.alerts.figures import links
from core.storage.breaker import Condition, State

DOWN = About(
    "provider_down", "Storage provider down", Unit.HOURS, Worse.HIGHER,
    "New videos go elsewhere meanwhile. See its status page, its key and its permissions.", window=False,
)  # fmt: skip


class Down:
    """Hours since new videos go elsewhere, of each provider that fails."""

    about = DOWN

    def __init__(self, handles: Handles) -> None:
        self._conditions = handles.conditions

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        return [_reading(each, now) for each in self._conditions() if each.state is not State.CLOSED]


def _reading(condition: Condition, now: datetime) -> Reading:
    since = min(condition.succeeded_at or condition.since or now, now)
    # at least a moment, as one that fails at this instant is down too
    hours = max(Decimal(str(round((now - since).total_seconds() / 3600, 3))), Decimal("0.001"))
    link = links.page("settings", {"section": "Connections"})
    return Reading(hours, condition.provider, f"{condition.error} {condition.advice}".strip(), since, link=link)
