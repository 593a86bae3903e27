"""AWS Budgets: each notification becomes a rule, or it is said why not."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from moto.budgets.models import budgets_backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from core.alerts.aws_budgets import keep, read_account
from core.alerts.rule import Comparison
from core.costs.budget_store import Budgets
from core.costs.budgets import Budget, Span
from core.costs.dimensions import Filter
from core.errors import PermissionDenied, StorageDenied
from core.settings import load_settings
from tests.alerts.conftest import ADA, NOON, OLGA, VIC, Installation
from tests.support.aws import aws_descriptions
from tests.support.strict_aws import StrictAws, strict_aws

__all__ = ["aws_descriptions"]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[StrictAws]:
    with strict_aws(monkeypatch, budgets="us-east-1", sts="us-east-1") as aws:
        yield aws


def budget(name: str, *notifications: dict[str, Any], **told: Any) -> None:
    """A budget of the account."""
    usual = {"BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": "2000", "Unit": "USD"}}
    listed = [{"Notification": each, "Subscribers": []} for each in notifications]
    backend = budgets_backends[DEFAULT_ACCOUNT_ID]["aws"]
    backend.create_budget(DEFAULT_ACCOUNT_ID, {"BudgetName": name, **usual, **told}, listed)


def at(threshold: float, **told: Any) -> dict[str, Any]:
    usual = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "ThresholdType": "PERCENTAGE"}
    return usual | {"Threshold": threshold} | told


def test_each_notification_becomes_a_rule_on_the_month_with_its_filter(home: Installation, aws: StrictAws):
    budget("Videos", at(80.0), at(1500.0, ThresholdType="ABSOLUTE_VALUE"),
           CostFilters={"TagKeyValue": ["user:Team$video"], "Service": ["Amazon CloudFront"]})  # fmt: skip

    found = read_account(load_settings())
    new = keep(home.audit, ADA, found, NOON)

    first, second = (each.rule for each in found)
    assert first
    assert second
    assert (first.title, first.figure, first.comparison, first.threshold, first.currency) == (
        "AWS budget Videos: greater than 80 %", "cost_of_month", Comparison.ABOVE, Decimal("1600"), "USD",
    )  # fmt: skip
    assert first.filters == (Filter("tag:Team", "video"), Filter("service", "Amazon CloudFront"))
    assert second.threshold == Decimal("1500")
    assert new == found
    assert {each.rule.id for each in home.rules.all(VIC, NOON)} == {first.id, second.id}


def test_what_is_forecast_becomes_a_rule_on_a_budget_with_its_terms(home: Installation, aws: StrictAws):
    budget("Videos", at(80.0), at(100.0, NotificationType="FORECASTED"),
           at(2500.0, NotificationType="FORECASTED", ThresholdType="ABSOLUTE_VALUE"),
           CostFilters={"Service": ["Amazon CloudFront"]})  # fmt: skip

    _, share, amount = found = read_account(load_settings())
    assert keep(home.audit, ADA, found, NOON) == found

    for each, threshold in ((share, "1"), (amount, "1.25")):  # 2,500 of 2,000
        assert each.rule
        told = (each.rule.figure, each.rule.subject, each.rule.comparison, each.rule.threshold, each.rule.filters)
        assert told == ("budget_expected", "AWS Videos", Comparison.ABOVE, Decimal(threshold), ())
        assert each.remark == "The rule goes by the forecast of this platform, not by AWS's."
    (made,) = Budgets(home.database, home.audit).all()
    assert (made.name, made.amount, made.currency, made.span) == ("AWS Videos", Decimal(2000), "USD", Span.MONTH)
    assert made.filters == (Filter("service", "Amazon CloudFront"),)


@pytest.mark.parametrize(("unit", "span"), [("QUARTERLY", Span.QUARTER), ("ANNUALLY", Span.YEAR)])
def test_a_budget_of_a_quarter_or_a_year_becomes_one(home: Installation, aws: StrictAws, unit: str, span: Span):
    budget("Videos", at(90.0), TimeUnit=unit)

    (found,) = read_account(load_settings())

    assert found.rule
    assert found.makes
    assert (found.rule.figure, found.rule.subject, found.rule.threshold) == (
        "budget_used",
        "AWS Videos",
        Decimal("0.9"),
    )
    assert (found.makes.span, found.makes.amount, found.remark) == (span, Decimal(2000), "")


def test_a_budget_of_a_day_becomes_a_rule_on_its_cost(home: Installation, aws: StrictAws):
    budget("Day", at(90.0), TimeUnit="DAILY")

    (found,) = read_account(load_settings())

    assert found.rule
    assert (found.rule.figure, found.rule.threshold, found.makes) == ("cost_of_day", Decimal(1800), None)


def test_a_budget_that_is_there_already_stays_as_it_is(home: Installation, aws: StrictAws):
    ours = Budget("AWS Videos", Decimal(5), "USD", NOON.date())
    Budgets(home.database, home.audit).save(ADA, ours, NOON)
    budget("Videos", at(100.0, NotificationType="FORECASTED"))

    assert len(keep(home.audit, ADA, read_account(load_settings()), NOON)) == 1
    assert Budgets(home.database, home.audit).all() == (ours,)


def test_imported_again_a_rule_is_not_doubled_and_a_removed_one_does_not_come_back(home: Installation, aws: StrictAws):
    budget("Videos", at(80.0), at(100.0))
    keep(home.audit, ADA, read_account(load_settings()), NOON)
    for each in home.rules.all(ADA, NOON):
        if "100" in each.rule.title:
            home.rules.remove(ADA, each.rule.id, NOON)

    assert keep(home.audit, ADA, read_account(load_settings()), NOON) == ()
    assert [each.rule.title for each in home.rules.all(VIC, NOON)] == ["AWS budget Videos: greater than 80 %"]


@pytest.mark.parametrize(
    ("told", "notification", "remark"),
    [
        ({"BudgetType": "USAGE"}, {}, "It is about usage, not about cost."),
        ({"TimeUnit": "CUSTOM"}, {}, "It is custom, for which there is no rule."),
        ({"TimeUnit": "DAILY"}, {"NotificationType": "FORECASTED"},
         "It is about a day's forecast, for which there is no rule."),
        ({"TimeUnit": "ANNUALLY", "BudgetLimit": {"Amount": "0", "Unit": "USD"}}, {},
         "0 is no amount to spend. Give more than zero, such as 1500."),
        ({}, {"ComparisonOperator": "EQUAL_TO"}, "It asks for an exact amount."),
        ({"CostTypes": {"UseAmortized": True}}, {}, "It counts amortised or blended cost; rules count billed cost."),
        ({"AutoAdjustData": {"AutoAdjustType": "HISTORICAL"}}, {},
         "Its limit changes from month to month; a rule has one threshold."),
        ({"CostFilters": {"Service": ["a", "b"]}}, {}, "It is filtered by 2 values of Service; a rule has one."),
        ({"CostFilters": {"AZ": ["us-east-1a"]}}, {}, "It is filtered by AZ, which rules do not know."),
        ({"FilterExpression": {"Not": {}}}, {}, "Its filter joins several conditions."),
    ],
)  # fmt: skip
def test_what_can_be_no_rule_is_told(home: Installation, aws: StrictAws, told, notification, remark):
    budget("Odd", at(80.0, **notification), **told)

    (found,) = read_account(load_settings())

    assert (found.rule, found.remark) == (None, remark)
    assert keep(home.audit, ADA, [found], NOON) == ()


def test_what_a_rule_counts_and_the_budget_does_not_is_told(home: Installation, aws: StrictAws):
    budget("Net", at(80.0), CostTypes={"IncludeCredit": False, "IncludeTax": False})
    budget("Silent")

    net, silent = read_account(load_settings())

    assert (net.rule is None, net.remark) == (False, "The budget leaves out credits, tax; the rule counts them.")
    assert (silent.rule, silent.remark) == (None, "It notifies nobody.")


def test_a_key_that_may_not_read_budgets_is_told_what_it_needs(home: Installation, aws: StrictAws):
    aws.refused = "AccessDeniedException"

    with pytest.raises(StorageDenied, match="sts:GetCallerIdentity and budgets:ViewBudget"):
        read_account(load_settings())


def test_only_an_administrator_imports(home: Installation):
    with pytest.raises(PermissionDenied):
        keep(home.audit, OLGA, [], NOON)
