"""Comparison: two periods side by side, whose differences add up."""

from datetime import date
from decimal import Decimal

import pytest

from core.costs.breakdown import CostBreakdown, CostLine
from core.costs.comparison import compare
from core.costs.dimensions import Metric
from core.costs.period import month_of


def breakdown(costs: dict[str, str], month: int = 11, by: str = "service", currency: str = "USD") -> CostBreakdown:
    total = sum(map(Decimal, costs.values()), Decimal(0))
    lines = tuple(CostLine(label, Decimal(cost), float(Decimal(cost) / total)) for label, cost in costs.items())
    period = month_of(date(2026, month, 1))
    return CostBreakdown(period, by, Metric.BILLED, currency, total, lines, None, False, None, (period,))


NOW = breakdown({"CloudFront": "60", "S3": "30", "Lambda": "10"})
BEFORE = breakdown({"S3": "45", "CloudFront": "20", "EC2": "5"}, month=10)


def test_each_label_stands_beside_its_cost_before_also_where_only_one_period_has_it():
    lines = compare(NOW, BEFORE).lines

    assert [(line.label, line.cost, line.cost_before, line.difference) for line in lines] == [
        ("CloudFront", 60, 20, 40),
        ("S3", 30, 45, -15),
        ("Lambda", 10, 0, 10),
        ("EC2", 0, 5, -5),
    ]


def test_the_drivers_and_the_rest_are_the_whole_difference():
    comparison = compare(NOW, BEFORE)
    drivers, rest = comparison.drivers(2)

    assert [(line.label, line.difference) for line in drivers] == [("CloudFront", 40), ("S3", -15)]
    assert rest == 5
    assert comparison.difference == 40 - 15 + 5 == 30


def test_what_did_not_change_is_no_driver():
    assert compare(NOW, NOW).drivers(6) == ((), 0)


def test_with_nothing_to_compare_there_is_no_difference():
    comparison = compare(NOW, None)

    assert comparison.difference is None
    assert [line.cost_before for line in comparison.lines] == [None, None, None]


@pytest.mark.parametrize(
    "other", [breakdown({"a": "1"}, by="region"), breakdown({"a": "1"}, currency="EUR")], ids=["dimension", "currency"]
)
def test_what_does_not_compare_is_refused(other):
    with pytest.raises(ValueError, match="do not compare"):
        compare(NOW, other)
