"""Ingested: bills that are late, and what could not be taken in."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from core.alerts import words
from core.alerts.figure import About, Handles, Reading, Scope, Unit, Worse
from core.alerts.figures import links
from core.billing.reports import IngestionRun, Outcome
from core.billing.runs import ingestion_runs
from core.costs.attention import newest_of_each_provider

LATE = About(
    "bill_age", "Age of a bill", Unit.HOURS, Worse.HIGHER,
    "Later days are in no figure. See whether the provider still delivers, and whether its folder can be read.",
    window=False,
)  # fmt: skip
FAILED = About(
    "ingestion_failed", "Source that could not be read", Unit.COUNT, Worse.HIGHER,
    "See Connections: a permission, an address or the network.", window=False,
)  # fmt: skip
REFUSED = About(
    "ingestion_refused", "Deliveries refused", Unit.COUNT, Worse.HIGHER,
    "The figures stand on the delivery before. See Sources for what is wrong with the file.", window=False,
)  # fmt: skip


class BillAge:
    """Hours since the last usage that each provider's bills tell of."""

    about = LATE

    def __init__(self, handles: Handles) -> None:
        self._handles = handles

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        found = newest_of_each_provider(self._handles.warehouse)
        link = links.page("settings", {"section": "Bills"})
        return [
            Reading(
                Decimal(str(round((now - each.usage_until).total_seconds() / 3600, 1))),
                each.provider,
                f"Its bill ends on {words.instant(each.usage_until)}.",
                each.usage_until,
                link=link,
            )
            for each in found
            if each.usage_until
        ]


class Failed:
    """Sources whose last ingestion came to nothing."""

    about = FAILED

    def __init__(self, handles: Handles) -> None:
        self._handles = handles

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        link = links.page("settings", {"section": "Connections"})
        runs = [run for run in _last_runs(self._handles) if run.error]
        return [Reading(Decimal(1), run.source, run.error, run.ended_at, link=link) for run in runs]


class Refused:
    """Deliveries of bills, and days and files of measurements, that the last ingestion of a source refused."""

    about = REFUSED

    def __init__(self, handles: Handles) -> None:
        self._handles = handles

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        link = links.page("settings", {"section": "Bills"})
        found = [(run, *_refused(run)) for run in _last_runs(self._handles)]
        return [
            Reading(Decimal(len(reasons) + more), run.source, next(iter(reasons), ""), run.ended_at, link=link)
            for run, reasons, more in found
            if reasons or more
        ]


def _refused(run: IngestionRun) -> tuple[list[str], int]:
    """Why deliveries, and the first measurements, were refused; and how many more of these were."""
    bills = [each.reason for each in run.deliveries if each.outcome is Outcome.REFUSED]
    count = run.measured.refused if run.measured else 0
    measured = list(run.measured.reasons[:1]) if run.measured and count else []
    return bills + measured, count - len(measured)


def _last_runs(handles: Handles) -> list[IngestionRun]:
    last: dict[str, IngestionRun] = {}
    for run in ingestion_runs(handles.database, limit=50):
        if run.ended_at:
            last.setdefault(run.source, run)
    return list(last.values())
