"""Where exports lie: many in one bucket, nested, renamed, downloaded in part; none is lost, none counts twice."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.billing.builders import (
    DELIVERED,
    athena,
    csv_gz,
    cur2,
    deliver_cur2,
    deliver_legacy,
    focus,
    legacy,
    parquet,
    put,
)
from tests.billing.store import Store


def other(cost: str) -> dict:
    """A line of another account, which is therefore another bill."""
    return cur2(cost, bill_payer_account_id="999999999999")


def test_exports_of_one_name_below_different_prefixes_are_different_exports(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("1")], export="eu/platform")
    deliver_cur2(bucket, [other("2")], export="us/platform")

    assert store.outcomes(bucket) == ["loaded", "loaded"]
    assert store.total() == Decimal(3)


@pytest.mark.parametrize("prefix", ["2026", "202610", "data", "metadata", "2026-10", "20261001-20261101"])
def test_a_prefix_that_looks_like_a_part_of_the_layout_does_not_make_two_exports_one(
    store: Store, bucket: Path, prefix: str
):
    deliver_cur2(bucket, [cur2("1")], export=f"{prefix}/a")
    deliver_cur2(bucket, [other("2")], export=f"{prefix}/b")

    assert store.outcomes(bucket) == ["loaded", "loaded"]
    assert store.total() == Decimal(3)


def test_legacy_reports_below_such_a_prefix_are_told_apart(store: Store, bucket: Path):
    deliver_legacy(bucket, [legacy("1")], report="2026/a")
    deliver_legacy(bucket, [legacy("2", **{"bill/PayerAccountId": "9"})], report="2026/b")

    assert store.outcomes(bucket) == ["loaded", "loaded"]
    assert store.total() == Decimal(3)


def test_an_export_within_another_exports_folder_is_its_own(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("1")], export="cur")
    deliver_cur2(bucket, [other("2")], export="cur/nested")

    assert store.outcomes(bucket) == ["loaded", "loaded"]
    assert store.total() == Decimal(3)


def test_a_download_beside_an_export_is_not_swallowed_by_it(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("1")], export="cur/platform")
    put(bucket / "cur/by-hand.csv.gz", csv_gz([other("2")]))

    assert sorted(store.outcomes(bucket)) == ["loaded", "loaded"]
    assert store.total() == Decimal(3)


def test_an_export_at_the_top_of_the_bucket_does_not_hide_the_others(store: Store, bucket: Path):
    """A Data Export without a prefix, whose own folder is the source."""
    deliver_cur2(bucket, [cur2("1")], export="platform")

    (report,) = store.ingest(bucket / "platform").deliveries
    assert (report.outcome, report.total, report.complete) == ("loaded", Decimal(1), True)


def test_one_accounts_month_counts_once_however_many_exports_carry_it(store: Store, bucket: Path):
    deliver_legacy(bucket, [legacy("4")])
    deliver_cur2(bucket, [cur2("4")])
    put(bucket / "focus/part.csv.gz", csv_gz([focus("4")]))

    reports = store.ingest(bucket).deliveries
    assert [report.outcome for report in reports] == ["loaded"] * 3
    assert [report.total for report in reports] == [Decimal(4)] * 3
    assert store.total() == Decimal(4)
    elsewhere = "AWS account 222222222222 is not counted here but in s3://billing-bucket/cur/platform"
    assert {report.kind: elsewhere in report.reason for report in reports} == {
        "cur": True,
        "cur2": False,
        "focus": True,
    }
    assert store.warehouse.query("SELECT kind FROM bills WHERE counted") == [("cur2",)]


def test_two_member_accounts_with_one_payer_and_an_export_each_both_count(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("1", line_item_usage_account_id="111111111111")], export="cur/one")
    deliver_cur2(bucket, [cur2("2", line_item_usage_account_id="222222222222")], export="cur/two")

    store.ingest(bucket)
    assert store.total() == Decimal(3)
    assert store.costs("account") == {"111111111111": Decimal(1), "222222222222": Decimal(2)}


def test_a_members_own_export_beside_the_payers_counts_the_member_once(store: Store, bucket: Path):
    both = [cur2("1", line_item_usage_account_id="111111111111"), cur2("2", line_item_usage_account_id="222222222222")]
    deliver_cur2(bucket, both, export="cur/payer")
    deliver_legacy(bucket, [legacy("2", **{"lineItem/UsageAccountId": "222222222222"})])

    store.ingest(bucket)
    assert store.total() == Decimal(3)


def test_where_only_an_older_export_reaches_back_it_is_counted_for_those_months(store: Store, bucket: Path):
    september = {
        "bill/BillingPeriodStartDate": "2026-09-01T00:00:00Z",
        "lineItem/UsageStartDate": "2026-09-10T00:00:00Z",
        "lineItem/UsageEndDate": "2026-09-11T00:00:00Z",
    }
    deliver_legacy(bucket, [legacy("7", **september)], span="20260901-20261001", assembly="s")
    deliver_legacy(bucket, [legacy("4")])
    deliver_cur2(bucket, [cur2("4")])
    store.ingest(bucket)

    assert store.total() == Decimal(11)


def test_an_export_without_a_manifest_gives_way_to_one_that_has_one(store: Store, bucket: Path):
    put(bucket / "copy/part.csv.gz", csv_gz([cur2("9")]), DELIVERED + timedelta(days=1))
    deliver_cur2(bucket, [cur2("4")])
    store.ingest(bucket)

    assert store.total() == Decimal(4)


@pytest.mark.parametrize(
    "layout",
    [
        "report/report/year=2026/month=10/report-00001.snappy.parquet",
        "report/20261001-20261101/report-00001.snappy.parquet",
        "2026/10/report-00001.snappy.parquet",
        "BILLING_PERIOD=2026-10/report-00001.snappy.parquet",
        "billing_period=2026-10/report-00001.snappy.parquet",
    ],
)
def test_months_of_one_download_are_one_export(store: Store, bucket: Path, layout: str):
    september = layout.replace("month=10", "month=9").replace("/10/", "/09/").replace("2026-10", "2026-09")
    september = september.replace("20261001-20261101", "20260901-20261001")
    put(bucket / layout, parquet([athena(1.0)]))
    row = athena(2.0, bill_billing_period_start_date="2026-09-01", line_item_usage_start_date="2026-09-02")
    put(bucket / september, parquet([row]))

    reports = store.ingest(bucket).deliveries
    assert [(f"{r.period:%Y-%m}", r.total) for r in reports] == [("2026-09", Decimal(2)), ("2026-10", Decimal(1))]
    assert len({report.export for report in reports}) == 1


@pytest.mark.parametrize(
    "name",
    ["with space", "it's", 'say "bill"', "[a-z]", "st*r", "what?", "{curly}", "per%20cent", "ünïcode", "a=b", "$1"],
)
def test_an_exports_name_may_hold_any_character(store: Store, bucket: Path, name: str):
    deliver_cur2(bucket, [cur2("1.25")], export=f"cur/{name}")
    put(bucket / f"files of {name}/{name}.csv.gz", csv_gz([other("2")]))

    reports = store.ingest(bucket).deliveries
    assert {report.export for report in reports} == {f"s3://billing-bucket/cur/{name}", f"{bucket}/files of {name}"}
    assert store.total() == Decimal("3.25")


def test_the_same_export_is_the_same_wherever_it_is_read_from(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("1")])
    store.ingest(bucket)

    assert store.outcomes(bucket / "cur") == ["unchanged"]
    assert store.outcomes(bucket / "cur/platform") == ["unchanged"]
    assert store.total() == Decimal(1)


def test_a_bucket_of_legacy_cur2_and_focus_of_several_accounts_counts_each_account_once(store: Store, bucket: Path):
    deliver_legacy(bucket, [legacy("4"), legacy("1", **{"lineItem/UsageAccountId": "3"})])
    deliver_cur2(bucket, [cur2("5")])
    deliver_cur2(bucket, [other("6")], export="cur/other")
    put(bucket / "focus/part.csv.gz", csv_gz([focus("5"), focus("7", BillingAccountId="555555555555")]))
    store.ingest(bucket)

    assert store.total() == Decimal(5 + 1 + 6 + 7)  # the 1 is of an account that only the legacy report knows


def test_a_missing_file_is_not_replaced_by_another_exports_file_of_the_same_name(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("1")], export="eu/platform")
    deliver_cur2(bucket, [other("2")], export="us/platform")
    next((bucket / "us").rglob("*.parquet")).unlink()

    (refused,) = store.ingest(bucket).refused
    assert (refused.export, store.total()) == ("s3://billing-bucket/us/platform", Decimal(1))


def test_a_manifest_at_the_top_of_the_source_does_not_claim_a_nested_exports_files(store: Store, bucket: Path):
    deliver_cur2(bucket / "platform", [other("2")], export="nested/platform")
    deliver_cur2(bucket, [cur2("1")], export="platform")
    next((bucket / "platform/data").rglob("*.parquet")).unlink()

    reports = store.ingest(bucket / "platform")
    assert [report.export for report in reports.refused] == ["s3://billing-bucket/platform"]


def test_a_file_put_by_hand_into_an_exports_folder_is_not_dropped_in_silence(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("1")], export="cur/platform")
    put(bucket / "cur/platform/by-hand/bill.csv.gz", csv_gz([other("2")]))
    store.ingest(bucket)

    assert store.total() == Decimal(3)


@pytest.mark.parametrize("below", ["", "legacy", "legacy/report", "legacy/report/20261001-20261101"])
def test_a_legacy_report_is_the_same_from_wherever_in_its_path_the_source_begins(
    store: Store, bucket: Path, below: str
):
    deliver_legacy(bucket, [legacy("1")], assembly="11111111-aaaa-4000-8000-000000000001")
    deliver_legacy(bucket, [legacy("9")], assembly="22222222-aaaa-4000-8000-000000000001", current=False)
    reports = store.ingest(bucket / below).deliveries

    assert [(r.export, r.outcome) for r in reports] == [
        ("s3://billing-bucket/legacy/report", "superseded"),
        ("s3://billing-bucket/legacy/report", "loaded"),
    ]
    assert store.total() == Decimal(1)


def test_a_legacy_report_for_athena_keeps_its_data_in_a_folder_of_its_own(store: Store, bucket: Path):
    name = "legacy/report"
    deliver_legacy(bucket, [legacy("99")], assembly="11111111-aaaa-4000-8000-000000000001")
    manifest = next(bucket.rglob("*-Manifest.json"))
    key = f"{name}/report/year=2026/month=10/report-00001.snappy.parquet"
    told = json.loads(manifest.read_text()) | {"reportKeys": [key]}
    for place in bucket.rglob("*-Manifest.json"):
        put(place, json.dumps(told))
    next(bucket.rglob("*.csv.gz")).unlink()
    put(bucket / key, parquet([athena(0.75)]))
    put(bucket / f"{name}/report/year=2026/month=10/report-00002.snappy.parquet", parquet([athena(50.0)]))

    (report,) = store.ingest(bucket).deliveries
    assert (report.outcome, report.total, report.complete) == ("loaded", Decimal("0.75"), True)


def test_a_bill_in_two_currencies_tells_the_total_of_each(store: Store, bucket: Path):
    put(bucket / "a.csv.gz", csv_gz([focus("5", BillingCurrency="EUR"), focus("2.50", BillingCurrency="USD")]))

    (report,) = store.ingest(bucket).deliveries
    assert (report.total, report.currency) == (Decimal(5), "EUR")
    assert report.reason == "no manifest: completeness not verified; and 2.5 USD"
