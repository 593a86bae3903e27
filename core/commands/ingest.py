"""python -m core ingest: load what is new in the places that bills and measurements come from."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from core import bootstrap
from core.access.access import shell_user
from core.access.roles import Permission
from core.billing import ingest
from core.billing.reports import DeliveryReport, Outcome
from core.billing.runs import delivery_json
from core.commands.measured import measured_json, say_measured
from core.commands.printing import note, plain, say, say_json, say_table
from core.errors import PhyghtError, SourceError
from core.ingestion import Ingested
from core.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source",
        nargs="*",
        help="folder or s3://bucket/prefix with bills or logs; without one, all that are configured",
    )
    parser.add_argument(
        "--again",
        action="store_true",
        help="make each day of its measurements anew, as when the library has got to know whose old files are",
    )
    parser.add_argument("--json", action="store_true", help="answer for programs")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Exit status 1 when anything was refused, or a source could not be read."""
    platform = bootstrap.open_real_platform(settings)
    user = shell_user(platform.home)
    user.require(Permission.INGEST)
    sources = arguments.source or list(platform.sources)
    if not sources:
        raise SourceError("No source of bills or logs is given.", "Name one, or set PHYGHT_BILLING_SOURCES.")
    reports: list[Ingested] = []
    failures: list[tuple[str, PhyghtError]] = []
    for source in sources:
        try:
            with _progress() as show:
                reports.append(platform.ingest(source, lambda: datetime.now(UTC), show, arguments.again))
            platform.audit.write(user, "ingest", source, datetime.now(UTC))
        except PhyghtError as error:
            failures.append((source, error))
    (_say_json if arguments.json else _say)(reports, failures)
    return 1 if failures or not all(report.well for report in reports) else 0


def _say(reports: list[Ingested], failures: list[tuple[str, PhyghtError]]) -> None:
    deliveries = [delivery for report in reports for delivery in report.deliveries]
    if deliveries:
        head = ("export", "kind", "period", "execution", "outcome", "rows", "total", "")
        say_table(head, [_row(delivery) for delivery in deliveries], right=frozenset({5, 6}))
    counts = {outcome: sum(d.outcome == outcome for d in deliveries) for outcome in Outcome}
    if deliveries:
        say(", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count) + ".")
    for report in reports:
        say_measured(report.measured)
        if report.left_alone:
            note(f"{report.source}: {report.left_alone}.")
    for _, error in failures:
        note(str(error))


def _row(delivery: DeliveryReport) -> tuple[str, ...]:
    return (
        delivery.export,
        delivery.kind or "",
        f"{delivery.period:%Y-%m}" if delivery.period else "",
        delivery.execution,
        delivery.outcome,
        "" if delivery.rows is None else str(delivery.rows),
        "" if delivery.total is None else f"{plain(delivery.total)} {delivery.currency}",
        delivery.reason,
    )


def _say_json(reports: list[Ingested], failures: list[tuple[str, PhyghtError]]) -> None:
    deliveries = [delivery for report in reports for delivery in report.deliveries]
    say_json(
        {
            "deliveries": [_delivery_json(delivery) for delivery in deliveries],
            "refused": sum(delivery.outcome is Outcome.REFUSED for delivery in deliveries),
            "left_alone": {report.source: report.left_alone for report in reports if report.left_alone},
            "measured": {
                report.source: measured_json(report.measured)
                for report in reports
                if report.measured.found or report.measured.remarks
            },
            "errors": [{"source": source, "error": str(error)} for source, error in failures],
        }
    )


def _delivery_json(delivery: DeliveryReport) -> dict[str, object]:
    return {**delivery_json(delivery), "total": None if delivery.total is None else plain(delivery.total)}


@contextmanager
def _progress() -> Iterator[Callable[[ingest.Progress], None]]:
    """A bar on the terminal; nothing where the output goes elsewhere."""
    console = Console(stderr=True)
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Looking", total=None)

        def show(progress: ingest.Progress) -> None:
            name = progress.doing.rstrip("/").rpartition("/")[2]
            bar.update(task, description=name, completed=progress.done_bytes, total=progress.total_bytes)

        yield show
