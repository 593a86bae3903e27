"""A budget is kept with its terms, changed by those who may, and grows by the calendar."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from core.access.audit import AuditLog, Outcome
from core.access.roles import Role, User, Via
from core.costs.budget_store import Budgets
from core.costs.budgets import Budget, Span, usable
from core.costs.dimensions import Filter
from core.costs.period import Period
from core.database import Database
from core.errors import BudgetRefused, PermissionDenied, UnknownDimension
from tests.support.databases import BOTH, either_database

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OLA = User("ola", Role.OPERATOR, Via.PASSWORD)
ADMIN = User("root", Role.ADMIN, Via.SHELL)
ANA = User("ana", Role.ANALYST, Via.PASSWORD)
S3 = Budget(
    "S3", Decimal("1500.50"), "USD", date(2026, 11, 3), Span.QUARTER, (Filter("service", "AmazonS3"),), Decimal("0.1")
)


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    return either_database(request, tmp_path / "phyght.db")


@pytest.fixture
def budgets(database: Database) -> Budgets:
    return Budgets(database, AuditLog(database))


def test_a_budget_comes_back_as_it_was_kept(budgets: Budgets) -> None:
    untagged = replace(S3, name="No project", filters=(Filter("tag:project", None),))
    budgets.save(OLA, S3, NOW)
    budgets.save(OLA, untagged, NOW)

    assert budgets.all() == (untagged, S3)


def test_the_same_name_is_the_same_budget_with_other_terms(budgets: Budgets) -> None:
    budgets.save(OLA, S3, NOW)
    budgets.save(OLA, replace(S3, name="  S3 ", amount=Decimal(9)), NOW)

    assert [each.amount for each in budgets.all()] == [Decimal(9)]


def test_a_removed_budget_is_gone_and_one_that_was_never_there_is_fine(budgets: Budgets) -> None:
    budgets.save(OLA, S3, NOW)
    budgets.remove(OLA, "S3", NOW)
    budgets.remove(OLA, "S3", NOW)

    assert budgets.all() == ()


def test_an_analyst_sees_budgets_and_changes_none(database: Database, budgets: Budgets) -> None:
    with pytest.raises(PermissionDenied, match="may not manage budgets"):
        budgets.save(ANA, S3, NOW)
    with pytest.raises(PermissionDenied):
        budgets.remove(ANA, "S3", NOW)

    assert budgets.all() == ()
    assert {entry.outcome for entry in AuditLog(database).latest(ADMIN)} == {Outcome.REFUSED}


def test_who_changed_it_to_what_is_in_the_log(database: Database, budgets: Budgets) -> None:
    budgets.save(OLA, S3, NOW)

    entry = AuditLog(database).latest(ADMIN)[0]
    assert (entry.actor, entry.action, entry.subject) == ("ola", "save budget", "S3")
    assert entry.detail == "1500.50 USD a quarter"


@pytest.mark.parametrize(
    ("span", "period"),
    [
        (Span.MONTH, Period(date(2026, 11, 1), date(2026, 12, 1))),
        (Span.QUARTER, Period(date(2026, 10, 1), date(2027, 1, 1))),
        (Span.YEAR, Period(date(2026, 1, 1), date(2027, 1, 1))),
    ],
)
def test_a_span_is_one_of_the_calendar(span: Span, period: Period) -> None:
    assert span.period_of(date(2026, 11, 30)) == period


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        (date(2026, 10, 1), "1500.50"),  # the quarter that it begins in
        (date(2027, 2, 1), "1650.55"),
        (date(2027, 4, 1), "1815.60"),  # 1815.605, to the even cent
        (date(2020, 1, 1), "1500.50"),
    ],
)
def test_it_grows_from_span_to_span(day: date, amount: str) -> None:
    assert S3.amount_in(S3.span.period_of(day)) == Decimal(amount)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": "  "}, "needs a name"),
        ({"name": "a\nb\x00"}, "needs a name"),
        ({"amount": Decimal(0)}, "no amount to spend"),
        ({"amount": Decimal("NaN")}, "no amount to spend"),
        ({"amount": Decimal("1e30")}, "no amount to spend"),
        ({"growth": Decimal(3)}, "cannot grow by 300%"),
        ({"currency": "dollar"}, "no currency"),
    ],
)
def test_what_is_no_budget_is_told_in_a_sentence(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(BudgetRefused, match=told):
        usable(replace(S3, **wrong))


def test_a_filter_on_nothing_that_is_kept_is_refused() -> None:
    with pytest.raises(UnknownDimension, match="colour"):
        usable(replace(S3, filters=(Filter("colour", "red"),)))


def test_an_amount_that_shrinks_or_grows_for_decades_stays_one():
    shrinking = Budget("A", Decimal(100), "USD", date(2020, 1, 1), growth=Decimal("-0.5"))
    growing = Budget("B", Decimal(10**9), "USD", date(2000, 1, 1), growth=Decimal(2))
    november = Span.MONTH.period_of(date(2026, 11, 30))

    assert shrinking.amount_in(november) == Decimal("0.01")
    assert growing.amount_in(november) == Decimal(10**12)
