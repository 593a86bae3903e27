"""Files that are no bills: what systems and Phyght itself keep is left alone, and what else is, is told."""

import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from core.__main__ import main
from core.billing.runs import ingestion_runs
from core.errors import NoExportFound
from core.settings import Settings
from tests.billing.builders import csv_text, cur2, deliver_cur2, focus, put
from tests.billing.store import Store

FORK = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X" + bytes(60)
SUFFIXES = ".parquet, .csv, .csv.gz, .gz or .zip"


def test_what_systems_keep_of_their_own_beside_an_export_is_no_bill(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("7")])
    beside = ("data/BILLING_PERIOD=2026-10/._platform-00001.snappy.parquet", "data/.DS_Store", ".snapshot/old.csv")
    for name in (*beside, "metadata/BILLING_PERIOD=2026-10/._platform-Manifest.json", "__MACOSX/a.csv"):
        put(bucket / "cur/platform" / name, FORK)

    report = store.ingest(bucket)
    assert [(each.outcome, each.total) for each in report.deliveries] == [("loaded", Decimal(7))]
    assert report.left_alone == "5 hidden files were left alone"


def test_what_macos_puts_into_an_archive_is_no_bill(store: Store, bucket: Path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("__MACOSX/._bill.csv", FORK)
        archive.writestr("bill.csv", csv_text([focus("7")]))
        archive.writestr(".DS_Store", FORK)
    put(bucket / "bill.zip", packed.getvalue())

    assert store.outcomes(bucket) == ["loaded"]
    assert store.total() == Decimal(7)


def test_files_by_other_names_are_told(store: Store, bucket: Path, capsys: pytest.CaptureFixture[str]):
    put(bucket / "bill.csv", csv_text([focus("7")]))
    for name in ("a.tsv", "part-0001", "Thumbs.db", "z.txt"):
        put(bucket / name, "x")
    told = f"4 files were left alone, whose names do not end in {SUFFIXES}: Thumbs.db, a.tsv, part-0001, ..."

    assert main(["ingest", str(bucket)]) == 0
    assert f"{told}." in " ".join(capsys.readouterr().err.split())
    (run,) = ingestion_runs(store.database)
    assert run.left_alone == told


def test_a_manifests_file_by_another_name_is_read(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("7")], ending="part")

    report = store.ingest(bucket)
    assert [(each.outcome, each.total) for each in report.deliveries] == [("loaded", Decimal(7))]
    assert report.left_alone == ""


def test_where_nothing_else_is_there_they_are_told_too(store: Store, bucket: Path):
    put(bucket / "bill.tsv", "x")

    with pytest.raises(NoExportFound) as error:
        store.ingest(bucket)
    assert str(error.value) == (
        f"{bucket} holds no bill export (1 file was left alone, whose names do not end in {SUFFIXES}: bill.tsv). "
        "Give the folder or prefix that a CUR or FOCUS export, or logs, go to."
    )


@pytest.mark.parametrize("linked", [False, True], ids=["by its path", "through a link"])
def test_what_phyght_keeps_in_a_source_is_no_bill(store: Store, settings: Settings, tmp_path: Path, linked: bool):
    """`python -m core ingest .` where the home is a folder of the same project."""
    around = settings.phyght_home.parent
    put(around / "bills/bill.csv", csv_text([focus("7")]))
    source = around
    if linked:
        source = tmp_path / "link"
        source.symlink_to(around)
        (around / "facts").mkdir()
    store.ingest(source)
    for number, file in enumerate(store.warehouse.segment_files() if linked else ()):
        (around / f"facts/{number}.parquet").symlink_to(file)

    again = store.ingest(source)
    assert [(each.outcome, each.total) for each in again.deliveries] == [("unchanged", Decimal(7))]


def test_what_phyght_is_given_to_read_below_its_home_is_read(store: Store, settings: Settings):
    put(settings.phyght_home / "measured/bill.csv", csv_text([focus("7")]))

    assert store.outcomes(settings.phyght_home / "measured") == ["loaded"]
    with pytest.raises(NoExportFound):
        store.ingest(settings.phyght_home)
