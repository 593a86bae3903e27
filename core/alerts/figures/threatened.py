"""Threatened: videos on legal hold that a rule of a bucket would remove."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from core.alerts.figure import About, Handles, Reading, Scope, Unit, Worse
from core.alerts.figures import links
from core.alerts.figures.daily import of_latest
from core.catalog.threatened import HoldCheck, Threatened, latest

THREATENED = About(
    "holds_threatened", "Videos on legal hold that a lifecycle rule removes", Unit.COUNT, Worse.HIGHER,
    "Change or remove that rule, or its objects are lost; a hold that is over can be released.",
    window=False, gone="no rule there removes what is on hold any more",
)  # fmt: skip


class Held:
    """How many videos on hold the rules of each bucket would remove something of, by the daily check."""

    about = THREATENED

    def __init__(self, handles: Handles) -> None:
        self._database = handles.database

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        return of_latest(latest(self._database), now, _readings)


def _readings(check: HoldCheck) -> Iterator[Reading]:
    link = links.page("lifecycle", {"section": "Legal holds"})
    for place, of in groupby(check.threats, lambda each: each.place):
        found = list(of)
        videos = Decimal(len({each.video_id for each in found}))
        yield Reading(videos, place, _detail(found), min(each.since for each in found), link=link)


def _detail(found: Sequence[Threatened]) -> str:
    """Such as: The rule 'expire' removes objects of them after 30 days."""
    days = {each.rule: each.after_days for each in sorted(found, key=lambda each: -each.after_days)}
    told = (f"{rule!r} after {after:,} days" if rule else f"one without an id after {after:,} days"
            for rule, after in sorted(days.items()))  # fmt: skip
    return f"Rules that remove objects of them, or their old versions: {', '.join(told)}."
