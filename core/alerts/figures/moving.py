"""Moving: migrations that do not get on, and videos that could not be moved."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from core.alerts import words
from core.alerts.figure import About, Handles, Reading, Scope, Unit, Worse
from core.alerts.figures import links
from core.alerts.figures.progress import last_progress, standing_videos
from core.migration.state import Migration, Phase, State

STUCK = About(
    "migration_stuck", "Migration without progress", Unit.HOURS, Worse.HIGHER,
    "See whether a worker runs, and what stands in the way of the videos that are waiting.", window=False,
)  # fmt: skip
FAILED = About(
    "migration_failed_videos", "Videos that could not be moved", Unit.COUNT, Worse.HIGHER,
    "See why they were set aside, cure it, and press Retry.", window=False,
)  # fmt: skip


class Stuck:
    """Hours since anything arrived, of each migration that runs and has videos to move."""

    about = STUCK

    def __init__(self, handles: Handles) -> None:
        self._database = handles.database

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        return list(self._readings(now))

    def _readings(self, now: datetime) -> Iterator[Reading]:
        for migration, at in last_progress(self._database):
            hours = Decimal(str(round((now - at).total_seconds() / 3600, 3)))
            detail = f"Nothing has arrived since {words.instant(at)}."
            yield Reading(max(hours, Decimal(0)), migration.name, detail, at, link=_link(migration))


class Failed:
    """Videos that were set aside, of each migration that is not cancelled."""

    about = FAILED

    def __init__(self, handles: Handles) -> None:
        self._database = handles.database

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        found = standing_videos(self._database, State.FAILED)
        return [
            Reading(Decimal(count), each.name, f"The first reason: {problem}", link=_link(each, State.FAILED))
            for each, count, problem in found
            if each.phase is not Phase.CANCELLED
        ]


def _link(migration: Migration, state: str = "") -> str:
    return links.page("migration", {"migration": migration.name, "state": state})
