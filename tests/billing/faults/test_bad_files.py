"""Truth 9: a file that is cut, damaged, foreign or a bomb is refused by name, and the store stays as it was."""

import gzip
import io
import random
import resource
import shutil
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import NoExportFound
from core.settings import Settings
from tests.billing.builders import DELIVERED, csv_gz, csv_text, csv_zip, cur2, deliver_cur2, focus, parquet, put
from tests.billing.store import Store

LATER = DELIVERED + timedelta(hours=8)
BILL = [cur2(str(n), line_item_resource_id=f"video-{n}") for n in range(40)]
FIRST = Decimal(7)


@pytest.fixture(scope="module")
def loaded_once(shared_store: Store, shared_bucket: Path) -> Store:
    deliver_cur2(shared_bucket, [cur2("7")], ending="csv.gz")
    shared_store.ingest(shared_bucket)
    return shared_store


@pytest.fixture
def loaded(loaded_once: Store, shared_bucket: Path, bucket: Path, settings: Settings) -> Store:
    """A store that holds a bill of 7 USD already."""
    shutil.copytree(shared_bucket, bucket, dirs_exist_ok=True)
    return loaded_once.copy_to(settings.phyght_home, settings)


def refused(store: Store, bucket: Path, content: bytes, ending: str = "csv.gz") -> str:
    """Why a newer delivery with such a file is refused; the store still has its 7 USD."""
    deliver_cur2(bucket, [content], execution="b", delivered_at=LATER, ending=ending)
    reason = store.refusal(bucket)
    assert store.total() == FIRST
    assert reason.startswith(f"cur/platform/data/BILLING_PERIOD=2026-10/platform-00001.{ending} ")
    return reason.partition(f".{ending} ")[2]


@pytest.mark.parametrize(
    ("content", "ending", "reason"),
    [
        (b"", "csv.gz", "is empty."),
        (b"", "snappy.parquet", "is empty."),
        (csv_gz(BILL)[:-9], "csv.gz", "is damaged: its gzip data is cut or damaged."),
        (csv_gz(BILL)[:30], "csv.gz", "is damaged: its gzip data is cut or damaged."),
        (parquet(BILL)[:-9], "snappy.parquet", "is damaged: its Parquet footer cannot be read."),
        (b"PAR1", "snappy.parquet", "is damaged: its Parquet footer cannot be read."),
        (b"<html>404</html>", "csv.gz", "is damaged: it does not begin as its name says."),
        (b"<html>404</html>", "snappy.parquet", "is damaged: it does not begin as its name says."),
        (b"\0" * 4096, "csv", "is damaged: its first line is no CSV header."),
        (b'"' + b"x" * 200_000, "csv", "is damaged: its first line is no CSV header."),
        (b"name,age\nIvan,28\n", "csv", "is not a bill: its columns are name, age."),
        (b"2026-11-28\tFRA56\t203.0.113.9\tGET\n", "csv", "is not a bill: its first line is no header."),
        (gzip.compress(b"name,age\nIvan,28\n"), "csv.gz", "is not a bill: its columns are name, age."),
        (csv_zip(BILL)[:-9], "zip", "is damaged: its zip archive is cut, damaged or encrypted."),
        (csv_zip(BILL, "readme.txt"), "zip", "holds no CSV file."),
    ],
    ids=[
        "empty gz", "empty parquet", "cut gz", "short gz", "cut parquet", "only a magic number", "a page as gz",
        "a page as parquet", "zeros", "no line end", "foreign csv", "a log", "foreign gz", "cut zip", "zip without csv",
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_by_name(loaded: Store, bucket: Path, content: bytes, ending: str, reason: str):
    assert refused(loaded, bucket, content, ending).startswith(reason)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (cur2("twelve"), "holds a value of the wrong type"),
        (cur2("1", line_item_usage_start_date="yesterday"), "holds a value of the wrong type"),
        (cur2("9" * 30), "holds a value of the wrong type"),
    ],
    ids=["cost", "instant", "thirty digits"],
)
def test_a_value_of_the_wrong_type_is_refused(loaded: Store, bucket: Path, row: dict, reason: str):
    assert refused(loaded, bucket, csv_gz([cur2("1"), row])).startswith(reason)


def test_costs_whose_sum_does_not_fit_are_refused(loaded: Store, bucket: Path):
    deliver_cur2(bucket, [csv_gz([cur2("9" * 20)] * 3)], execution="b", delivered_at=LATER, ending="csv.gz")

    assert "cannot be read" in loaded.refusal(bucket)
    assert loaded.total() == FIRST


def test_a_line_with_too_few_values_is_refused(loaded: Store, bucket: Path):
    cut = csv_text(BILL).rpartition(",")[0].rpartition(",")[0]

    assert "cannot be read" in refused(loaded, bucket, cut.encode(), "csv")


def test_the_delivery_of_today_loads_after_a_damaged_one(loaded: Store, bucket: Path):
    refused(loaded, bucket, csv_gz(BILL)[:-9])
    deliver_cur2(bucket, [csv_gz(BILL)], execution="b", delivered_at=LATER, ending="csv.gz")

    assert loaded.outcomes(bucket) == ["loaded"]
    assert loaded.total() == sum(range(40))


def test_a_refused_delivery_does_not_keep_the_others_from_loading(loaded: Store, bucket: Path):
    for month, content in (("2026-09", b"PAR1" + bytes(99)), ("2026-08", parquet(of("2026-08")))):
        deliver_cur2(bucket, [content], month, execution=month)

    assert loaded.outcomes(bucket) == ["loaded", "refused", "unchanged"]
    assert loaded.total() == FIRST + 5


def of(month: str) -> list[dict]:
    dates = {"bill_billing_period_start_date": f"{month}-01", "line_item_usage_start_date": f"{month}-02"}
    return [cur2("5", **dates, line_item_usage_end_date=f"{month}-03")]


# --- damage anywhere ----------------------------------------------------------------------------------------------


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :]


@pytest.mark.parametrize("ending", ["csv.gz", "zip"])
def test_a_flipped_bit_in_a_compressed_file_changes_nothing_or_is_refused(store: Store, bucket: Path, ending: str):
    """Twenty places over the whole file: headers, data and checksums."""
    content = csv_gz(BILL) if ending == "csv.gz" else csv_zip(BILL)
    for n in range(20):
        flip = flipped(content, n * (len(content) - 1) // 19)
        put(bucket / f"{n:02}/bill.{ending}", flip)

    report = store.ingest(bucket)

    assert {d.outcome.value for d in report.deliveries} <= {"loaded", "refused"}
    assert len(report.refused) >= 10
    assert all(d.total == sum(range(40)) for d in report.deliveries if d.total is not None)


def test_damaged_parquet_never_breaks_the_ingestion_of_the_others(store: Store, bucket: Path):
    """A flipped bit of Parquet may be silent, which is why checksums are compared; but none may end it all."""
    content, chance = parquet(BILL), random.Random(2)
    for n in range(20):
        flip = bytearray(content)
        flip[chance.randrange(4, len(content) - 4)] ^= 1 << chance.randrange(8)
        put(bucket / f"{n:02}/bill.parquet", bytes(flip))
    put(bucket / "good/bill.parquet", parquet([cur2("5", bill_payer_account_id="999999999999")]))

    report = store.ingest(bucket)

    assert len(report.refused) >= 3
    (good,) = [d for d in report.deliveries if d.export.endswith("/good")]
    assert (good.outcome.value, good.total) == ("loaded", Decimal(5))


# --- bombs --------------------------------------------------------------------------------------------------------


def gz_bomb() -> bytes:
    """One megabyte that unpacks to more than one gigabyte."""
    return csv_gz(BILL) + gzip.compress(b"0," * (16 << 20), mtime=0) * 33


def zip_bomb() -> bytes:
    """An archive that says of itself that it unpacks to two gigabytes."""
    return with_size(csv_zip(BILL), 2 << 30)


def with_size(archive: bytes, size: int) -> bytes:
    """The archive, with another size in its directory."""
    at = archive.rindex(b"PK\x01\x02") + 24
    return archive[:at] + size.to_bytes(4, "little") + archive[at + 4 :]


@pytest.mark.parametrize(("bomb", "ending"), [(gz_bomb, "csv.gz"), (zip_bomb, "zip")], ids=["gz", "zip"])
def test_a_bomb_is_refused_before_it_fills_memory_or_disk(
    loaded: Store, bucket: Path, bomb: Callable[[], bytes], ending: str
):
    content = bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()

    assert refused(loaded, bucket, content, ending).startswith("unpacks to more than 1 GiB, which no bill")

    assert time.process_time() - began < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150 * 1024


def test_a_zip_that_lies_about_its_size_is_refused(loaded: Store, bucket: Path):
    assert "damaged" in refused(loaded, bucket, with_size(csv_zip(BILL), 10), "zip")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_a_zip_that_no_provider_would_make_is_refused(loaded: Store, bucket: Path, method: int):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("bill.csv", csv_text(BILL))

    reason = refused(loaded, bucket, packed.getvalue(), "zip")
    assert reason.startswith("is damaged: it is packed in a way that no provider uses.")


# --- manifests and folders ----------------------------------------------------------------------------------------


def test_a_missing_chunk_is_named(loaded: Store, bucket: Path):
    deliver_cur2(bucket, [csv_gz(BILL), csv_gz(BILL)], execution="b", delivered_at=LATER, ending="csv.gz")
    (bucket / "cur/platform/data/BILLING_PERIOD=2026-10/platform-00002.csv.gz").unlink()

    assert loaded.refusal(bucket) == (
        "cur/platform/data/BILLING_PERIOD=2026-10/platform-00002.csv.gz is in the manifest and not there. "
        "Copy it too, or wait until the delivery is complete."
    )
    assert loaded.total() == FIRST


@pytest.mark.parametrize("content", ['{"dataFiles": [', '{"dataFiles": 5}', "[", '{"reportKeys": ["x"]}', "\ufeff{"])
def test_a_manifest_that_is_cut_or_says_too_little_is_refused(loaded: Store, bucket: Path, content: str):
    put(bucket / "other/metadata/x-Manifest.json", content)

    assert loaded.refusal(bucket).startswith("other/metadata/x-Manifest.json is no complete manifest")
    assert loaded.total() == FIRST


def test_a_manifest_of_another_thing_is_left_alone(loaded: Store, bucket: Path):
    put(bucket / "site/manifest.json", '{"name": "an app of the web"}')

    assert loaded.outcomes(bucket) == ["unchanged"]


def test_a_manifest_of_gigabytes_is_not_read(loaded: Store, bucket: Path):
    with (bucket / "Manifest.json").open("wb") as file:
        file.truncate(10 << 30)

    assert loaded.refusal(bucket).startswith("Manifest.json is too large for a manifest.")


def test_a_download_without_its_manifest_is_loaded_and_marked(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("7")]).unlink()

    (report,) = store.ingest(bucket).deliveries

    assert (report.outcome.value, report.total, report.complete) == ("loaded", FIRST, False)
    assert report.reason == "no manifest: completeness not verified"


def test_a_folder_with_no_export_is_told(store: Store, bucket: Path):
    with pytest.raises(NoExportFound) as error:
        store.ingest(bucket)
    assert str(error.value) == (
        f"{bucket} holds no bill export. Give the folder or prefix that a CUR or FOCUS export, or logs, go to."
    )


def test_two_kinds_of_bill_in_one_delivery_are_refused(loaded: Store, bucket: Path):
    files = [csv_gz(BILL), csv_gz([focus("1")])]
    deliver_cur2(bucket, files, execution="b", delivered_at=LATER, ending="csv.gz")

    assert loaded.refusal(bucket).endswith("mixes cur2 and focus files. Deliver each by itself.")
    assert loaded.total() == FIRST
