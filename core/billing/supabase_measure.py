"""Supabase measurements: what a project stores, noted each time that it is looked at."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from core.billing.supabase_days import UsageFile, measured_folder, write_usage
from core.database import Database, named_queries
from core.errors import PhyghtError, SourceUnreachable, StorageDenied
from core.settings import Settings
from core.storage.supabase_key import project_ref, require_service_key
from core.units import instant_text

if TYPE_CHECKING:
    from core.billing.reports import IngestReport  # whoever only asks whether there is a project needs no DuckDB

_queries: Any = named_queries(__file__)
_Report = TypeVar("_Report", bound="IngestReport")


def is_measured(settings: Settings) -> bool:
    """Whether there is a Supabase project to measure."""
    return bool(settings.supabase_url and settings.supabase_service_role_key)


def measure_supabase(settings: Settings, database: Database, home: Path, clock: Callable[[], datetime]) -> UsageFile:
    """Measure every bucket of the configured project, note it, and write the usage file anew.

    Raises SourceUnreachable when not all of it can be measured with certainty, DeliveryRefused when the typed egress
    is not right; the run is then on record as failed.
    """
    try:
        measure_buckets(settings, database, clock())
        return write_usage(project_ref(settings.supabase_url or ""), database, home, clock().date())
    except PhyghtError:
        from core.billing.runs import recorded_run  # here: a worker that only asks what is measured reads no bills

        with recorded_run(str(measured_folder(home)), database, home, clock):
            raise


def measure_buckets(settings: Settings, database: Database, now: datetime) -> None:
    """Note what lies in every bucket at this moment; where one fails, nothing is noted.

    Raises SourceUnreachable when the key is wrong or limited, the network fails, or an answer is short of something.
    """
    url, key = service_key(settings, now.date())
    from core.billing.supabase_storage import open_storage  # here: its libraries take a second to import

    with open_storage(url, key) as storage:
        sizes = [storage.size(bucket) for bucket in storage.buckets()]
    instant = {"project": project_ref(url), "measured_at": instant_text(now)}
    with database.transaction() as connection:
        _queries.add_measurement(connection, **instant)
        for size in sizes:
            _queries.add_bucket_size(
                connection, **instant, bucket=size.name, size_bytes=size.size_bytes, objects=size.objects,
                unsized=size.unsized,
            )  # fmt: skip


def unsized_objects(database: Database) -> int:
    """How many stored objects count as 0 bytes because Supabase does not know their size."""
    with database.reading() as connection:
        return _queries.unsized_objects(connection)["objects"]


def measured_bytes(database: Database) -> int:
    """What all buckets held together when they were last measured; 0 before that."""
    with database.reading() as connection:
        return _queries.measured_bytes(connection)["bytes"]


def service_key(settings: Settings, today: date) -> tuple[str, str]:
    """The project's address and a key that may be asked with. Raises SourceUnreachable when there is none."""
    url, key = settings.supabase_url, settings.supabase_service_role_key
    if not url or not key:
        missing = "SUPABASE_SERVICE_ROLE_KEY" if url else "SUPABASE_URL"
        raise SourceUnreachable(f"{missing} is not set.", "Copy it from the project's API settings.")
    try:
        require_service_key(key.get_secret_value(), url, today)
    except StorageDenied as error:
        raise SourceUnreachable(error.message, error.advice) from error
    return url, key.get_secret_value()


def with_remark(report: _Report, remark: str) -> _Report:
    """The report of the measured folder, saying of each delivery how it was measured."""
    deliveries = tuple(
        replace(delivery, reason="; ".join(filter(None, (delivery.reason, remark)))) for delivery in report.deliveries
    )
    return replace(report, deliveries=deliveries)
