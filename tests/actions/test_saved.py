"""What an action has saved is told by the bill, beside what it promised for as many days."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, cast

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.access.roles import Via
from core.actions.action import Action, Kind, Phase, Promise, Taken, Undo
from core.actions.saved import Saved, saved
from core.actions.sharing import Holding, shares, together
from core.warehouse import Warehouse

APPLIED = datetime(2026, 10, 10, 15, tzinfo=UTC)
TAKEN = Taken(
    "a", Action(Kind.CHANGE_STORAGE_CLASS, "s3"), Phase.APPLIED, "Moves all.", None, None, Undo("", True), (), (),
    Promise("class", Decimal("36.50")), "olga", Via.PASSWORD, APPLIED, APPLIED, APPLIED, "", None, None, "", "", "", 1,
)  # fmt: skip
MONTH = Decimal(365) / 12
NEVER = datetime(2027, 1, 1, tzinfo=UTC)


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


def told(bills: Bills, taken: Taken, until: date, *beside: Taken) -> Saved:
    return saved(cast(Warehouse, bills), taken, ["videos"], until, beside)


def billed(first: date, days: int, usd: float, gb_months: float, **columns: object) -> list[dict[str, Any]]:
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


def other(id: str, applied: datetime, promised: str | None, **changes: Any) -> Taken:
    promise = Promise("", None if promised is None else Decimal(promised))
    return replace(TAKEN, id=id, applied_at=applied, promise=promise, **changes)


def test_two_at_once_share_a_drop_by_what_each_promised(bills: Bills):
    bills.has([*billed(date(2026, 9, 20), 20, 4, 10), *billed(date(2026, 10, 11), 10, 2, 10)])
    second = other("b", datetime(2026, 10, 15, 9, tzinfo=UTC), "109.50")  # three times as much as the first

    first = told(bills, TAKEN, date(2026, 10, 21), second)
    later = told(bills, second, date(2026, 10, 21), TAKEN)

    # 2 dollars a day: 5 days for the first alone, then 5 days of which a quarter is its
    assert (first.usd, first.whole_usd) == (Decimal("12.5"), 20)
    assert (later.usd, later.whole_usd) == (Decimal("7.5"), 10)
    assert first.words.endswith(
        "1 other change held on some of these days: of $20.00 in all, each has a share by what it promised."
    )


def test_one_that_was_undone_has_its_share_until_then(bills: Bills):
    bills.has([*billed(date(2026, 9, 20), 20, 4, 10), *billed(date(2026, 10, 11), 10, 2, 10)])
    undone = other("b", APPLIED, "36.50", undone_at=datetime(2026, 10, 15, 3, tzinfo=UTC))

    assert told(bills, undone, date(2026, 10, 21), TAKEN).usd == 4  # half of 4 days
    assert told(bills, TAKEN, date(2026, 10, 21), undone).usd == 16


def test_one_that_promised_nothing_has_no_share_beside_one_that_did(bills: Bills):
    bills.has([*billed(date(2026, 9, 20), 20, 4, 10), *billed(date(2026, 10, 11), 10, 2, 10)])
    silent = other("b", APPLIED, None)

    assert told(bills, silent, date(2026, 10, 21), TAKEN).usd == 0
    assert told(bills, TAKEN, date(2026, 10, 21), silent).usd == 20
    assert told(bills, silent, date(2026, 10, 21)).usd == 20, "alone it has all"


def test_one_that_is_older_than_the_bills_is_part_of_what_is_usual(bills: Bills):
    bills.has([*billed(date(2026, 9, 20), 20, 4, 10), *billed(date(2026, 10, 11), 10, 2, 10)])
    old = other("b", datetime(2025, 1, 1, tzinfo=UTC), "36.50")

    assert told(bills, old, date(2026, 10, 21), TAKEN).usd is None
    assert told(bills, TAKEN, date(2026, 10, 21), old).usd == 20


DAYS = st.integers(0, 30)
PROMISES = st.one_of(st.none(), st.decimals("-5", "1000", places=4))


@st.composite
def several(draw: st.DrawFn) -> list[Taken]:
    made = list[Taken]()
    for number in range(draw(st.integers(1, 5))):
        applied = datetime(2026, 10, 1, 12, tzinfo=UTC) + timedelta(draw(DAYS))
        undone = draw(st.one_of(st.none(), DAYS.map(lambda days, since=applied: since + timedelta(days))))
        promised = draw(PROMISES)
        made.append(other(f"a{number}", applied, None if promised is None else str(promised), undone_at=undone))
    return made


@settings(max_examples=60, deadline=None)
@given(several(), st.lists(st.decimals("0", "1000", places=6), min_size=40, max_size=40), st.randoms())
def test_shares_never_come_to_more_than_the_drop_in_whatever_order(
    every: list[Taken], costs: list[Decimal], chance: Random
):
    bills, until = Bills(), date(2026, 11, 9)
    before = billed(date(2026, 9, 1), 30, 7, 3)
    first = min(each.applied_at.date() for each in every if each.applied_at)
    since = billed(date(2026, 10, 1), 40, 7, 3)
    for row, usd in zip(since, costs, strict=True):
        row["billed_cost"] = usd if row["charge_period_start"] > str(first) else 7
    bills.has([*before, *since])
    holdings = [
        Holding(each.id, each.applied_at.date() + timedelta(1), min(until, (each.undone_at or NEVER).date()), None)
        for each in every
        if each.applied_at
    ]

    found = {each.id: told(bills, each, until, *every) for each in every}
    shuffled = list(every)
    chance.shuffle(shuffled)

    assert {each.id: told(bills, each, until, *shuffled) for each in every} == found
    if all(each.usd is not None for each in found.values()) and len(together(holdings[0], holdings)) == len(every):
        days = [date(2026, 10, 1) + timedelta(n) for n in range(40)]
        held = [n for n, day in enumerate(days) if day < until and any(each.holds_on(day) for each in holdings)]
        drop = sum(7 - since[n]["billed_cost"] for n in held)
        assert sum(each.usd for each in found.values() if each.usd is not None) == drop


@given(st.decimals("-100000", "100000", places=18), st.lists(PROMISES, min_size=1, max_size=6), st.randoms())
def test_a_days_shares_are_its_drop_to_the_last_digit(drop: Decimal, promised: list[Decimal | None], chance: Random):
    holding = [Holding(str(n), date(2026, 1, 1), date(2026, 1, 2), usd) for n, usd in enumerate(promised)]
    parts = shares(drop, holding)
    chance.shuffle(holding)

    assert sum(parts.values()) == drop
    assert shares(drop, holding) == parts
