"""Runs: each ingestion and what it came to, kept in the database."""

import json
import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.billing.reports import DeliveryReport, IngestionRun, IngestReport, Outcome
from core.database import Connection, Database, named_queries
from core.errors import PhyghtError
from core.sources.rest import Measurements
from core.sources.workspace import SCRATCH, held_folder, is_held
from core.units import instant_text

_queries: Any = named_queries(__file__)
log = logging.getLogger(__name__)

_UNFORESEEN = "It ended unexpectedly ({}). Report it, with the last lines of the log."
_CUT_OFF = "It was cut off in the middle. Run it again."


class Run:
    """An ingestion that is under way."""

    def __init__(self, address: str, started_at: datetime) -> None:
        self.id = uuid.uuid4().hex
        self.address = address
        self.started_at = started_at
        self.ended_at = started_at
        self.reports: list[DeliveryReport] = []
        self.left_alone = ""
        self.measured: Measurements | None = None

    @property
    def refused(self) -> bool:
        return bool(self.report.refused or (self.measured and self.measured.refused))

    @property
    def report(self) -> IngestReport:
        return IngestReport(self.address, self.started_at, self.ended_at, tuple(self.reports), self.left_alone)


@contextmanager
def recorded_run(address: str, database: Database, home: Path, clock: Callable[[], datetime]) -> Iterator[Run]:
    """Keep a record of what is done inside: what became of each delivery, or the error that ended it."""
    run = Run(address, clock())
    scratch = home / SCRATCH
    with held_folder(scratch, _folder(run.id)):  # for as long as it goes on, whatever becomes of the process
        with database.transaction() as connection:
            _end_killed(connection, scratch, run)
            _queries.start_run(connection, id=run.id, source=address, started_at=instant_text(run.started_at))
        try:
            yield run
        except BaseException as error:  # also where somebody interrupts it
            run.ended_at = clock()
            _end(database, run, "failed", {"error": _words(error), "measured": _measured_json(run)})
            raise
        run.ended_at = clock()
        outcome = "refused" if run.refused else "done"
        reports = [delivery_json(report) for report in run.reports]
        told = {"deliveries": reports, "left_alone": run.left_alone, "measured": _measured_json(run)}
        _end(database, run, outcome, told)


def _measured_json(run: Run) -> dict[str, Any] | None:
    return run.measured and asdict(run.measured)


def _folder(run_id: str) -> str:
    return f"run-{run_id}"


def _end_killed(connection: Connection, scratch: Path, run: Run) -> None:
    """Put on record that a run is over whose process was killed: nobody holds its folder any more."""
    for row in _queries.unended_runs(connection):
        if not is_held(scratch / _folder(row["id"])):
            ended_at, report = instant_text(run.started_at), json.dumps({"error": _CUT_OFF})
            _queries.end_run(connection, id=row["id"], ended_at=ended_at, outcome="failed", report=report)


def _words(error: BaseException) -> str:
    if isinstance(error, PhyghtError):
        return str(error)
    if isinstance(error, Exception):
        log.exception("an ingestion ended unexpectedly")
        return _UNFORESEEN.format(type(error).__name__)
    return _CUT_OFF


def ingestion_runs(database: Database, limit: int = 20) -> tuple[IngestionRun, ...]:
    """The last ingestions, newest first."""
    with database.reading() as connection:
        return tuple(_from_row(row) for row in _queries.runs(connection, limit=limit))


def delivery_json(report: DeliveryReport) -> dict[str, Any]:
    """A report for programs: money as decimal text, dates as ISO 8601."""
    return asdict(report) | {
        "period": report.period and report.period.isoformat(),
        "total": None if report.total is None else format(report.total, "f"),
    }


def _end(database: Database, run: Run, outcome: str, report: dict[str, Any]) -> None:
    with database.transaction() as connection:
        _queries.end_run(
            connection, id=run.id, ended_at=instant_text(run.ended_at), outcome=outcome, report=json.dumps(report)
        )


def _from_row(row: Any) -> IngestionRun:
    report = json.loads(row["report"])
    return IngestionRun(
        row["id"],
        row["source"],
        datetime.fromisoformat(row["started_at"]),
        row["ended_at"] and datetime.fromisoformat(row["ended_at"]),
        row["outcome"],
        tuple(_delivery(told) for told in report.get("deliveries", [])),
        report.get("error", ""),
        report.get("left_alone", ""),
        _measured(report.get("measured")),
    )


def _measured(told: dict[str, Any] | None) -> Measurements | None:
    if not told:
        return None
    reasons, remarks = (tuple(told.pop(name, ())) for name in ("reasons", "remarks"))
    return Measurements(**told, reasons=reasons, remarks=remarks)


def _delivery(told: dict[str, Any]) -> DeliveryReport:
    return DeliveryReport(
        **told
        | {
            "outcome": Outcome(told["outcome"]),
            "period": told["period"] and date.fromisoformat(told["period"]),
            "total": told["total"] and Decimal(told["total"]),
        }
    )
