"""Truth 2: the manifest says what was delivered, and which delivery is the newest."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.billing.builders import (
    DELIVERED,
    csv_gz,
    csv_text,
    cur2,
    deliver_azure,
    deliver_cur2,
    deliver_legacy,
    focus,
    legacy,
    put,
)
from tests.billing.store import Store

LATER = DELIVERED + timedelta(hours=8)


def test_leftover_chunks_that_the_manifest_does_not_list_are_left_alone(store: Store, bucket: Path):
    manifest = deliver_cur2(bucket, [csv_gz([cur2("1")])], ending="csv.gz")
    folder = bucket / "cur/platform/data/BILLING_PERIOD=2026-10"
    put(folder / "platform-00002.csv.gz", csv_gz([cur2("99")]))
    store.ingest(bucket)

    assert manifest.exists()
    assert store.total() == Decimal(1)


def test_a_leftover_chunk_overwritten_with_no_rows_adds_nothing(store: Store, bucket: Path):
    header_only = csv_text([cur2()]).splitlines(keepends=True)[0]
    deliver_legacy(bucket, [legacy("1")], assembly=None)
    put(bucket / "legacy/report/20261001-20261101/report-00002.csv.gz", header_only)
    deliver_cur2(bucket, [csv_gz([cur2("2", bill_payer_account_id="9")]), header_only.encode()], ending="csv")
    report = store.ingest(bucket)

    assert [delivery.total for delivery in report.deliveries] == [Decimal(2), Decimal(1)]


def test_a_listed_file_that_is_missing_refuses_the_delivery_and_keeps_the_one_before(store: Store, bucket: Path):
    deliver_cur2(bucket, [csv_gz([cur2("5")])], ending="csv.gz", create_new=True)
    store.ingest(bucket)
    two = [csv_gz([cur2("6")]), csv_gz([cur2("7")])]
    deliver_cur2(bucket, two, ending="csv.gz", create_new=True, execution="b" * 36, delivered_at=LATER)
    next(bucket.rglob("*b/platform-00002.csv.gz")).unlink()

    assert "platform-00002.csv.gz is in the manifest and not there" in store.refusal(bucket)
    assert store.total() == Decimal(5)


def test_of_executions_side_by_side_the_newest_counts(store: Store, bucket: Path):
    for number, cost in enumerate(("1", "2", "3")):
        moment = DELIVERED + timedelta(hours=number)
        deliver_cur2(bucket, [cur2(cost)], create_new=True, execution=f"{9 - number}" * 36, delivered_at=moment)

    assert store.outcomes(bucket) == ["superseded", "superseded", "loaded"]
    assert store.total() == Decimal(3)


def test_an_older_execution_that_arrives_later_is_superseded(store: Store, bucket: Path, tmp_path: Path):
    deliver_cur2(bucket, [cur2("3")], create_new=True, execution="new", delivered_at=LATER)
    store.ingest(bucket)
    old = tmp_path / "old"
    deliver_cur2(old, [cur2("1")], create_new=True, execution="old")

    (report,) = store.ingest(old).deliveries
    assert (report.outcome, report.reason) == ("superseded", "new is loaded and newer")
    assert store.total() == Decimal(3)


def test_the_month_folders_manifest_says_which_assembly_counts(store: Store, bucket: Path):
    """AWS may finish an older assembly later: the top-level manifest decides."""
    deliver_legacy(bucket, [legacy("1")], assembly="11111111-aaaa-4000-8000-000000000001")
    deliver_legacy(
        bucket, [legacy("2")], assembly="22222222-aaaa-4000-8000-000000000001", current=False, delivered_at=LATER
    )

    assert sorted(store.outcomes(bucket)) == ["loaded", "superseded"]
    assert store.total() == Decimal(1)


def test_a_download_of_one_assemblys_folder_alone_is_its_delivery(store: Store, bucket: Path):
    deliver_legacy(bucket, [legacy("1")], assembly="11111111-aaaa-4000-8000-000000000001")

    (report,) = store.ingest(bucket / "legacy/report/20261001-20261101/11111111-aaaa-4000-8000-000000000001").deliveries
    assert (report.outcome, report.total, report.complete) == ("loaded", Decimal(1), True)


def test_a_download_of_one_months_data_folder_is_taken_as_it_is_and_said_to_be_unverified(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("4")])

    (report,) = store.ingest(bucket / "cur/platform/data/BILLING_PERIOD=2026-10").deliveries
    assert (report.outcome, report.total, report.complete) == ("loaded", Decimal(4), False)
    assert report.reason == "no manifest: completeness not verified"


def test_a_folder_of_several_months_without_a_manifest_is_one_delivery_for_each_month(store: Store, bucket: Path):
    for month, cost in (("2026-09", "1"), ("2026-10", "2")):
        row = cur2(cost, bill_billing_period_start_date=f"{month}-01", line_item_usage_start_date=f"{month}-05")
        put(bucket / f"{month}.csv.gz", csv_gz([row]))

    reports = store.ingest(bucket).deliveries
    assert [(f"{r.period:%Y-%m}", r.outcome, r.total) for r in reports] == [
        ("2026-09", "loaded", Decimal(1)),
        ("2026-10", "loaded", Decimal(2)),
    ]
    assert store.outcomes(bucket) == ["unchanged", "unchanged"]


def test_a_manifest_that_is_cut_refuses_only_its_own_delivery(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("1")], export="cur/good")
    deliver_cur2(bucket, [cur2("2", bill_payer_account_id="9")], export="cur/bad").write_text('{"dataFiles": ["s3://b/')

    reports = store.ingest(bucket)
    assert [(report.outcome.value, report.export) for report in reports.deliveries if report.outcome != "refused"] == [
        ("loaded", "s3://billing-bucket/cur/good")
    ]
    assert "platform" not in reports.refused[0].reason
    assert "bad-Manifest.json is no complete manifest" in reports.refused[0].reason


def test_a_delivery_whose_rows_belong_to_another_month_is_refused(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("1")], "2026-09")

    assert "holds rows of 2026-10 in the delivery of 2026-09" in store.refusal(bucket)


def test_a_delivery_that_says_its_rows_is_held_to_them(store: Store, bucket: Path):
    deliver_azure(bucket, [focus("1", ProviderName="Microsoft")], dataRowCount=2)

    assert "part_0_0001.csv has 1 of 2 rows" in store.refusal(bucket)


def test_a_delivery_that_says_its_bytes_is_held_to_them(store: Store, bucket: Path):
    deliver_azure(bucket, [focus("1", ProviderName="Microsoft")], byteCount=10**6)

    assert "of 1000000 bytes" in store.refusal(bucket)


def test_a_microsoft_export_is_told_by_its_manifest(store: Store, bucket: Path):
    deliver_azure(bucket, [focus("1.5", ProviderName="Microsoft"), focus("2", ProviderName="Microsoft")])

    (report,) = store.ingest(bucket).deliveries
    assert (report.kind, report.total, report.complete) == ("focus", Decimal("3.5"), True)
    assert store.costs("provider") == {"Microsoft": Decimal("3.5")}


def test_a_microsoft_run_submitted_later_takes_the_months_place(store: Store, bucket: Path):
    deliver_azure(bucket, [focus("1", ProviderName="Microsoft")])
    deliver_azure(
        bucket,
        [focus("2", ProviderName="Microsoft")],
        run="00000000-0000-4000-8000-000000000001",
        submitted="2026-11-07T05:00:00.12Z",
    )

    assert store.outcomes(bucket) == ["superseded", "loaded"]
    assert store.total() == Decimal(2)


def test_json_that_is_no_bills_manifest_is_left_alone(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("1")])
    put(bucket / "website/manifest.json", json.dumps({"name": "Phyght", "icons": []}))

    assert store.outcomes(bucket) == ["loaded"]


def test_several_files_of_one_delivery_add_up(store: Store, bucket: Path):
    deliver_cur2(bucket, [csv_gz([cur2(f"0.{n}")]) for n in (1, 2, 3)], ending="csv.gz")

    assert store.ingest(bucket).deliveries[0].total == Decimal("0.6")


@pytest.mark.parametrize(
    ("folder", "month"),
    [
        ("2024-11-costs/cur/metadata/BILLING_PERIOD=2026-10", "2026-10"),
        ("2024-11-costs/cur/metadata/billing_period=2026-10/2026-11-06T05-00-00.000Z-aaaaaaaa", "2026-10"),
        ("20240101-20240201/report/20261001-20261101", "2026-10"),
        ("2024-11-costs/report/20261001-20261101/20261106T050000Z", "2026-10"),
        ("2024-11/2026-10", "2026-10"),
    ],
)
def test_a_manifest_that_names_no_month_is_of_the_one_that_its_own_folder_names(
    store: Store, bucket: Path, folder: str, month: str
):
    put(bucket / folder / "bill.csv", csv_text([cur2("7")]))
    put(bucket / folder / "cur-Manifest.json", json.dumps({"dataFiles": [f"{folder}/bill.csv"]}))

    (report,) = store.ingest(bucket).deliveries
    assert (report.outcome, report.total, f"{report.period:%Y-%m}") == ("loaded", Decimal(7), month)
