"""What became of measurements is on record with each ingestion, beside what became of bills."""

import gzip
from pathlib import Path

import pytest

from core.alerts.figure import Handles, Scope
from core.alerts.figures.ingested import Refused
from core.billing.reports import IngestionRun
from core.billing.runs import ingestion_runs
from core.errors import NoExportFound
from core.settings import load_settings
from core.sources.rest import Measurements
from tests.telemetry import logged
from tests.telemetry.ingesting import NOW, Installation


@pytest.fixture
def home(tmp_path: Path) -> Installation:
    """A log of three lines, of which one is bad."""
    home = Installation(tmp_path / "home", tmp_path / "source")
    log = logged.w3c(logged.line(), logged.line(), logged.line(sc_bytes="-7"))
    (home.source / logged.NAME).write_bytes(gzip.compress(log))
    return home


def handles(home: Installation) -> Handles:
    return Handles(home.database, lambda: home.warehouse, tuple, load_settings(), home.source)


def last_run(home: Installation) -> IngestionRun:
    return ingestion_runs(home.database)[0]


def test_an_ingestion_of_logs_is_on_record_with_its_sums_and_what_is_wrong_is_so_again(home: Installation):
    home.ingest()

    run = last_run(home)
    assert (run.outcome, run.deliveries, run.error) == ("done", (), "")
    bad = f"{logged.NAME}: line 3: sc-bytes is -7"
    remark = "Every log has lines without c-country: their country is the edge's"
    assert run.measured == Measurements(1, 0, 0, 1, 3, 1, (bad,), (remark,))
    home.ingest()
    assert last_run(home).measured == Measurements(0, 1, 0, 0, 0, 0, (bad,), (remark,))


def test_what_was_refused_is_on_record_with_its_reason_and_needs_somebody(home: Installation):
    home.ingest()
    (home.source / "cut.gz").write_bytes(gzip.compress(logged.w3c(*(logged.line() for _ in range(50))))[:-20])
    home.ingest()

    run = last_run(home)
    assert run.outcome == "refused"
    assert run.measured is not None
    assert run.measured.refused == 1
    assert "cut.gz" in run.measured.reasons[0]
    (told,) = Refused(handles(home)).read(NOW, Scope())
    assert (told.subject, told.value, told.detail) == (str(home.source), 1, run.measured.reasons[0])


def test_a_source_without_either_has_no_measurements_on_record(home: Installation, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoExportFound):
        home.ingest(tmp_path / "empty")

    assert last_run(home).measured is None
