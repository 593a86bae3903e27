"""Truth 3: what a period's bill was before, whether it is invoiced, and how old the data is."""

import shutil
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.costs.breakdown import break_down
from core.costs.freshness import freshness
from core.costs.period import month_of
from core.costs.restatements import bill_history, restatements
from core.database import MIGRATIONS
from core.sqlite_database import SqliteDatabase
from tests.billing.builders import DELIVERED, csv_gz, cur2, deliver_cur2, focus, put
from tests.billing.store import Store

OCTOBER = date(2026, 10, 1)


def test_a_restated_month_shows_both_totals_and_the_difference(store: Store, bucket: Path):
    for number, cost in enumerate(("100.25", "90.05", "90.05")):
        moment = DELIVERED + timedelta(days=number)
        deliver_cur2(bucket, [cur2(cost)], execution=f"e{number}", delivered_at=moment)
        store.ingest(bucket, lambda moment=moment: moment + timedelta(hours=1))

    history = bill_history(store.database, OCTOBER)
    assert [(b.execution, b.old_total, b.new_total, b.difference, b.is_current) for b in history] == [
        ("e2", Decimal("90.05"), Decimal("90.05"), Decimal(0), True),
        ("e1", Decimal("100.25"), Decimal("90.05"), Decimal("-10.2"), False),
        ("e0", None, Decimal("100.25"), None, False),
    ]
    (restated,) = restatements(store.database, since=OCTOBER)
    assert (restated.old_delivered_at, restated.new_delivered_at) == (DELIVERED, DELIVERED + timedelta(days=1))
    assert restatements(store.database, since=date(2026, 11, 1)) == ()


def test_a_month_that_was_still_filling_is_no_restatement(store: Store, bucket: Path):
    for day, cost in ((20, "50"), (21, "55")):
        moment = datetime(2026, 10, day, tzinfo=UTC)
        deliver_cur2(bucket, [cur2(cost)], execution=f"e{day}", delivered_at=moment)
        store.ingest(bucket, lambda moment=moment: moment)

    assert restatements(store.database, since=OCTOBER) == ()
    assert [b.difference for b in bill_history(store.database, OCTOBER)] == [Decimal(5), None]


def test_a_bill_without_invoice_numbers_is_estimated_until_it_has_them(store: Store, bucket: Path):
    deliver_cur2(bucket, [cur2("1", bill_invoice_id=""), cur2("2")])
    store.ingest(bucket)
    assert break_down(store.warehouse, month_of(OCTOBER), "provider").estimated

    deliver_cur2(bucket, [cur2("3")], execution="b", delivered_at=DELIVERED + timedelta(days=1))
    store.ingest(bucket)
    assert not break_down(store.warehouse, month_of(OCTOBER), "provider").estimated


@pytest.mark.parametrize(("delivered", "estimated"), [("2026-11-13", True), ("2026-11-14", False)])
def test_a_bill_that_has_no_such_column_is_estimated_until_two_weeks_after_its_month(
    store: Store, bucket: Path, delivered: str, estimated: bool
):
    put(bucket / "bill.csv.gz", csv_gz([focus("1")]), datetime.fromisoformat(f"{delivered}T12:00:00Z"))
    store.ingest(bucket)

    assert break_down(store.warehouse, month_of(OCTOBER), "provider").estimated is estimated


def test_freshness_tells_how_far_the_usage_goes_and_when_it_came(store: Store, bucket: Path):
    usage = cur2("1", line_item_usage_end_date="2026-10-11T06:00:00Z")
    tax = cur2("1", line_item_line_item_type="Tax", line_item_usage_end_date="2026-11-01T00:00:00Z")
    deliver_cur2(bucket, [usage, tax])
    loaded = DELIVERED + timedelta(hours=2)
    store.ingest(bucket, lambda: loaded)

    (fresh,) = freshness(store.warehouse)
    assert (fresh.provider, fresh.export, fresh.complete, fresh.estimated) == (
        "AWS", "s3://billing-bucket/cur/platform", True, False,
    )  # fmt: skip
    assert fresh.usage_until == datetime(2026, 10, 11, 6, tzinfo=UTC)
    assert (fresh.delivered_at, fresh.loaded_at) == (DELIVERED, loaded)


def test_freshness_is_of_each_exports_newest_month(store: Store, bucket: Path):
    for month in ("09", "10"):
        row = cur2(
            "1",
            bill_billing_period_start_date=f"2026-{month}-01",
            line_item_usage_start_date=f"2026-{month}-05",
            line_item_usage_end_date=f"2026-{month}-06",
        )
        deliver_cur2(bucket, [row], f"2026-{month}", execution=month)
    store.ingest(bucket)

    (fresh,) = freshness(store.warehouse)
    assert (fresh.billing_period_start, fresh.usage_until) == (OCTOBER, datetime(2026, 10, 6, tzinfo=UTC))


def test_a_bill_in_two_currencies_is_restated_in_each_by_itself(store: Store, bucket: Path):
    deliveries = [{"USD": "30", "EUR": "20"}, {"USD": "30", "EUR": "25"}, {"USD": "10", "EUR": "25"}, {"USD": "10"}]
    for number, totals in enumerate(deliveries):
        moment = DELIVERED + timedelta(days=number)
        rows = [focus(cost, BillingCurrency=currency) for currency, cost in totals.items()]
        put(bucket / "bill.csv.gz", csv_gz(rows), moment)
        store.ingest(bucket, lambda moment=moment: moment)

    changes = [(b.currency, b.old_total, b.new_total, b.difference) for b in restatements(store.database, OCTOBER)]
    assert changes == [("EUR", 25, 0, -25), ("USD", 30, 10, -20), ("EUR", 20, 25, 5)]
    assert [(b.currency, b.old_total, b.new_total) for b in bill_history(store.database, OCTOBER)][-2:] == [
        ("EUR", None, 20),
        ("USD", None, 30),
    ]


def test_what_was_loaded_before_totals_were_kept_by_currency_is_history_too(tmp_path: Path):
    older = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, older, ignore=shutil.ignore_patterns("*delivery_totals*"))
    database = SqliteDatabase(tmp_path / "phyght.db")
    database.migrate(older)
    with database.transaction() as connection:
        connection.execute(
            "insert into deliveries values ('1', 'e', 'focus', '2026-10-01', 'x', '2026-11-06T05:00:00.000000Z', "
            "'2026-11-06T06:00:00.000000Z', 'folder', true, 1, '12.5', 'USD')"
        )

    database.migrate()

    assert [(b.currency, b.new_total) for b in bill_history(database, OCTOBER)] == [("USD", Decimal("12.5"))]


def test_a_bill_of_nothing_but_late_charges_takes_back_nothing_of_what_the_month_before_brought(
    store: Store, bucket: Path
):
    september = dict(line_item_usage_start_date="2026-09-29T00:00:00Z", line_item_usage_end_date="2026-09-30T00:00:00Z")
    deliver_cur2(bucket, [cur2("1", bill_billing_period_start_date="2026-09-01", **september)], "2026-09")
    ago = dict(line_item_usage_start_date="2025-01-10T00:00:00Z", line_item_usage_end_date="2025-01-11T00:00:00Z")
    deliver_cur2(bucket, [cur2("1", **ago)], execution="late")
    store.ingest(bucket)

    (fresh,) = freshness(store.warehouse)
    assert (fresh.billing_period_start, fresh.usage_until) == (OCTOBER, datetime(2026, 9, 30, tzinfo=UTC))
