"""A budget's standing is what was billed, what is expected on top, and the day on which it is too much."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from core.costs.budget_standing import Standing, stand, standing
from core.costs.budgets import Budget, Span
from core.costs.dimensions import Filter
from core.costs.forecast import expect
from core.costs.past import PastCosts
from core.costs.period import Period
from core.errors import UnknownCurrency
from tests.billing.builders import deliver_cur2
from tests.billing.store import Store
from tests.costs.pasts import START, days, past_of
from tests.costs.test_breakdown import on

UNTIL = date(2026, 7, 21)
FEES = {"S3": {date(2026, month, 1): Decimal(30) for month in range(1, 8)}}
BUDGET = Budget("S3", Decimal(300), "USD", date(2026, 1, 1))


@pytest.fixture(scope="module")
def october(shared_store: Store, shared_bucket: Path) -> Store:
    """October, whole: 20 of S3, and 15.5 of CloudFront."""
    cdn = "AmazonCloudFront"
    rows = [
        on(1, "20"),
        on(9, "15", line_item_product_code=cdn),
        on(31, "0.5", line_item_product_code=cdn),
    ]
    deliver_cur2(shared_bucket, rows, delivered_at=datetime(2026, 11, 2, 12, tzinfo=UTC))
    shared_store.ingest(shared_bucket)
    return shared_store


def steady(until: date = UNTIL, since: date = START) -> PastCosts:
    """Ten dollars a day, and thirty on the first of each month."""
    return past_of({"S3": days([10] * (until - since).days, since)}, until, monthly=FEES)


def stands(budget: Budget, past: PastCosts, today: date) -> Standing:
    period = budget.span.period_of(today)
    ahead = (period.end - past.until).days
    return stand(budget, period, past, expect(past, today, ahead) if ahead > 0 else None)


@pytest.mark.parametrize(
    ("span", "used", "expected", "runs_out"),
    [
        (Span.MONTH, 30 + 20 * 10, 30 + 31 * 10, date(2026, 7, 28)),  # 30 + 27 x 10 is all of it, and no more
        (Span.QUARTER, 230, 340 + 340 + 330, date(2026, 7, 28)),
        (Span.YEAR, 6 * 30 + 181 * 10 + 230, 12 * 30 + 365 * 10, date(2026, 1, 28)),
    ],
)
def test_used_expected_and_the_day_that_it_runs_out(span: Span, used: int, expected: int, runs_out: date) -> None:
    found = stands(replace(BUDGET, span=span), steady(), UNTIL)

    assert (found.used, found.until) == (used, UNTIL)
    assert found.expected == pytest.approx(Decimal(expected), abs=Decimal("0.01"))
    assert found.runs_out == runs_out
    assert found.is_overrun == (used > 300)


def test_the_course_is_what_is_billed_and_goes_on_with_what_is_expected() -> None:
    found = stands(BUDGET, steady(), UNTIL)

    assert [each.day.day for each in found.course] == list(range(1, 32))
    assert [each.spent for each in found.course if each.billed] == [30 + 10 * n for n in range(1, 21)]
    assert found.course[-1].spent == found.expected


def test_one_that_is_enough_does_not_run_out_and_one_that_is_not_is_overrun_for_sure() -> None:
    """Nothing was ever off, so nothing is in doubt."""
    enough, short = (
        stands(replace(BUDGET, amount=Decimal(amount)), steady(), UNTIL) for amount in ("340.02", "339.98")
    )

    assert (enough.runs_out, enough.chance) == (None, 0.0)
    assert (short.runs_out, short.chance) == (date(2026, 7, 31), 1.0)


def test_a_swinging_past_makes_the_chance_uncertain() -> None:
    amounts = ([8, 12, 9, 11, 10, 14, 6, 13, 5] * 40)[: (UNTIL - START).days]
    swinging = past_of({"S3": days(amounts)}, UNTIL)
    middle = stands(BUDGET, swinging, UNTIL)
    assert middle.expected is not None
    likely, even, unlikely = (
        stands(replace(BUDGET, amount=(middle.expected + off).quantize(Decimal("0.01"))), swinging, UNTIL).chance
        for off in (-5, 0, 5)
    )

    assert 0.5 < (likely or 0) < 1
    assert even == pytest.approx(0.5, abs=0.01)
    assert unlikely == pytest.approx(1 - (likely or 0), abs=0.02)


def test_bills_that_have_not_reached_the_month_leave_all_of_it_to_the_forecast() -> None:
    found = stands(BUDGET, steady(), date(2026, 8, 2))

    assert (found.period, found.used) == (Period(date(2026, 8, 1), date(2026, 9, 1)), 0)
    assert found.expected == pytest.approx(Decimal(340), abs=Decimal("0.01"))
    assert found.course[0].day == date(2026, 8, 1)
    assert not found.course[0].billed


def test_a_span_that_is_wholly_billed_is_certain() -> None:
    found = stands(BUDGET, steady(date(2026, 8, 1)), date(2026, 7, 31))

    assert (found.used, found.expected, found.chance) == (340, 340, 1.0)


def test_too_little_history_is_said_and_what_is_used_is_told() -> None:
    past = past_of({"S3": days([10] * 20, date(2026, 7, 1))}, UNTIL)
    found = stands(replace(BUDGET, amount=Decimal(150)), past, UNTIL)

    assert (found.used, found.expected, found.chance) == (200, None, None)
    assert found.runs_out == date(2026, 7, 16)
    assert "20 whole days are too few, 28 are needed" in found.why_not


def test_only_the_charges_of_its_filter_count(october: Store) -> None:
    now = datetime(2026, 10, 31, tzinfo=UTC)
    found = standing(october.warehouse, replace(BUDGET, filters=(Filter("service", "Amazon CloudFront"),)), now)

    assert (found.used, found.until) == (Decimal("15.5"), date(2026, 11, 1))


def test_a_currency_that_no_bill_is_in_is_told(october: Store) -> None:
    with pytest.raises(UnknownCurrency, match="EUR"):
        standing(october.warehouse, replace(BUDGET, currency="EUR"), datetime(2026, 10, 31, tzinfo=UTC))
