"""Accuracy: stored forecasts, and those replayed, beside what months came to."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from core.costs.accuracy import Accuracy, MonthEnd, accuracy
from core.costs.forecast import expect
from core.costs.forecasted import Band
from core.costs.stored_forecasts import StoredMonth, keep, store_forecasts, stored_months
from core.database import Database
from tests.billing.store import Store
from tests.costs.pasts import days, past_of
from tests.support.databases import BOTH, either_database

UNTIL = date(2026, 6, 11)
NOW = datetime(2026, 6, 12, 4, tzinfo=UTC)
MAY, APRIL = date(2026, 5, 1), date(2026, 4, 1)


def band(lo, hi):
    return {80: Band(Decimal(lo), Decimal(hi)), 95: Band(Decimal(lo) - 10, Decimal(hi) + 10)}


def stored(month, expected, bands, first=None):
    first = first or month + timedelta(10)
    return StoredMonth(first + timedelta(1), first, month, Decimal(expected), bands)


def test_without_stored_ones_each_month_is_replayed_and_said_to_be():
    """Two a day for 161 days: each month came to exactly what was to be expected."""
    found = accuracy(past_of({"S3": days([2] * 161)}, UNTIL))

    assert [(each.month, each.first, each.expected, each.actual) for each in found.month_ends] == [
        (MAY, date(2026, 5, 12), Decimal(62), Decimal(62)),
        (APRIL, date(2026, 4, 11), Decimal(60), Decimal(60)),
        (date(2026, 3, 1), date(2026, 3, 12), Decimal(62), Decimal(62)),
        (date(2026, 2, 1), date(2026, 2, 9), Decimal(56), Decimal(56)),
    ]
    assert found.in_words() == (
        "Of the last 4 month-ends, with 20 days to go, 4 fell inside the 80 % band; typically they were 0.0% off. "
        "All of them replayed from today's bills, as no forecast was stored then."
    )


def test_a_replay_knows_nothing_of_the_days_after():
    """Five a day from the 20th of May on: on the 12th two were to be expected, 62 in all and not 98."""
    values = [2] * 139 + [5] * 22
    (may, *_) = accuracy(past_of({"S3": days(values)}, UNTIL)).month_ends

    assert (may.expected, may.actual) == (Decimal(62), Decimal(98))
    assert not may.is_inside(80)
    assert may.error == pytest.approx(36 / 98)


def test_stored_forecasts_take_the_place_of_replays():
    said = [stored(MAY, 70, band(60, 80)), stored(APRIL, 90, band(80, 100)), stored(APRIL, 1, band(0, 2), APRIL)]

    found = accuracy(past_of({"S3": days([2] * 161)}, UNTIL), said)

    assert [(each.month, each.expected, each.replayed) for each in found.month_ends[:3]] == [
        (MAY, Decimal(70), False),
        (APRIL, Decimal(90), False),
        (date(2026, 3, 1), Decimal(62), True),
    ]
    assert (found.inside(80), found.inside(95), found.replayed) == (3, 3, 2)


def test_words_without_replays_are_one_sentence():
    month = MonthEnd(MAY, MAY, Decimal(90), band(80, 100), Decimal(100), replayed=False)

    assert Accuracy(31, (month,)).in_words(80) == (
        "Of the last 1 month-ends, with 31 days to go, 1 fell inside the 80 % band; typically they were 10.0% off."
    )
    assert Accuracy(31, ()).in_words() == "No month-end can be looked back on yet."


def test_a_month_without_a_bill_is_not_compared():
    costs = {day: cost for day, cost in days([2] * 161).items() if day.month != 4}
    found = accuracy(past_of({"S3": costs}, UNTIL, gap=[APRIL]))

    assert APRIL not in [each.month for each in found.month_ends]


@pytest.fixture(params=BOTH)
def database(request, tmp_path) -> Database:
    return either_database(request, tmp_path / "phyght.db")


def test_a_forecast_is_kept_once_a_day_with_its_months(database):
    found = expect(past_of({"S3": days([2] * 161)}, UNTIL), NOW.date())

    assert [keep(database, found, NOW), keep(database, found, NOW + timedelta(hours=3))] == [True, False]
    assert keep(database, found, NOW + timedelta(days=1))

    kept = stored_months(database, "USD")
    assert len(kept) == 8
    assert kept[0] == StoredMonth(
        date(2026, 6, 12), UNTIL, date(2026, 6, 1), Decimal(60),
        {level: Band(Decimal(60), Decimal(60)) for level in (80, 95)},
    )  # fmt: skip
    assert [each.expected for each in stored_months(database, "USD", "S3")] == [each.expected for each in kept]
    assert stored_months(database, "EUR") == ()


def test_without_bills_nothing_is_kept(store: Store):
    assert store_forecasts(store.database, store.warehouse, NOW) == 0
