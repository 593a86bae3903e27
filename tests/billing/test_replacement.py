"""Truth 1: a delivery replaces its month whole; it never appends."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from core.costs.period import Period, month_of
from tests.billing.builders import DELIVERED, cur2, deliver_cur2, deliver_legacy, legacy
from tests.billing.store import NOW, Store

LATER = DELIVERED + timedelta(hours=8)
OCTOBER, SEPTEMBER = "2026-10", "2026-09"


def test_a_month_delivered_again_takes_the_place_of_what_was_there(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("10.5"), cur2("2", line_item_line_item_type="Tax")])
    store.ingest(bucket)
    deliver_cur2(
        bucket, [cur2("10.5"), cur2("1.75", line_item_line_item_type="Tax")], execution="b", delivered_at=LATER
    )
    store.ingest(bucket)

    assert store.total() == Decimal("12.25")
    assert store.costs("charge_category") == {"usage": Decimal("10.5"), "tax": Decimal("1.75")}


def test_a_line_that_is_not_delivered_again_is_gone(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("3"), cur2("4", line_item_resource_id="thumbs")])
    store.ingest(bucket)
    deliver_cur2(bucket, [cur2("3")], execution="b", delivered_at=LATER)
    store.ingest(bucket)

    assert store.costs("resource") == {"videos": Decimal(3)}


def test_equal_lines_of_one_delivery_all_count(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("0.1")] * 30)

    report = store.ingest(bucket).deliveries[0]

    assert (report.rows, report.total) == (30, Decimal(3))


def test_another_month_stays_as_it_is(store: Store, bucket: Path):
    september = {
        "bill_billing_period_start_date": "2026-09-01T00:00:00Z",
        "line_item_usage_start_date": "2026-09-10T00:00:00Z",
        "line_item_usage_end_date": "2026-09-11T00:00:00Z",
    }
    deliver_cur2(bucket, [cur2("7", **september)], SEPTEMBER, execution="s")
    deliver_cur2(bucket, [cur2("1")])
    store.ingest(bucket)
    deliver_cur2(bucket, [cur2("2")], execution="b", delivered_at=LATER)

    assert store.outcomes(bucket) == ["unchanged", "loaded"]
    assert store.total(period=month_of(DELIVERED.date().replace(month=9))) == Decimal(7)
    assert store.total(period=month_of(DELIVERED.date().replace(month=10))) == Decimal(2)


def test_the_same_execution_again_changes_nothing(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("5")])
    store.ingest(bucket)
    revision = store.warehouse.revision()

    again = store.ingest(bucket).deliveries[0]

    assert (again.outcome, again.rows, again.total) == ("unchanged", 1, Decimal(5))
    assert store.warehouse.revision() == revision


def test_a_charge_from_before_its_month_is_billed_in_it(store: Store, bucket: Path):
    """Tax and refunds may be stamped with days of other months; months must add up to invoices."""
    early = cur2("4", line_item_line_item_type="Refund", line_item_usage_start_date="2026-09-28T00:00:00Z")
    late = cur2("2", line_item_line_item_type="Fee", line_item_usage_start_date="2026-11-02T00:00:00Z")
    deliver_cur2(bucket, [early, late])
    store.ingest(bucket)

    assert [str(day) for day in store.column("charge_period_start")] == ["2026-10-01", "2026-10-31"]
    assert store.total(period=month_of(DELIVERED.date().replace(month=10))) == Decimal(6)


def test_an_hour_counts_on_its_utc_day(store: Store, bucket: Path):
    deliver_legacy(bucket, [legacy("1", **{"lineItem/UsageStartDate": "2026-10-10T23:00:00Z"})])
    store.ingest(bucket)

    assert [str(day) for day in store.column("charge_period_start")] == ["2026-10-10"]


def test_hours_of_a_day_are_summed_to_that_day(store: Store, bucket: Path):
    hours = [cur2("0.125", line_item_usage_start_date=f"2026-10-10T{hour:02}:00:00Z") for hour in range(24)]
    deliver_cur2(bucket, hours)
    store.ingest(bucket)

    assert store.warehouse.query("SELECT row_count, billed_cost FROM charges") == [(24, Decimal(3))]


def test_tax_of_the_whole_month_changes_with_each_delivery_and_counts_once(store: Store, bucket: Path):
    for number, tax in enumerate(("1.10", "2.20", "3.35")):
        rows = [cur2("20"), cur2(tax, line_item_line_item_type="Tax", line_item_usage_end_date="2026-11-01T00:00:00Z")]
        deliver_cur2(bucket, rows, execution=f"e{number}", delivered_at=DELIVERED + timedelta(hours=number))
        store.ingest(bucket)

    assert store.costs("charge_category") == {"usage": Decimal(20), "tax": Decimal("3.35")}
    assert store.ingest(bucket, lambda: NOW).refused == ()


def test_a_period_of_days_takes_only_its_days(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("1", line_item_usage_start_date=f"2026-10-{day:02}T00:00:00Z") for day in (1, 2, 3)])
    store.ingest(bucket)
    first = DELIVERED.date().replace(month=10, day=1)

    assert store.total(period=Period(first, first + timedelta(2))) == Decimal(2)
