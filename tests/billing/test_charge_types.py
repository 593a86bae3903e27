"""Truth 5: every line-item type counts, as billed, as effective and at list price."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.billing.meanings import charge_category
from core.costs.dimensions import Metric
from tests.billing.builders import athena, csv_gz, cur2, deliver_cur2, deliver_legacy, focus, put, without
from tests.billing.store import Store

PLAN = {
    "savings_plan_savings_plan_effective_cost": None,
    "savings_plan_total_commitment_to_date": None,
    "savings_plan_used_commitment": None,
}
RESERVATION = {
    "reservation_effective_cost": None,
    "reservation_unused_amortized_upfront_fee_for_billing_period": None,
    "reservation_unused_recurring_fee": None,
    "reservation_reservation_a_r_n": None,
}
LIST = {"pricing_public_on_demand_cost": None}


def line(type_: str, billed: str, **columns: Any) -> dict:
    return cur2(billed, line_item_line_item_type=type_, **(PLAN | RESERVATION | LIST | columns))


#: type, billed, effective, list
BILL = [
    (line("Usage", "10", pricing_public_on_demand_cost="12"), "10", "12"),
    # covered by a Savings Plan: billed at 8 on demand, negated below, worth 5 of the commitment
    (
        line(
            "SavingsPlanCoveredUsage", "8", savings_plan_savings_plan_effective_cost="5",
            pricing_public_on_demand_cost="8",
        ),
        "5", "8",
    ),
    (line("SavingsPlanNegation", "-8"), "0", "0"),
    # committed 7.25 so far, used 5: the rest is wasted
    (
        line(
            "SavingsPlanRecurringFee", "7.25", savings_plan_total_commitment_to_date="7.25",
            savings_plan_used_commitment="5",
        ),
        "2.25", "0",
    ),
    (line("SavingsPlanUpfrontFee", "100"), "0", "0"),
    (line("DiscountedUsage", "0", reservation_effective_cost="3.5", pricing_public_on_demand_cost="6"), "3.5", "6"),
    # 1.25 of up-front and 0.5 of recurring fee were not used
    (
        line(
            "RIFee", "4", reservation_unused_amortized_upfront_fee_for_billing_period="1.25",
            reservation_unused_recurring_fee="0.5",
        ),
        "1.75", "0",
    ),
    (line("Fee", "200", reservation_reservation_a_r_n="arn:aws:ec2:us-east-1:1:reserved-instances/r"), "0", "0"),
    (line("Fee", "29"), "29", "0"),
    (line("Tax", "2.31"), "2.31", "0"),
    (line("Credit", "-5"), "-5", "0"),
    (line("Refund", "-1.5"), "-1.5", "0"),
    (line("EdpDiscount", "-0.9"), "-0.9", "0"),
    (line("PrivateRateDiscount", "-0.4"), "-0.4", "0"),
    (line("BundledDiscount", "-0.3"), "-0.3", "0"),
    (line("SppDiscount", "-0.2"), "-0.2", "0"),
    (line("FlatRateSubscription", "15"), "15", "0"),
    (line("SomethingNewIn2027", "0.01"), "0.01", "0"),
]  # fmt: skip


@pytest.mark.parametrize("ending", ["snappy.parquet", "csv.gz"])
@pytest.mark.parametrize(("row", "effective", "list_"), BILL, ids=[row["line_item_line_item_type"] for row, *_ in BILL])
def test_each_type_has_its_billed_effective_and_list_cost(
    store: Store, bucket: Path, row: dict, effective: str, list_: str, ending: str
):
    """The sign of each is that of the bill."""
    deliver_cur2(bucket, [row], ending=ending)
    store.ingest(bucket)

    billed = Decimal(row["line_item_unblended_cost"])
    assert [store.total(metric) for metric in Metric] == [billed, Decimal(effective), Decimal(list_)]


def test_all_types_together_are_the_raw_sum(store: Store, bucket: Path):
    deliver_cur2(bucket, [row for row, *_ in BILL])
    store.ingest(bucket)

    assert store.total() == Decimal("359.27")
    # 10 + 5 + 2.25 + 3.5 + 1.75 + 29 + 2.31 - 5 - 1.5 - 0.9 - 0.4 - 0.3 - 0.2 + 15 + 0.01
    assert store.total(Metric.EFFECTIVE) == Decimal("60.52")
    assert store.total(Metric.LIST) == Decimal(26)
    assert store.costs("charge_category") == {
        "fee": Decimal("355.25"),  # 7.25 + 100 + 4 + 200 + 29 + 15
        "usage": Decimal(10),
        "tax": Decimal("2.31"),
        "other": Decimal("0.01"),
        "refund": Decimal("-1.5"),
        "discount": Decimal("-1.8"),
        "credit": Decimal(-5),
    }


def test_a_plans_effective_cost_over_a_month_is_its_commitment(store: Store, bucket: Path):
    """Used 5 and wasted 2.25 of 7.25: nothing is counted twice, nothing is lost."""
    types = ("SavingsPlanCoveredUsage", "SavingsPlanNegation", "SavingsPlanRecurringFee")
    deliver_cur2(bucket, [row for row, *_ in BILL if row["line_item_line_item_type"] in types])
    store.ingest(bucket)

    assert (store.total(), store.total(Metric.EFFECTIVE)) == (Decimal("7.25"), Decimal("7.25"))


def test_without_plans_and_reservations_effective_is_billed(store: Store, bucket: Path):
    deliver_legacy(bucket, [athena("10"), athena("2", line_item_line_item_type="Tax")], ending="snappy.parquet")
    store.ingest(bucket)

    assert store.total(Metric.EFFECTIVE) == Decimal(12)


def test_focus_states_its_effective_and_list_cost_itself(store: Store, bucket: Path):
    put(bucket / "bill.csv.gz", csv_gz([focus("8", EffectiveCost="5.5", ListCost="9")]))
    store.ingest(bucket)

    assert [store.total(metric) for metric in Metric] == [Decimal(8), Decimal("5.5"), Decimal(9)]


def test_focus_without_an_effective_cost_counts_the_billed_one(store: Store, bucket: Path):
    put(bucket / "bill.csv.gz", csv_gz([without(focus("8"), "EffectiveCost", "ListCost")]))
    store.ingest(bucket)

    assert [store.total(metric) for metric in Metric] == [Decimal(8), Decimal(8), Decimal(0)]


@pytest.mark.parametrize(
    ("line_item_type", "category"),
    [
        ("Usage", "usage"),
        ("DiscountedUsage", "usage"),
        ("SavingsPlanCoveredUsage", "usage"),
        ("SavingsPlanNegation", "usage"),
        ("RIFee", "fee"),
        ("Fee", "fee"),
        ("SavingsPlanUpfrontFee", "fee"),
        ("SavingsPlanRecurringFee", "fee"),
        ("FlatRateSubscription", "fee"),
        ("Purchase", "fee"),
        ("Tax", "tax"),
        ("Credit", "credit"),
        ("Refund", "refund"),
        ("EdpDiscount", "discount"),
        ("PrivateRateDiscount", "discount"),
        ("BundledDiscount", "discount"),
        ("SppDiscount", "discount"),
        ("ADiscountNotYetKnownDiscount", "discount"),
        ("Adjustment", "adjustment"),
        ("NotYetKnown", "other"),
        (None, "other"),
    ],
)
def test_each_type_has_a_category(line_item_type: str | None, category: str):
    assert charge_category(line_item_type) == category
