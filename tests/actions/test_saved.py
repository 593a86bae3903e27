"""What an action has saved is told by the bill, beside what it promised for as many days."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import cast

import duckdb
import pytest

from core.access.roles import Via
from core.actions.action import Action, Kind, Phase, Promise, Taken, Undo
from core.actions.saved import Saved, saved
from core.warehouse import Warehouse

APPLIED = datetime(2026, 10, 10, 15, tzinfo=UTC)
TAKEN = Taken(
    "a", Action(Kind.CHANGE_STORAGE_CLASS, "s3"), Phase.APPLIED, "Moves all.", None, None, Undo("", True), (), (),
    Promise("class", Decimal("36.50")), "olga", Via.PASSWORD, APPLIED, APPLIED, APPLIED, "", None, None, "", "", "", 1,
)  # fmt: skip
MONTH = Decimal(365) / 12


class Bills:
    """A warehouse that has nothing but the charges of a test."""

    def __init__(self) -> None:
        self.duck = duckdb.connect()
        self.duck.execute(
            "CREATE TABLE resource_charges (provider_name VARCHAR, service_name VARCHAR, charge_category VARCHAR, "
            "billing_currency VARCHAR, usage_family VARCHAR, resource_id VARCHAR, billed_cost DECIMAL(38,18), "
            "consumed_quantity DECIMAL(38,18), charge_period_start DATE)"
        )

    def has(self, rows: list[dict[str, object]]) -> None:
        names = list(rows[0])
        marks = ", ".join("?" * len(names))
        self.duck.executemany(
            f"INSERT INTO resource_charges ({', '.join(names)}) VALUES ({marks})", [list(row.values()) for row in rows]
        )

    def query(self, sql: str, parameters: dict[str, object]) -> list[tuple[object, ...]]:
        return self.duck.execute(sql, parameters).fetchall()


@pytest.fixture
def bills() -> Bills:
    return Bills()


def told(bills: Bills, taken: Taken, until: date) -> Saved:
    return saved(cast(Warehouse, bills), taken, ["videos"], until)


def billed(first: date, days: int, usd: float, gb_months: float, **columns: object) -> list[dict[str, object]]:
    row = {
        "provider_name": "AWS", "service_name": "Amazon Simple Storage Service", "charge_category": "usage",
        "billing_currency": "USD", "usage_family": "storage", "resource_id": "arn:aws:s3:::videos",
        "billed_cost": usd, "consumed_quantity": gb_months,
    }  # fmt: skip
    return [row | columns | {"charge_period_start": str(first + timedelta(n))} for n in range(days)]


def test_each_gb_since_is_held_against_what_one_cost_before(bills: Bills):
    before = billed(date(2026, 9, 20), 20, 2, 10)
    since = billed(date(2026, 10, 11), 5, 1.5, 20)  # twice as much is stored, and costs less
    bills.has([*before, *since])

    found = told(bills, TAKEN, date(2026, 10, 16))

    # 20 cents a GB-month before: 5 days of 20 would have come to 20 dollars, and came to 7.50
    assert found.usd == Decimal("12.5")
    assert found.days == 5
    assert found.promised_usd == Decimal("36.50") * 5 / MONTH == pytest.approx(6)


def test_the_day_itself_counts_for_neither_side_and_transfer_out_for_none(bills: Bills):
    rows = [
        *billed(date(2026, 9, 20), 20, 1, 10),
        *billed(date(2026, 10, 10), 1, 99, 10),
        *billed(date(2026, 10, 11), 4, 1, 10),
        *billed(date(2026, 10, 11), 4, 50, 100, usage_family="transfer out"),
        *billed(date(2026, 10, 11), 4, 50, 100, resource_id="others"),
    ]
    bills.has(rows)
    assert told(bills, TAKEN, date(2026, 10, 15)).usd == 0


def test_fees_of_reading_make_it_cost_more(bills: Bills):
    rows = [
        *billed(date(2026, 9, 20), 20, 1, 10),
        *billed(date(2026, 10, 11), 4, 0.5, 10),
        *billed(date(2026, 10, 11), 4, 2, 7, usage_family="retrieval"),
    ]
    bills.has(rows)
    assert told(bills, TAKEN, date(2026, 10, 15)).usd == Decimal(-6)


def test_after_an_action_that_removes_days_are_held_against_days(bills: Bills):
    rows = [*billed(date(2026, 9, 20), 20, 2, 10), *billed(date(2026, 10, 11), 4, 1, 5)]
    bills.has(rows)
    taken = replace(TAKEN, action=Action(Kind.DELETE_NONCURRENT_VERSIONS, "s3"))
    found = told(bills, taken, date(2026, 10, 15))
    assert found.usd == 4
    assert "counts against it" in found.words


def test_nothing_is_counted_after_it_was_undone(bills: Bills):
    rows = [*billed(date(2026, 9, 20), 20, 2, 10), *billed(date(2026, 10, 11), 9, 1, 10)]
    bills.has(rows)
    taken = replace(TAKEN, undone_at=datetime(2026, 10, 15, 3, tzinfo=UTC))
    assert told(bills, taken, date(2026, 10, 20)).usd == 4


@pytest.mark.parametrize(
    ("first", "until", "said"),
    [
        (date(2026, 9, 20), date(2026, 10, 13), "The bill has 2 whole days since; 3 are needed."),
        (date(2026, 10, 5), date(2026, 10, 16), "The bill has 5 whole days of it before that; 7 are needed"),
    ],
)
def test_without_enough_days_nobody_can_tell_and_it_says_why(bills: Bills, first: date, until: date, said: str):
    bills.has(billed(first, (date(2026, 10, 16) - first).days, 1, 1))
    found = told(bills, TAKEN, until)
    assert found.usd is None
    assert found.words.startswith(said)


def test_what_is_not_applied_has_saved_nothing(bills: Bills):
    found = told(bills, replace(TAKEN, applied_at=None), date(2026, 10, 16))
    assert (found.usd, found.words) == (None, "It is not applied yet.")
