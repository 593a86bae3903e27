"""Figures of money: each budget's share, and what odd days came to; worked out by hand from half a year of bills."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.alerts.evaluation import evaluate
from core.alerts.figure import Handles, Reading, Scope
from core.alerts.figures import budgeted
from core.alerts.figures.budgeted import Expected, Used
from core.alerts.figures.odd import OddDays
from core.alerts.figures.registry import figures
from core.costs.budget_standing import standing
from core.costs.budget_store import Budgets
from core.costs.budgets import Budget
from core.costs.dimensions import Dimension, Filter
from core.costs.forecast import forecast_costs
from core.costs.judged import Judgements
from core.settings import Settings
from tests.billing.builders import Row, deliver_cur2
from tests.billing.store import Store
from tests.costs.conftest import bucket, shared_bucket, shared_store, store
from tests.costs.test_breakdown import on

__all__ = ["bucket", "shared_bucket", "shared_store", "store"]

NOW = datetime(2026, 6, 21, 9, tzinfo=UTC)
CODE, CDN = "AmazonCloudFront", "Amazon CloudFront"
ODD = date(2026, 6, 20)
OPERATOR = User("olga", Role.OPERATOR, Via.PASSWORD)


def lines(month: int) -> list[Row]:
    """Ten dollars a day of S3, and ten of CloudFront, which were forty on the twentieth of June."""
    first = date(2026, month, 1)
    days = [first + timedelta(n) for n in range(31) if (first + timedelta(n)).month == month]
    known = [each for each in days if each <= ODD + timedelta(2)]  # the last two are still filling
    cdn = [on(each.day, "40" if each == ODD else "10", month, line_item_product_code=CODE) for each in known]
    return [*(on(each.day, "10", month) for each in known), *cdn]


@pytest.fixture(scope="module")
def half_a_year(shared_store: Store, shared_bucket: Path) -> Store:
    for month in range(1, 7):
        delivered = NOW if month == 6 else datetime(2026, month + 1, 3, tzinfo=UTC)
        deliver_cur2(shared_bucket, lines(month), f"2026-{month:02}", delivered_at=delivered)
    shared_store.ingest(shared_bucket)
    return shared_store


@pytest.fixture
def handles(half_a_year: Store, tmp_path: Path, settings: Settings) -> Handles:
    own = half_a_year.copy_to(tmp_path / "own", settings)
    return Handles(own.database, lambda: own.warehouse, tuple, settings, tmp_path)


def budget(handles: Handles, name: str, amount: str, *filters: Filter, currency: str = "USD") -> None:
    kept = Budget(name, Decimal(amount), currency, date(2026, 6, 1), filters=filters)
    Budgets(handles.database, AuditLog(handles.database)).save(OPERATOR, kept, NOW)


S3 = Filter("service", "Amazon Simple Storage Service")


def test_a_budget_says_what_share_of_it_is_used(handles: Handles):
    budget(handles, "Storage", "250", S3)

    (found,) = Used(handles).read(NOW, Scope())

    assert (found.subject, found.value) == ("Storage", Decimal("0.8"))
    assert found.link == (
        "/costs?section=budgets&budget=Storage&from=2026-06-01&to=2026-07-01&by=service"
        "&filter=service%3DAmazon+Simple+Storage+Service&currency=USD"
    )
    assert found.detail == "$200.00 of $250.00 were billed before 21 Jun 2026."


def test_a_budget_says_what_share_of_it_will_be_used(handles: Handles):
    budget(handles, "Storage", "250", S3)

    (found,) = Expected(handles).read(NOW, Scope())

    assert found.value == pytest.approx(Decimal("1.2"), abs=Decimal("0.001"))  # thirty days of ten dollars
    assert found.detail == "$300.00 of $250.00 are expected by 30 Jun 2026. It runs out on 26 Jun 2026."


def test_a_budget_that_is_used_up_is_told_as_such_only(handles: Handles):
    budget(handles, "Storage", "199", S3)

    (used,) = Used(handles).read(NOW, Scope())

    assert used.value == pytest.approx(Decimal("1.005"), abs=Decimal("0.001"))  # 200 of 199
    assert Expected(handles).read(NOW, Scope()) == []


def test_a_budget_that_nothing_is_known_of_keeps_no_other_from_being_read(handles: Handles):
    budget(handles, "Euros", "100", currency="EUR")
    budget(handles, "Storage", "250", S3)

    unknown, known = Used(handles).read(NOW, Scope())

    assert (unknown.subject, unknown.value) == ("Euros", None)
    assert (known.subject, known.value) == ("Storage", Decimal("0.8"))


def test_whatever_is_wrong_with_one_budget_the_others_are_read(handles: Handles, monkeypatch: pytest.MonkeyPatch):
    budget(handles, "Broken", "100", S3)
    budget(handles, "Storage", "250", S3)
    usual = budgeted.spent_on
    monkeypatch.setattr(budgeted, "spent_on", lambda w, b: 1 / 0 if b.name == "Broken" else usual(w, b))

    for figure in (Used(handles), Expected(handles)):
        broken, known = figure.read(NOW, Scope())

        assert (broken.subject, broken.value) == ("Broken", None)
        assert broken.detail == "The budget 'Broken' could not be worked out (ZeroDivisionError)."
        assert (known.subject, known.value is None) == ("Storage", False)


def test_what_is_used_up_is_not_forecast(handles: Handles, monkeypatch: pytest.MonkeyPatch):
    budget(handles, "Storage", "199", S3)
    monkeypatch.setattr(budgeted, "foreseen", lambda *_: pytest.fail("it takes time, and nobody asks for it"))

    assert Expected(handles).read(NOW, Scope()) == []


def test_a_budget_of_everything_ends_where_the_forecast_of_the_month_does(handles: Handles):
    budget(handles, "All", "1000")

    (found,) = [
        standing(handles.warehouse, each, NOW) for each in Budgets(handles.database, AuditLog(handles.database)).all()
    ]
    total = forecast_costs(handles.warehouse, Dimension.SERVICE, NOW).total

    assert total is not None
    assert found.expected == total.this_month.expected
    assert found.bands == total.this_month.bands


def odd(handles: Handles, days: int = 3) -> list[Reading]:
    return list(OddDays(handles).read(NOW, Scope(timedelta(days))))


def test_an_odd_day_comes_to_what_it_was_beyond_what_was_expected_and_is_told_once(handles: Handles):
    """40 where 10 was expected; the total, 50 where 20 was expected, is the same day."""
    (found,) = odd(handles)

    assert (found.subject, found.value, found.currency) == (CDN, Decimal(30), "USD")
    assert found.detail == "On 20 Jun 2026 it was $40.00 so far where $10.00 was expected."
    assert found.since == datetime(2026, 6, 20, tzinfo=UTC)
    assert found.link == (
        "/costs?section=odd-days&event=2026-06-20%3DAmazon+CloudFront&from=2026-05-30&to=2026-06-28&by=service"
        "&currency=USD"
    )


def test_an_odd_day_of_some_charges_links_to_these(handles: Handles):
    (found,) = OddDays(handles).read(NOW, Scope(timedelta(3), (Filter("provider", "AWS"),)))

    assert found.link == (
        "/costs?from=2026-05-30&to=2026-06-28&by=service&filter=provider%3DAWS&filter=service%3DAmazon+CloudFront"
        "&currency=USD"
    )


def test_an_odd_day_is_news_for_as_long_as_the_window_is(handles: Handles):
    """It is known on the next day, when bills reach that day's beginning."""
    asked = [OddDays(handles).read(datetime(2026, 6, day, 9, tzinfo=UTC), Scope(timedelta(1))) for day in (20, 21)]

    assert [[each.subject for each in found] for found in asked] == [[], [CDN]]


def test_what_somebody_has_judged_is_not_told(handles: Handles):
    judged = Judgements(handles.database, AuditLog(handles.database))
    for expected in (True, False):
        judged.judge(OPERATOR, "service", CDN, ODD, expected, NOW)
        assert odd(handles) == []


def test_without_bills_nothing_is_known_of_odd_days(tmp_path: Path, settings: Settings):
    empty = Store.fresh(tmp_path / "empty", settings)

    (found,) = OddDays(Handles(empty.database, lambda: empty.warehouse, tuple, settings, tmp_path)).read(NOW, Scope())

    assert (found.value, found.detail) == (None, "There are no bills yet.")


def test_an_installation_begins_with_rules_on_them(handles: Handles):
    budget(handles, "Storage", "250", S3)
    budget(handles, "All", "1000")
    budget(handles, "Delivery", "200", Filter("service", CDN))

    fired = evaluate(handles.database, figures(handles), "http://here", NOW).fired

    money = {(each.title, each.subject, each.severity) for each in fired if each.figure[:3] in ("bud", "odd")}
    # of CloudFront 230 were used, and one day of 200 dollars is enough
    assert money == {
        ("A budget is overrun", "Delivery", "critical"),
        ("A budget will not be enough", "Storage", "warning"),
        ("A day cost more than expected", CDN, "warning"),
    }
