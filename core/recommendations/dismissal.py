"""Dismissal: what somebody does not want to be told, and when it has changed so much that they are told again."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.database import Row
from core.recommendations.recommendation import Recommendation
from core.recommendations.sketch import likeness

#: The saving has moved, or the set of objects has, by more than this part.
_MATERIAL = Decimal("0.2")


@dataclass(frozen=True)
class Dismissal:
    """As it was then."""

    id: str
    title: str
    reason: str
    saving_usd: Decimal
    sketch: str
    by: str
    at: datetime

    def holds(self, now: Recommendation) -> bool:
        """Whether its figures are still about those that were dismissed."""
        return not self.what_changed(now)

    def what_changed(self, now: Recommendation) -> str:
        """Why it is told again, in words; empty while it stays away."""
        was, usd = self.saving_usd, now.monthly_saving_usd
        if abs(usd - was) > _MATERIAL * abs(was):
            return f"It would save {usd:,.2f} USD a month by now; when it was dismissed, {was:,.2f}."
        if likeness(self.sketch, now.sketch) < 1 - float(_MATERIAL):
            return "It is about other objects by now than when it was dismissed."
        return ""


def dismissal_of(row: Row) -> Dismissal:
    return Dismissal(
        row["id"],
        row["title"],
        row["reason"],
        Decimal(row["saving_usd"]),
        row["sketch"],
        row["dismissed_by"],
        datetime.fromisoformat(row["dismissed_at"]),
    )
