"""Ingestion: a source's bills and measurements, each by those who know them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from core.billing import ingest as bills
from core.billing.reports import IngestReport
from core.database import Database
from core.segments import Shelf
from core.settings import Settings
from core.sources.rest import Rest, Without
from core.sources.source import Source
from core.sources.workspace import open_workspace
from core.storage.patience import Patience
from core.telemetry.cloudwatch_days import Clients, measure_cloudwatch
from core.telemetry.cloudwatch_resources import Resource, cloudwatch_folder
from core.telemetry.datasets import Place
from core.telemetry.ingest import ingest_measurements, sort_files
from core.telemetry.reports import MeasuredReport, in_sums


@dataclass(frozen=True)
class Ingested(IngestReport):
    """What became of a source: of its bills, and of its measurements."""

    measured: MeasuredReport = field(default_factory=MeasuredReport)

    @property
    def well(self) -> bool:
        """Whether nothing was refused."""
        return not self.refused and not self.measured.refused


def ingest(
    address: str,
    database: Database,
    warehouse_folder: Path,
    settings: Settings,
    clock: Callable[[], datetime],
    progress: bills.OnProgress = lambda _: None,
    again: bool = False,
) -> Ingested:
    """Load what is new in a source: a folder, or `s3://bucket/prefix`, with bills, measurements or both.

    `again`: each day of its measurements is made anew, as videos are known now.

    Safe to kill, to repeat, and to run twice at once.

    Raises SourceUnreachable, or NoExportFound where there is nothing to look at.
    """
    measured = MeasuredReport()

    def take_out(source: Source) -> Rest:
        nonlocal measured
        with open_workspace(warehouse_folder.parent, _memory_mb(settings)) as workspace:
            place = Place(database, Shelf(warehouse_folder), workspace, settings, clock)
            files = sort_files(source, source.entries(), place)
            measured = ingest_measurements(source, files, place, again)
        return Rest(Without(source, files.measured), in_sums(measured) if measured.found else None)

    report = bills.ingest(address, database, warehouse_folder, settings, clock, progress, take_out)
    return Ingested(report.source, report.started_at, report.ended_at, report.deliveries, report.left_alone, measured)


def _memory_mb(settings: Settings) -> int:
    """What DuckDB has for measurements: an eighth less than for bills, as a batch of lines lies in memory beside it."""
    return settings.phyght_ingest_memory_mb * 7 // 8


def ingest_cloudwatch(
    asked: Sequence[Resource],
    clients: Clients,
    database: Database,
    warehouse_folder: Path,
    settings: Settings,
    clock: Callable[[], datetime],
    patience: Patience,
) -> Ingested:
    """Ask CloudWatch for its metrics and load what it tells; what it does not tell is remarked."""
    home = warehouse_folder.parent
    remarks = measure_cloudwatch(asked, clients, home, clock(), patience)
    folder = cloudwatch_folder(home)
    if not any(folder.glob("*.json")):
        return Ingested(str(folder), clock(), clock(), (), "", MeasuredReport(remarks=remarks))
    report = ingest(str(folder), database, warehouse_folder, settings, clock)
    return replace(report, measured=replace(report.measured, remarks=(*remarks, *report.measured.remarks)))
