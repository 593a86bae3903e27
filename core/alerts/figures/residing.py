"""Residing: objects that lie where they may not."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from core.alerts.figure import About, Handles, Reading, Scope, Unit, Worse
from core.alerts.figures import links
from core.alerts.figures.daily import of_latest
from core.catalog.residing import Astray, ResidencyCheck, by_place, latest
from core.units import number_of

OUTSIDE = About(
    "residency_outside", "Objects outside their region", Unit.COUNT, Worse.HIGHER,
    "See which they are; move those videos to a bucket of their residency, then remove what is left behind.",
    window=False, gone="nothing lies outside there any more",
)  # fmt: skip


class Outside:
    """How many objects of videos with a residency lie at each place that may not hold them, by the daily check."""

    about = OUTSIDE

    def __init__(self, handles: Handles) -> None:
        self._database = handles.database

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        return of_latest(latest(self._database), now, _readings)


def _readings(check: ResidencyCheck) -> Iterator[Reading]:
    for place, astray in by_place(check.astray).items():
        objects, link = sum(each.objects for each in astray), links.page("lifecycle", {"section": "Residency"})
        yield Reading(Decimal(objects), place, _detail(astray), min(filter(None, (e.since for e in astray))), link=link)


def _detail(astray: Sequence[Astray]) -> str:
    """Such as: Of 3 videos that must stay in EU; the place lies in us-east-1."""
    videos, where = {each.video_id for each in astray}, " and ".join(sorted({each.residency for each in astray}))
    count = number_of(len(videos), "video")
    region = f"; the place lies in {astray[0].region}" if astray[0].region else ""
    return f"Of {count} that must stay in {where}{region}."
