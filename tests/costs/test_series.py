"""Series: spend by day, week and month, with what is not over marked."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from core.costs.breakdown import break_down
from core.costs.latest import newest_month, whole_days_until
from core.costs.period import Period, month_of
from core.costs.series import Grain, cost_series
from tests.billing.builders import cur2, deliver_cur2
from tests.billing.store import Store
from tests.costs.test_breakdown import on

OCTOBER = month_of(date(2026, 10, 1))


@pytest.fixture(scope="module")
def filling(shared_store: Store, shared_bucket: Path) -> Store:
    """October so far: until ten in the morning of the fourth, delivered at noon; and all of September. What a bill
    tells last is nine hours behind what it tells first, so that at ten the day before is whole.
    """
    deliver_cur2(shared_bucket, [on(day, "2", 9) for day in range(1, 31)], "2026-09", execution="s")
    moment = datetime(2026, 10, 4, 12, tzinfo=UTC)
    rows = [on(1, "3"), on(3, "5"), on(4, "1", until="10:00"), on(2, "0.5", line_item_product_code="AmazonCloudFront")]
    deliver_cur2(shared_bucket, rows, delivered_at=moment)
    shared_store.ingest(shared_bucket)
    return shared_store


def test_days_without_a_charge_are_zero_and_days_to_come_are_absent(filling: Store):
    series = cost_series(filling.warehouse, OCTOBER, "service")

    assert series.starts == tuple(date(2026, 10, day) for day in (1, 2, 3, 4))
    assert series.costs == {
        "Amazon Simple Storage Service": (Decimal(3), Decimal(0), Decimal(5), Decimal(1)),
        "Amazon CloudFront": (Decimal(0), Decimal("0.5"), Decimal(0), Decimal(0)),
    }
    assert series.incomplete == {date(2026, 10, 4)}


def test_every_grain_adds_up_to_the_breakdown(filling: Store):
    both = Period(date(2026, 9, 1), date(2026, 11, 1))
    total = break_down(filling.warehouse, both, "provider").total

    for grain in Grain:
        series = cost_series(filling.warehouse, both, "provider", grain)
        assert sum(sum(costs) for costs in series.costs.values()) == total == Decimal("69.5")


def test_weeks_begin_on_monday_and_one_cut_by_the_period_is_incomplete(filling: Store):
    series = cost_series(filling.warehouse, month_of(date(2026, 9, 1)), "provider", Grain.WEEK)

    assert series.starts == tuple(
        date.fromisoformat(f"2026-{day}") for day in ("08-31", "09-07", "09-14", "09-21", "09-28")
    )
    assert series.costs == {"AWS": (Decimal(12), Decimal(14), Decimal(14), Decimal(14), Decimal(6))}
    assert series.incomplete == {date(2026, 8, 31), date(2026, 9, 28)}


def test_a_month_that_is_filling_is_incomplete(filling: Store):
    series = cost_series(filling.warehouse, Period(date(2026, 9, 1), date(2026, 11, 1)), "provider", Grain.MONTH)

    assert series.costs == {"AWS": (Decimal(60), Decimal("9.5"))}
    assert series.incomplete == {date(2026, 10, 1)}


def test_the_newest_month_ends_with_its_last_whole_day(filling: Store):
    assert whole_days_until(filling.warehouse) == date(2026, 10, 4)

    costs = newest_month(filling.warehouse)
    assert costs.period == Period(date(2026, 10, 1), date(2026, 10, 4))
    assert (costs.total, costs.previous_total) == (Decimal("8.5"), Decimal(6))


def test_a_day_is_whole_once_what_is_told_last_of_it_is_told(store: Store, bucket: Path):
    """Until 08:59 of the fourth: CloudFront, nine hours behind, may have some of the third to tell."""
    rows = [on(3, "5"), on(4, "1", until="08:59")]
    deliver_cur2(bucket, rows, delivered_at=datetime(2026, 10, 4, 12, tzinfo=UTC))
    store.ingest(bucket)

    assert whole_days_until(store.warehouse) == date(2026, 10, 3)
    assert cost_series(store.warehouse, OCTOBER, "service").incomplete == {date(2026, 10, 3), date(2026, 10, 4)}


def test_while_no_day_of_a_month_is_whole_the_newest_is_the_month_before(store: Store, bucket: Path):
    deliver_cur2(bucket, [on(day, "2", 9) for day in range(1, 31)], "2026-09", execution="s")
    deliver_cur2(bucket, [on(1, "3")], delivered_at=datetime(2026, 10, 1, 12, tzinfo=UTC))
    store.ingest(bucket)

    assert (newest_month(store.warehouse).period, newest_month(store.warehouse).total) == (
        month_of(date(2026, 9, 1)), Decimal(60),
    )  # fmt: skip


def test_on_the_first_day_of_the_first_bill_that_day_is_the_newest_month(store: Store, bucket: Path):
    deliver_cur2(bucket, [on(1, "3")], delivered_at=datetime(2026, 10, 1, 12, tzinfo=UTC))
    store.ingest(bucket)

    newest = newest_month(store.warehouse)
    assert (newest.period, newest.total) == (Period(date(2026, 10, 1), date(2026, 10, 2)), Decimal(3))


def test_a_month_of_nothing_but_late_charges_is_not_the_newest(store: Store, bucket: Path):
    deliver_cur2(bucket, [on(day, "2", 9) for day in range(1, 31)], "2026-09", execution="s")
    late = on(1, "0.24", line_item_line_item_type="Fee")
    deliver_cur2(bucket, [late], delivered_at=datetime(2026, 11, 9, tzinfo=UTC))
    store.ingest(bucket)

    assert (newest_month(store.warehouse).period, newest_month(store.warehouse).total) == (
        month_of(date(2026, 9, 1)), Decimal(60),
    )  # fmt: skip


def test_a_late_charge_for_usage_of_long_ago_is_all_there_is(store: Store, bucket: Path):
    """Usage of January 2025, billed in October 2026."""
    ago = {f"line_item_usage_{end}_date": f"2025-01-10T0{hour}:00:00Z" for end, hour in (("start", 5), ("end", 6))}
    deliver_cur2(bucket, [cur2("1", **ago)], delivered_at=datetime(2026, 11, 9, tzinfo=UTC))
    store.ingest(bucket)

    assert newest_month(store.warehouse).total == Decimal(1)


def test_storage_stamped_at_midnight_makes_no_spike_of_an_hour(store: Store, bucket: Path):
    """Daily rows of an hourly export are of the whole day: nothing finer than a day is shown."""
    storage = cur2("24", line_item_usage_type="TimedStorage-ByteHrs", line_item_usage_end_date="2026-10-10T01:00:00Z")
    hours = [cur2("1", line_item_usage_start_date=f"2026-10-10T{hour:02}:00:00Z") for hour in range(24)]
    deliver_cur2(bucket, [storage, *hours])
    store.ingest(bucket)

    series = cost_series(store.warehouse, Period(date(2026, 10, 10), date(2026, 10, 11)), "usage_family")
    assert series.costs == {"storage": (Decimal(24),), "transfer out": (Decimal(24),)}
