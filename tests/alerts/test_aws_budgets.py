"""AWS Budgets: each notification becomes a rule, or it is said why not."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from moto.budgets.models import budgets_backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from core.alerts.aws_budgets import keep, read_account
from core.alerts.rule import Comparison
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
        ({"TimeUnit": "ANNUALLY"}, {}, "It is annually; rules count the month so far."),
        ({}, {"NotificationType": "FORECASTED"}, "It is about AWS's forecast; rules count what was spent."),
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
