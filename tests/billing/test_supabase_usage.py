"""Supabase: the plan's fee and what goes beyond its quotas, as charges that add up exactly."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.billing.prices import load_prices
from core.billing.supabase_usage import DailyUsage, price_usage, split
from core.settings import load_settings
from core.units import GB, GIB
from tests.billing.builders import put
from tests.billing.store import Store

PRO, FREE = load_prices().supabase("pro"), load_prices().supabase("free")
HEADER = "date,organization,project,storage_bytes,egress_bytes,cached_egress_bytes\n"
FIRST = date(2026, 9, 1)  # of thirty days


def month(
    storage: int = 0, egress: int = 0, cached: int = 0, days: int = 30, project: str = "live"
) -> list[DailyUsage]:
    """The same every day."""
    return [DailyUsage(FIRST.replace(day=n + 1), "org", project, storage, egress, cached) for n in range(days)]


def total(days: list[DailyUsage], usage_type: str, gb_bytes: int = GB) -> Decimal:
    charges = price_usage(days, PRO, gb_bytes)
    return sum((charge.cost for charge in charges if charge.usage_type == usage_type), Decimal(0))


def test_the_plans_fee_is_one_purchase_on_the_first():
    (fee,) = [charge for charge in price_usage(month(), PRO, GB) if charge.usage_type == "Plan"]

    assert (fee.usage.day, fee.line_item_type, fee.cost) == (FIRST, "Purchase", Decimal(25))


@pytest.mark.parametrize(
    ("storage_gb", "cost"),
    [(0, "0"), (100, "0"), (101, "0.021"), (1100, "21.00")],
)
def test_storage_beyond_a_hundred_gigabytes_costs_two_cents_and_a_tenth(storage_gb: int, cost: str):
    """1000 GB-months at 0.0213 USD."""
    expected = Decimal(cost) and (Decimal(storage_gb) - 100) * PRO.meters["storage"].usd_per_gb
    assert total(month(storage=storage_gb * GB), "Storage Size") == expected


def test_egress_beyond_the_quota_costs_nine_cents_and_cached_three():
    """300 GB in 30 days, of which 250 are included; of the cached the same."""
    days = month(egress=10 * GB, cached=10 * GB)

    assert (total(days, "Egress"), total(days, "Cached Egress")) == (Decimal("4.5"), Decimal("1.5"))


def test_the_storage_quota_counts_for_the_days_that_were_measured():
    """200 GB for 15 of 30 days is 100 GB-months; 50 of them are included."""
    assert total(month(storage=200 * GB, days=15), "Storage Size") == 50 * PRO.meters["storage"].usd_per_gb


def test_a_gigabyte_is_what_the_settings_say():
    """350 GiB are 375.8 GB: one reading leaves 100 beyond the quota, the other 125.8."""
    days = month(egress=350 * GIB, days=1)

    assert total(days, "Egress", GIB) == Decimal(9)
    assert total(days, "Egress", GB) == (Decimal(350 * GIB) / GB - 250) * Decimal("0.09")


def test_the_quota_is_the_organisations_not_the_projects():
    days = month(egress=5 * GB, project="live") + month(egress=5 * GB, project="archive")
    charges = [charge for charge in price_usage(days, PRO, GB) if charge.usage_type == "Egress"]

    assert sum(charge.cost for charge in charges) == Decimal("4.5")
    assert {charge.cost for charge in charges} == {Decimal("0.075")}  # 4.5 over 60 equal days and projects


def test_the_free_plan_costs_nothing():
    assert {charge.cost for charge in price_usage(month(10**14, 10**14, 10**14), FREE, GB)} == {Decimal(0)}


@given(st.decimals(0, 10**6, places=10), st.lists(st.integers(0, 10**15), min_size=1, max_size=40))
def test_parts_add_up_to_the_total_and_none_is_off_by_a_unit(amount: Decimal, weights: list[int]):
    parts = split(amount, weights)

    whole = sum(weights)
    assert sum(parts) == (amount if whole else 0)
    assert all(
        abs(part - amount * weight / whole) <= Decimal("1e-10")
        for part, weight in zip(parts, weights, strict=True)
        if whole
    )


def test_the_remainder_goes_to_the_largest_first():
    """10 units over 3, 3 and 1: 4.29, 4.29 and 1.43; the missing one goes to 1.43."""
    assert split(Decimal("10e-10"), [3, 3, 1]) == [Decimal("4e-10"), Decimal("4e-10"), Decimal("2e-10")]


def test_measured_bytes_stand_beside_a_bill_marked_as_an_estimate(store: Store, bucket: Path):
    rows = [f"2026-10-{day:02},org,live,{200 * GB},{10 * GB},{GB}\n" for day in range(1, 32)]
    put(bucket / "usage.csv", HEADER + "".join(rows))
    store.ingest(bucket)

    rate = PRO.meters["storage"].usd_per_gb
    assert store.costs("usage_family") == {
        "plan": Decimal(25),
        "transfer out": Decimal("5.4"),  # 60 GB beyond 250
        "storage": 100 * rate,
        "transfer out, cached": Decimal(0),
    }
    assert store.costs("provider") == {"Supabase": Decimal("30.4") + 100 * rate}
    assert set(store.column("estimated")) == {True}
    assert set(store.column("operation")) == {"estimated from list price"}


def test_usage_under_another_plan_is_another_bill(store: Store, bucket: Path, monkeypatch: pytest.MonkeyPatch):
    put(bucket / "usage.csv", HEADER + f"2026-10-01,org,live,0,{300 * GB},0\n")
    store.ingest(bucket)
    assert store.total() == Decimal("29.5")

    monkeypatch.setenv("SUPABASE_PLAN", "free")
    free = Store(store.database, store.warehouse, load_settings())
    assert (free.outcomes(bucket), free.total()) == (["loaded"], Decimal(0))
    assert free.outcomes(bucket) == ["unchanged"]


def test_a_month_in_several_folders_pays_its_plan_and_has_its_quota_once(store: Store, bucket: Path):
    """150 GB of egress on each of two days: 50 beyond the quota of 250."""
    for day in (1, 2):
        put(bucket / f"2026/10/{day:02}/usage.csv", HEADER + f"2026-10-{day:02},org,live,0,{150 * GB},0\n")
    store.ingest(bucket)

    assert store.costs("usage_family")["plan"] == Decimal(25)
    assert store.costs("usage_family")["transfer out"] == Decimal("4.5")
