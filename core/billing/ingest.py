"""Ingest: find the deliveries in a source, and make the newest of each export and month the truth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core.billing import outcomes
from core.billing.adoption import adopt_segments
from core.billing.columns import Kind
from core.billing.deliveries import Delivery, find_deliveries
from core.billing.facts import periods, write_facts
from core.billing.prices import load_prices
from core.billing.reports import DeliveryReport, IngestReport, Outcome
from core.billing.runs import recorded_run
from core.billing.segments import Published, Segment, holds, publish, unpriced
from core.billing.staging import Staged, stage
from core.billing.supabase_usage import pricing_key
from core.database import Database, named_queries
from core.errors import DeliveryRefused, DiskFull, NoExportFound, SourceUnreachable
from core.segments import Shelf, collect_orphans
from core.settings import Settings
from core.sources.mishaps import mishaps_refused
from core.sources.opening import open_source
from core.sources.rest import Rest
from core.sources.source import Source, as_text
from core.sources.workspace import Workspace, disk_errors, open_workspace, reading_errors
from core.units import instant_text

_queries: Any = named_queries(__file__)


@dataclass(frozen=True)
class Progress:
    """How far an ingestion is."""

    done_bytes: int
    total_bytes: int  #: of the deliveries that have to be read
    doing: str  #: the export and period, for people


OnProgress = Callable[[Progress], None]
#: Takes out of a source what is no bill's, and deals with it.
TakeOut = Callable[[Source], Rest]


def ingest(
    address: str,
    database: Database,
    warehouse_folder: Path,
    settings: Settings,
    clock: Callable[[], datetime],
    progress: OnProgress = lambda _: None,
    take_out: TakeOut = Rest,
) -> IngestReport:
    """Load what is new of bills in a source: a folder, or `s3://bucket/prefix`.

    Each (export, billing period) is replaced whole by its newest delivery, or stays as it was. Safe to kill, to
    repeat, and to run twice at once.

    Raises SourceUnreachable, or NoExportFound where there is nothing to look at.
    """
    with recorded_run(as_text(address), database, warehouse_folder.parent, clock) as run:
        source = open_source(address, settings)
        run.address = source.address
        rest = take_out(source)
        run.measured = rest.measured
        found = find_deliveries(rest.source)
        run.left_alone = found.left_alone
        if not found.deliveries and not rest.measured:
            raise NoExportFound(
                f"{source.address} holds no bill export{f' ({found.left_alone})' if found.left_alone else ''}.",
                "Give the folder or prefix that a CUR or FOCUS export, or logs, go to.",
            )
        adopt_segments(warehouse_folder, database)
        with open_workspace(warehouse_folder.parent, settings.phyght_ingest_memory_mb) as workspace:
            job = _Job(rest.source, database, warehouse_folder, settings, clock, workspace, progress)
            run.reports += job.run(found.deliveries)
            collect_orphans(warehouse_folder, database, clock())
    return run.report


class _Job:
    """One run over the deliveries of one source."""

    def __init__(
        self,
        source: Source,
        database: Database,
        warehouse_folder: Path,
        settings: Settings,
        clock: Callable[[], datetime],
        workspace: Workspace,
        progress: OnProgress,
    ) -> None:
        self.source = source
        self.database = database
        self.shelf = Shelf(warehouse_folder)
        self.settings = settings
        self.clock = clock
        self.workspace = workspace
        self.progress = progress
        self.prices = load_prices(settings.phyght_price_catalog).supabase(settings.supabase_plan)
        self.pricing = pricing_key(self.prices, settings.supabase_gb_bytes)
        self.done_bytes = 0

    def run(self, deliveries: list[Delivery]) -> list[DeliveryReport]:
        newest = {(d.export, d.period): d for d in deliveries}  # they come oldest first
        known = {id(d): self._without_reading(d, newest[d.export, d.period]) for d in deliveries}
        total = sum(file.size for d in deliveries if not known[id(d)] for file in d.files)
        reports: list[DeliveryReport] = []
        for delivery in deliveries:
            reports += known[id(delivery)] or self._load_or_refuse(delivery, total)
        return [self._with_uncounted(report) for report in reports]

    def _without_reading(self, delivery: Delivery, newest: Delivery) -> list[DeliveryReport]:
        """The reports of a delivery that need no look at its files; empty where they must be read."""
        if delivery is not newest:
            return [outcomes.report(delivery, Outcome.SUPERSEDED, f"{newest.execution} is newer")]
        if delivery.refusal:
            return [outcomes.refused(delivery, delivery.refusal)]
        current = self._current(delivery)
        if made := [row for row in current if self._made(delivery, row)]:
            whole = all(row["whole"] for row in made)
            return [outcomes.stored(delivery, row, Outcome.UNCHANGED, "") for row in made] if whole else []
        order = (instant_text(delivery.delivered_at), delivery.execution)
        newer = [row for row in current if (row["delivered_at"], unpriced(row["execution"])) > order]
        return [outcomes.stored(delivery, row, Outcome.SUPERSEDED, outcomes.is_newer(row)) for row in newer]

    def _current(self, delivery: Delivery) -> list[dict[str, Any]]:
        """The segments that show the delivery's export and period now, and whether each is whole."""
        with self.database.reading() as connection:
            return [
                dict(row) | {"whole": holds(self.shelf, connection, row["path"])}
                for row in _queries.current_deliveries(connection, export=delivery.export)
                if delivery.period in (None, date.fromisoformat(row["period"]))
            ]

    def _made(self, delivery: Delivery, row: dict[str, Any]) -> bool:
        return row["execution"] == self._execution(delivery, Kind(row["kind"]))

    def _execution(self, delivery: Delivery, kind: Kind) -> str:
        # the same usage at other prices is another bill
        return f"{delivery.execution}/{self.pricing}" if kind is Kind.SUPABASE else delivery.execution

    def _load_or_refuse(self, delivery: Delivery, total_bytes: int) -> list[DeliveryReport]:
        def done(size: int) -> None:
            self.done_bytes += size
            self.progress(Progress(self.done_bytes, total_bytes, delivery.export))

        self.progress(Progress(self.done_bytes, total_bytes, delivery.export))
        try:
            with mishaps_refused(delivery.export), self.workspace.fresh_folder() as folder:
                staged = stage(
                    delivery, self.source, folder, self.workspace, self.prices, self.settings.supabase_gb_bytes, done
                )  # fmt: skip
                return self._load(delivery, staged, folder)
        except (DeliveryRefused, DiskFull, SourceUnreachable) as error:
            return [outcomes.refused(delivery, error)]

    def _load(self, delivery: Delivery, staged: Staged, folder: Path) -> list[DeliveryReport]:
        kept = [row for row in self._current(delivery) if row["whole"] and self._made(delivery, row)]
        there = {(row["kind"], row["period"]) for row in kept}  # of several months, some may have been damaged
        with reading_errors(delivery.export), disk_errors(self.shelf.folder):
            segments = [
                self._write(delivery, staged, kind, period, folder)
                for kind in staged.kinds
                for period in self._periods(delivery, kind)
                if (kind, period.isoformat()) not in there
            ]
            published = publish(segments, self.shelf, self.database, self.clock())
        if not segments and not kept:
            raise DeliveryRefused("There are no rows in it.", "Wait for the next delivery.")
        unchanged = [outcomes.stored(delivery, row, Outcome.UNCHANGED, "") for row in kept]
        return unchanged + [_published(delivery, segment, published, staged.notes) for segment in segments]

    def _periods(self, delivery: Delivery, kind: Kind) -> list[date]:
        found = periods(kind, self.workspace.connection)
        if delivery.period is None:
            return found
        foreign = [period for period in found if period != delivery.period]
        if foreign:
            raise DeliveryRefused(
                f"{delivery.export} holds rows of {foreign[0]:%Y-%m} in the delivery of {delivery.period:%Y-%m}.",
                "Wait for the next delivery, or report it to the provider.",
            )
        return [delivery.period]

    def _write(self, delivery: Delivery, staged: Staged, kind: Kind, period: date, folder: Path) -> Segment:
        target = folder / f"{kind}-{period}"
        target.mkdir()
        bills = write_facts(
            period, delivery.export, kind, delivery.delivered_at, staged.product_names, target,
            self.workspace.connection,
        )  # fmt: skip
        return Segment(
            delivery.export, kind, period, self._execution(delivery, kind), delivery.delivered_at, self.source.address,
            delivery.complete, tuple(bills), target,
        )  # fmt: skip

    def _with_uncounted(self, report: DeliveryReport) -> DeliveryReport:
        """Say which accounts of a current bill are counted elsewhere, now that every delivery is in its place."""
        if report.outcome not in (Outcome.LOADED, Outcome.UNCHANGED) or not report.period:
            return report
        with self.database.reading() as connection:
            uncounted = _queries.uncounted_bills(
                connection, export=report.export, kind=report.kind, period=report.period.isoformat()
            )
            remarks = [
                f"{name} account {account} is not counted here but in {other}" for name, account, other in uncounted
            ]
        return replace(report, reason="; ".join(filter(None, [report.reason, *remarks])))


def _published(delivery: Delivery, segment: Segment, published: Published, notes: Sequence[str]) -> DeliveryReport:
    told = outcomes.loaded(delivery, segment, notes)
    if segment in published.overtaken:
        return outcomes.overtaken(told)
    return outcomes.known_meanwhile(told) if segment in published.known else told
