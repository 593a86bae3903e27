"""Breakdowns: what was spent, on what, in which currency, and against which days."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.costs.breakdown import break_down
from core.costs.dimensions import Dimension, Filter, dimension_named
from core.costs.period import Period, month_of, month_to_date
from core.costs.selection import tag_keys
from core.errors import MixedCurrencies, NoBillingData, UnknownDimension
from tests.billing.builders import Row, csv_gz, cur2, deliver_cur2, focus, put
from tests.billing.store import Store

OCTOBER, SEPTEMBER = month_of(date(2026, 10, 1)), month_of(date(2026, 9, 1))
VIDEOS: dict[str, Any] = {"resource_tags": {"user_team": "video", "user_env": "live"}}
LIVE: dict[str, Any] = {"resource_tags": {"user_team": "live"}}


def on(day: int, cost: str, month: int = 10, until: str = "06:00", **columns: Any) -> Row:
    """A line of one day, from five o'clock."""
    return cur2(
        cost,
        bill_billing_period_start_date=f"2026-{month:02}-01",
        line_item_usage_start_date=f"2026-{month:02}-{day:02}T05:00:00",
        line_item_usage_end_date=f"2026-{month:02}-{day:02}T{until}:00",
        **columns,
    )


@pytest.fixture(scope="module")
def bills(shared_store: Store, shared_bucket: Path) -> Store:
    """September: 30 in all. October: 3, 4 and 5 of tagged and untagged things, a tax of 1 and a credit of -2."""
    deliver_cur2(shared_bucket, [on(1, "10", 9), on(2, "12", 9), on(30, "8", 9)], "2026-09", execution="s")
    storage: dict[str, Any] = {
        "line_item_usage_type": "EUC1-TimedStorage-SIA-ByteHrs",
        "product_region_code": "eu-central-1",
    }
    deliver_cur2(
        shared_bucket,
        [
            on(1, "3", **VIDEOS),
            on(2, "4", line_item_resource_id="archive", **LIVE, **storage),
            on(3, "5", line_item_product_code="AmazonCloudFront", line_item_usage_type="EU-DataTransfer-Out-Bytes"),
            on(1, "1", line_item_line_item_type="Tax", line_item_usage_type=None, product_region_code=None),
            on(31, "-2", line_item_line_item_type="Credit", line_item_usage_account_id="333333333333"),
        ],
    )
    shared_store.ingest(shared_bucket)
    return shared_store


def lines(store: Store, by: str, *filters: Filter) -> list[tuple[str, Decimal]]:
    return [(line.label, line.cost) for line in break_down(store.warehouse, OCTOBER, by, filters=filters).lines]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("provider", [("AWS", 11)]),
        ("service", [("Amazon Simple Storage Service", 6), ("Amazon CloudFront", 5)]),
        ("region", [("us-east-1", 6), ("eu-central-1", 4), ("not stated", 1)]),
        ("storage_class", [("not stated", 7), ("STANDARD_IA", 4)]),
        ("charge_category", [("usage", 12), ("tax", 1), ("credit", -2)]),
        ("account", [("222222222222", 13), ("333333333333", -2)]),
        ("resource", [("videos", 7), ("archive", 4)]),
        ("tag:team", [("live", 4), ("not stated", 4), ("video", 3)]),
        ("tag:user_team", [("live", 4), ("not stated", 4), ("video", 3)]),
        ("tag:env", [("not stated", 8), ("live", 3)]),
    ],
)
def test_lines_are_dearest_first_and_add_up_to_the_total(bills: Store, by: str, expected: list[tuple[str, int]]):
    costs = break_down(bills.warehouse, OCTOBER, by)

    assert [(line.label, line.cost) for line in costs.lines] == [(label, Decimal(cost)) for label, cost in expected]
    assert costs.total == sum(line.cost for line in costs.lines) == 11
    assert sum(line.share for line in costs.lines) == pytest.approx(1)


def test_families_tell_transfer_from_storage(bills: Store):
    families = dict(lines(bills, "usage_family", Filter("charge_category", "usage")))

    assert families == {"transfer out": Decimal(8), "storage": Decimal(4)}


def test_filters_narrow_every_breakdown(bills: Store):
    s3 = Filter("service", "Amazon Simple Storage Service")

    assert lines(bills, "resource", s3, Filter("charge_category", "usage")) == [
        ("archive", Decimal(4)),
        ("videos", Decimal(3)),
    ]
    assert lines(bills, "provider", Filter("tag:team", "video")) == [("AWS", Decimal(3))]
    assert lines(bills, "charge_category", Filter("region", None)) == [("tax", Decimal(1))]
    assert lines(bills, "charge_category", Filter("region", "not stated")) == [("tax", Decimal(1))]
    assert lines(bills, "provider", Filter("service", "nothing")) == []
    assert lines(bills, "provider", Filter("service", "x' OR '1'='1")) == []


def test_the_period_before_is_compared(bills: Store):
    assert break_down(bills.warehouse, OCTOBER, "provider").previous_total == Decimal(30)
    assert break_down(bills.warehouse, SEPTEMBER, "provider").previous_total is None


def test_a_month_to_date_is_compared_with_the_same_days_of_the_month_before(bills: Store):
    so_far = month_to_date(date(2026, 10, 3))
    costs = break_down(bills.warehouse, so_far, "provider")

    assert so_far == Period(date(2026, 10, 1), date(2026, 10, 3))
    assert (costs.total, costs.previous_total) == (Decimal(8), Decimal(22))  # 3 + 4 + 1; 10 + 12


def test_as_of_is_the_end_of_the_last_usage_and_never_after_the_period(bills: Store):
    assert break_down(bills.warehouse, OCTOBER, "provider").as_of == datetime(2026, 10, 3, 6, tzinfo=UTC)
    two_days = Period(date(2026, 10, 1), date(2026, 10, 3))
    assert break_down(bills.warehouse, two_days, "provider").as_of == datetime(2026, 10, 3, tzinfo=UTC)


@pytest.mark.parametrize(("first", "end"), [(3, 4), (4, 5), (10, 20)], ids=["its first hours", "not yet", "long after"])
def test_as_of_is_never_before_the_period(bills: Store, first: int, end: int):
    as_of = break_down(bills.warehouse, Period(date(2026, 10, first), date(2026, 10, end)), "provider").as_of

    assert as_of == (datetime(2026, 10, 3, 6, tzinfo=UTC) if first == 3 else None)


def test_days_of_nothing_but_charges_billed_late_have_no_usage_yet(store: Store, bucket: Path):
    """A credit of October for usage in September, and usage of September that October's bill catches up with."""
    ago = {"line_item_usage_start_date": "2026-09-30T23:00:00Z", "line_item_usage_end_date": "2026-10-01T00:00:00Z"}
    deliver_cur2(bucket, [cur2("5", **ago), on(1, "-2", line_item_line_item_type="Credit")])
    store.ingest(bucket)

    costs = break_down(store.warehouse, OCTOBER, "provider")
    assert (costs.total, costs.as_of) == (Decimal(3), None)


@pytest.mark.parametrize(
    ("start", "end", "before"),
    [
        ("2026-10-01", "2026-11-01", ("2026-09-01", "2026-10-01")),
        ("2026-03-01", "2026-04-01", ("2026-02-01", "2026-03-01")),
        ("2026-01-01", "2026-04-01", ("2025-10-01", "2026-01-01")),
        ("2026-10-01", "2026-10-15", ("2026-09-01", "2026-09-15")),
        ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-03-01")),  # February has no 29th or 30th
        ("2026-10-05", "2026-10-12", ("2026-09-28", "2026-10-05")),
        ("2026-10-01", "2026-11-05", ("2026-08-27", "2026-10-01")),
    ],
)
def test_what_a_period_is_compared_with(start: str, end: str, before: tuple[str, str]):
    period = Period(date.fromisoformat(start), date.fromisoformat(end))

    assert period.previous == Period(*map(date.fromisoformat, before))


def test_a_period_that_ends_before_it_starts_is_none():
    with pytest.raises(ValueError, match="must end after it starts"):
        Period(date(2026, 10, 2), date(2026, 10, 2))


def test_without_a_bill_it_says_what_there_is(bills: Store):
    with pytest.raises(NoBillingData, match="There are bills from 2026-09 to 2026-10"):
        break_down(bills.warehouse, month_of(date(2026, 12, 1)), "provider")


def test_without_any_bill_it_says_how_to_get_one(store: Store):
    with pytest.raises(NoBillingData, match="python -m core ingest"):
        break_down(store.warehouse, OCTOBER, "provider")


def test_currencies_do_not_add_up(store: Store, bucket: Path):
    euros = focus("20", BillingCurrency="EUR", ProviderName="OVH", BillingAccountId="7")
    put(bucket / "bill.csv.gz", csv_gz([focus("10"), euros]))
    (report,) = store.ingest(bucket).deliveries

    assert (report.total, report.currency) == (Decimal(20), "EUR")
    assert "10" in report.reason
    with pytest.raises(MixedCurrencies, match="EUR and USD"):
        break_down(store.warehouse, OCTOBER, "provider")
    assert break_down(store.warehouse, OCTOBER, "provider", currency="EUR").total == Decimal(20)
    assert break_down(store.warehouse, OCTOBER, "provider", currency="USD").total == Decimal(10)


@pytest.mark.parametrize(
    ("name", "dimension"),
    [
        ("service", Dimension.SERVICE),
        ("Storage class", Dimension.STORAGE_CLASS),
        ("usage-type", Dimension.USAGE_TYPE),
        ("bucket", Dimension.RESOURCE),
        ("category", Dimension.CHARGE_CATEGORY),
        ("tag:Team", "tag:Team"),
    ],
)
def test_dimensions_have_the_names_people_give_them(name: str, dimension: str):
    assert dimension_named(name) == dimension


@pytest.mark.parametrize("name", ["colour", "", "tag:", "billed_cost; DROP TABLE charges"])
def test_an_unknown_dimension_is_refused_with_those_there_are(name: str):
    with pytest.raises(UnknownDimension, match="Choose one of provider, service"):
        dimension_named(name)


def test_an_unknown_tag_is_refused_with_those_there_are(bills: Store):
    assert tag_keys(bills.warehouse) == ("user_env", "user_team")
    with pytest.raises(UnknownDimension, match="The tags are: user_env, user_team"):
        break_down(bills.warehouse, OCTOBER, "tag:owner")


@pytest.mark.parametrize("by", [*Dimension, "tag:team"])
def test_a_month_costs_what_its_days_cost(bills: Store, by: str):
    """Whole months are read from sums of their own."""
    halves = [Period(date(2026, 10, 1), date(2026, 10, 2)), Period(date(2026, 10, 2), date(2026, 11, 1))]
    of_days: dict[str, Decimal] = {}
    for half in halves:
        for label, cost in bills.costs(by, period=half).items():
            of_days[label] = of_days.get(label, Decimal(0)) + cost

    assert bills.costs(by, period=OCTOBER) == of_days


def euros(day: str, cost: str, **columns: Any) -> Row:
    """A FOCUS row of one day, in euros unless it says otherwise."""
    first = f"{day[:7]}-01T00:00:00Z"
    start, end = (f"{day}T{hour}:00:00Z" for hour in ("05", "06"))
    stated = dict(BillingPeriodStart=first, ChargePeriodStart=start, ChargePeriodEnd=end, BillingCurrency="EUR")
    return focus(cost, **(stated | columns))


def test_days_without_a_charge_are_in_the_bills_own_currency(store: Store, bucket: Path):
    put(bucket / "a.csv.gz", csv_gz([euros("2026-10-10", "7"), euros("2026-10-13", "1")]))
    store.ingest(bucket)

    costs = break_down(store.warehouse, Period(date(2026, 10, 11), date(2026, 10, 12)), "provider")
    assert (costs.currency, costs.total, costs.previous_total) == ("EUR", Decimal(0), Decimal(7))


def test_what_was_before_in_another_currency_is_not_compared(store: Store, bucket: Path):
    put(bucket / "a.csv.gz", csv_gz([euros("2026-09-10", "100", BillingCurrency="USD"), euros("2026-10-10", "7")]))
    store.ingest(bucket)

    costs = break_down(store.warehouse, OCTOBER, "provider")
    assert (costs.currency, costs.total, costs.previous_total) == ("EUR", Decimal(7), None)
