"""Coverage: which days bills cover, and that what they cover in part is not taken for the whole."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from core.costs.breakdown import CostBreakdown, break_down
from core.costs.coverage import covered_spans
from core.costs.period import Period
from tests.billing.builders import Row, cur2, deliver_cur2
from tests.billing.store import Store


def on(month: int, day: int, cost: str) -> Row:
    return cur2(
        cost,
        bill_billing_period_start_date=f"2026-{month:02}-01",
        line_item_usage_start_date=f"2026-{month:02}-{day:02}T05:00:00",
        line_item_usage_end_date=f"2026-{month:02}-{day:02}T06:00:00",
    )


@pytest.fixture(scope="module")
def bills(shared_store: Store, shared_bucket: Path) -> Store:
    """August whole: 10. None of September. October as it was on the 11th: 1 on the 1st, 2 on the 10th. November: 4."""
    deliver_cur2(shared_bucket, [on(8, 5, "10")], "2026-08")
    deliver_cur2(
        shared_bucket,
        [on(10, 1, "1"), on(10, 10, "2")],
        "2026-10",
        execution="o",
        delivered_at=datetime(2026, 10, 11, 8, tzinfo=UTC),
    )
    deliver_cur2(
        shared_bucket, [on(11, 7, "4")], "2026-11", execution="n", delivered_at=datetime(2026, 12, 9, 8, tzinfo=UTC)
    )
    shared_store.ingest(shared_bucket)
    return shared_store


def days(start: tuple[int, int], end: tuple[int, int]) -> Period:
    """Days of 2026."""
    return Period(date(2026, *start), date(2026, *end))


def costs(store: Store, period: Period) -> CostBreakdown:
    return break_down(store.warehouse, period, "provider")


@pytest.mark.parametrize(
    ("period", "spans"),
    [
        (days((8, 1), (9, 1)), [days((8, 1), (9, 1))]),
        (days((8, 20), (9, 5)), [days((8, 20), (9, 1))]),
        (days((10, 1), (12, 1)), [days((10, 1), (10, 11)), days((11, 1), (12, 1))]),
        (days((10, 3), (10, 8)), [days((10, 3), (10, 8))]),
        (days((9, 1), (10, 1)), []),
        (days((10, 11), (11, 1)), []),
    ],
    ids=["whole", "it ends within", "a gap", "days of a month that was filling", "no bill", "after its last charge"],
)
def test_days_are_covered_to_the_last_charge_of_a_month_that_was_filling(bills: Store, period, spans):
    assert covered_spans(bills.warehouse, period) == tuple(spans)
    assert covered_spans(bills.warehouse, period, "USD") == tuple(spans)
    assert covered_spans(bills.warehouse, period, "EUR") == ()


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (days((11, 1), (11, 11)), Decimal(3)),
        (days((11, 1), (11, 12)), None),
        (days((11, 1), (12, 1)), None),
        (days((10, 1), (12, 1)), None),
        (days((10, 6), (10, 11)), Decimal(1)),
    ],
    ids=["the days that are covered", "one day more", "all of the month", "half of the months before", "days before"],
)
def test_what_is_compared_with_is_covered_every_day_or_not_stated(bills: Store, period, before):
    assert costs(bills, period).previous_total == before


def test_a_total_says_which_of_its_days_bills_cover(bills: Store):
    part, whole = costs(bills, days((10, 1), (12, 1))), costs(bills, days((11, 1), (12, 1)))

    assert (part.total, part.in_part) == (Decimal(7), True)
    assert part.covered == (days((10, 1), (10, 11)), days((11, 1), (12, 1)))
    assert (whole.total, whole.in_part) == (Decimal(4), False)
