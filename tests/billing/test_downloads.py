"""Files without a manifest: each charge counts once, or the delivery is refused in words."""

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.billing.builders import (
    DELIVERED,
    athena,
    csv_gz,
    csv_text,
    csv_zip,
    cur2,
    deliver_azure,
    deliver_cur2,
    deliver_legacy,
    focus,
    legacy,
    parquet,
    put,
)
from tests.billing.store import Store

LATER = DELIVERED + timedelta(days=1)
MARKED = "no manifest: completeness not verified"


def forget_manifests(bucket: Path) -> None:
    for manifest in bucket.rglob("*anifest.json"):
        manifest.unlink()


def outcomes(store: Store, bucket: Path) -> list[tuple[str, Decimal | None]]:
    return [(report.outcome.value, report.total) for report in store.ingest(bucket).deliveries]


# --- executions side by side --------------------------------------------------------------------------------------


def cur2_twice(bucket: Path) -> None:
    """The instants are in the folders' names; the files came the other way round."""
    deliver_cur2(bucket, [cur2("9")], create_new=True, execution="e2", delivered_at=LATER)
    deliver_cur2(bucket, [cur2("7")], create_new=True, execution="e1", delivered_at=DELIVERED)
    for file in (bucket / "cur").rglob("*-e1/*.parquet"):
        put(file, file.read_bytes(), LATER + timedelta(days=9))


def legacy_twice(bucket: Path) -> None:
    deliver_legacy(bucket, [legacy("7")], assembly="20261105T050000Z")
    deliver_legacy(bucket, [legacy("9")], assembly="20261106T050000Z")


def legacy_by_number(bucket: Path) -> None:
    deliver_legacy(bucket, [legacy("9")], assembly="11111111-aaaa-4000-8000-000000000001", delivered_at=LATER)
    deliver_legacy(bucket, [legacy("7")], assembly="22222222-aaaa-4000-8000-000000000001")


def azure_twice(bucket: Path) -> None:
    put(deliver_azure(bucket, [focus("9")], run="11111111-aaaa-4000-8000-000000000001"), csv_text([focus("9")]), LATER)
    deliver_azure(bucket, [focus("7")], run="22222222-aaaa-4000-8000-000000000001")


def overwritten_once(bucket: Path) -> None:
    """An export that used to overwrite, and creates a new version each time now."""
    deliver_cur2(bucket, [cur2("7")])
    deliver_cur2(bucket, [cur2("9")], create_new=True, execution="e2", delivered_at=LATER)


@pytest.mark.parametrize("deliver", [cur2_twice, legacy_twice, legacy_by_number, azure_twice, overwritten_once])
def test_of_executions_without_their_manifests_the_newest_counts(
    store: Store, bucket: Path, deliver: Callable[[Path], None]
):
    deliver(bucket)
    forget_manifests(bucket)

    assert outcomes(store, bucket) == [("superseded", None), ("loaded", Decimal(9))]
    assert outcomes(store, bucket) == [("superseded", None), ("unchanged", Decimal(9))]
    assert store.total() == Decimal(9)


def test_where_nothing_tells_which_execution_is_the_newest_they_are_refused(store: Store, bucket: Path):
    for number, cost in enumerate("79"):
        deliver_azure(bucket, [focus(cost)], run=f"{number}1111111-aaaa-4000-8000-000000000001")
    forget_manifests(bucket)

    assert store.refusal(bucket) == (
        "exports/costs/20261001-20261031 holds several deliveries, and nothing tells which is the newest. "
        "Copy their manifests too, or keep one of them."
    )


def test_a_restated_month_without_a_manifest_takes_the_place_of_the_one_before(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("7")], create_new=True, execution="e1")
    forget_manifests(bucket)
    assert outcomes(store, bucket) == [("loaded", Decimal(7))]
    deliver_cur2(bucket, [cur2("9")], create_new=True, execution="e2", delivered_at=LATER)
    forget_manifests(bucket)

    assert outcomes(store, bucket) == [("superseded", None), ("loaded", Decimal(9))]
    assert store.total() == Decimal(9)


def test_daily_folders_of_one_month_are_parts_of_it(store: Store, bucket: Path):
    """Oracle writes each day into a folder of its own."""
    for day in (1, 2, 3):
        row = focus("1", ProviderName="Oracle", ChargePeriodStart=f"2026-10-{day:02}T00:00Z")
        put(bucket / f"FOCUS Reports/2026/10/{day:02}/00010000001234{day}-00001.csv.gz", csv_gz([row]))

    assert outcomes(store, bucket) == [("loaded", Decimal(3))]


# --- the same file twice ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("copy", ["bill (1).csv.gz", "2026-10/bill.csv.gz", "BILLING_PERIOD=2026-10/part.gz"])
def test_a_copy_of_a_file_does_not_count_again(store: Store, bucket: Path, copy: str):
    for name in ("bill.csv.gz", copy):
        put(bucket / name, csv_gz([focus("1"), focus("2")]))

    (report,) = store.ingest(bucket).deliveries
    first, second = sorted(["bill.csv.gz", copy])
    assert (report.rows, report.total) == (2, Decimal(3))
    assert report.reason == f"{MARKED}; {second} is a copy of {first}"
    assert store.outcomes(bucket) == ["unchanged"]


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("bill.csv.gz", csv_gz),
        ("bill.zip", csv_zip),
        ("bill.csv.zip", csv_zip),
        ("bill.parquet", parquet),
        ("bill.snappy.parquet", parquet),
    ],
)
def test_a_file_beside_itself_in_another_packing_is_refused(store: Store, bucket: Path, name: str, write: Any):
    put(bucket / "bill.csv", csv_text([focus("1")]))
    put(bucket / name, write([focus("1")]))

    assert store.refusal(bucket) == (
        f"bill.csv and {name} may be one file, written in two ways. Remove one, or rename it."
    )


def test_names_that_differ_in_case_are_two_files(store: Store, bucket: Path):
    put(bucket / "a.csv", csv_text([focus("1")]))
    put(bucket / "A.csv", csv_text([focus("2")]))

    assert outcomes(store, bucket) == [("loaded", Decimal(3))]


@pytest.mark.parametrize(("deliver", "listed"), [(deliver_cur2, "dataFiles"), (deliver_legacy, "reportKeys")])
def test_a_file_that_a_manifest_lists_twice_counts_once(store: Store, bucket: Path, deliver: Any, listed: str):
    deliver(bucket, [cur2("7") if deliver is deliver_cur2 else legacy("7")])
    for manifest in bucket.rglob("*anifest.json"):
        told = json.loads(manifest.read_text())
        put(manifest, json.dumps(told | {listed: told[listed] * 2}))

    assert outcomes(store, bucket) == [("loaded", Decimal(7))]


def test_a_file_is_not_taken_for_two_of_a_manifests(store: Store, bucket: Path):
    manifest = deliver_cur2(bucket, [cur2("7")])
    told = json.loads(manifest.read_text())
    other = told["dataFiles"][0].replace("/platform/data/", "/platform/data/part=2/")
    put(manifest, json.dumps(told | {"dataFiles": [*told["dataFiles"], other]}))

    assert "/part=2/" in store.refusal(bucket)


# --- files that hold no charges -----------------------------------------------------------------------------------


def test_what_aws_tells_athena_is_no_bill(store: Store, bucket: Path):
    key = "legacy/report/report"
    put(bucket / key / "year=2026/month=10/report-00001.snappy.parquet", parquet([athena(1.0)]))
    status = parquet([{"status": "READY"}], status=pa.string())
    put(bucket / key / "cost_and_usage_data_status/cost_and_usage_data_status.parquet", status)

    assert outcomes(store, bucket) == [("loaded", Decimal(1))]


def test_what_macos_keeps_of_a_file_is_no_bill(store: Store, bucket: Path):
    put(bucket / "bill.csv", csv_text([focus("1")]))
    put(bucket / "._bill.csv", b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X" + bytes(60))

    assert outcomes(store, bucket) == [("loaded", Decimal(1))]


def test_a_file_that_may_not_be_read_keeps_no_other_from_loading(
    store: Store, bucket: Path, monkeypatch: pytest.MonkeyPatch
):
    put(bucket / "a/bill.csv", csv_text([focus("1")]))
    put(bucket / "b/bill.csv.gz", gzip.compress(csv_text([focus("2", BillingAccountId="2")]).encode()))
    real = Path.open

    def guarded(path: Path, *arguments: Any, **named: Any) -> Any:
        if path == bucket / "a/bill.csv":
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", guarded)

    assert outcomes(store, bucket) == [("refused", None), ("loaded", Decimal(2))]
