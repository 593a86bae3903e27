"""AWS Budgets: the budgets of an account, and their notifications, become rules."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from secrets import token_hex
from typing import Any

from core.access.audit import AuditLog
from core.access.roles import Permission, User
from core.alerts import store
from core.alerts.defaults import add_once
from core.alerts.rule import Comparison, Rule
from core.costs.dimensions import TAG, Dimension, Filter
from core.errors import StorageDenied, StorageUnreachable
from core.settings import Settings

#: AWS's names of what a budget is filtered by, and ours.
_FILTERS = {
    "service": Dimension.SERVICE,
    "linkedaccount": Dimension.ACCOUNT,
    "region": Dimension.REGION,
    "usagetype": Dimension.USAGE_TYPE,
}
_COMPARISONS = {"GREATER_THAN": Comparison.ABOVE, "LESS_THAN": Comparison.BELOW}
#: Charges that a budget may leave out, and rules do not.
_CHARGES = {
    "IncludeCredit": "credits",
    "IncludeDiscount": "discounts",
    "IncludeRefund": "refunds",
    "IncludeSupport": "support",
    "IncludeTax": "tax",
    "IncludeUpfront": "upfront fees",
}
_DENIED = ("AccessDenied", "AccessDeniedException", "UnrecognizedClientException", "InvalidClientTokenId")


@dataclass(frozen=True)
class Imported:
    """What a notification of a budget becomes."""

    budget: str
    notification: str  #: in words
    rule: Rule | None
    remark: str = ""  #: why it becomes no rule; or what the rule counts that the budget does not


def read_account(settings: Settings) -> tuple[Imported, ...]:
    """What the budgets of the configured account become. Raises StorageDenied, StorageUnreachable."""
    from botocore.config import Config

    from core.storage.s3_client import aws_client  # here: boto3 takes time to import

    config = Config(retries={"mode": "standard", "max_attempts": 3}, connect_timeout=10, read_timeout=30)
    with _asking():
        account = aws_client("sts", settings, "", config).get_caller_identity()["Account"]
        return read_budgets(aws_client("budgets", settings, "us-east-1", config), account)


def read_budgets(client: Any, account: str) -> tuple[Imported, ...]:
    """What every notification of every budget of an account becomes, through a boto3 client for "budgets"."""
    pages = client.get_paginator("describe_budgets").paginate(AccountId=account)
    budgets = [each for page in pages for each in page.get("Budgets", [])]
    return tuple(found for each in budgets for found in _of_budget(account, each, _notified(client, account, each)))


def keep(audit: AuditLog, user: User, found: Sequence[Imported], now: datetime) -> tuple[Imported, ...]:
    """Keep the rules among them that were never kept; those. Raises PermissionDenied."""
    rules = [each for each in found if each.rule]
    with audit.change(
        user, Permission.MANAGE_ALERTS, "import AWS budgets", f"{len(rules)} notifications", now
    ) as connection:
        known = {row["origin"] for row in store.queries.origins(connection)}
        new = [each for each in rules if each.rule and add_once(connection, each.rule, each.rule.origin, known, now)]
    return tuple(new)


@contextmanager
def _asking() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        if code in _DENIED:
            advice = "Allow it sts:GetCallerIdentity and budgets:ViewBudget."
            raise StorageDenied("The AWS key may not read the account's budgets.", advice) from error
        raise StorageUnreachable(f"AWS Budgets answered {code}.", "Try again later.") from error
    except BotoCoreError as error:
        raise StorageUnreachable(f"AWS Budgets cannot be asked: {error}.", "Check the network.") from error


def _notified(client: Any, account: str, budget: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    asked = {"AccountId": account, "BudgetName": budget["BudgetName"]}
    pages = client.get_paginator("describe_notifications_for_budget").paginate(**asked)
    return [each for page in pages for each in page.get("Notifications") or []]


def _of_budget(
    account: str, budget: Mapping[str, Any], notifications: Sequence[Mapping[str, Any]]
) -> Iterator[Imported]:
    name = budget["BudgetName"]
    if not notifications:
        yield Imported(name, "", None, "It notifies nobody.")
    for each in notifications:
        obstacle = _obstacle(budget, each)
        rule = None if obstacle else _rule(account, budget, each)
        yield Imported(name, _words(each), rule, obstacle or _differences(budget))


def _obstacle(budget: Mapping[str, Any], notification: Mapping[str, Any]) -> str:
    """Why a notification can be no rule; nothing where it can."""
    if budget.get("BudgetType") != "COST":
        return f"It is about {str(budget.get('BudgetType', 'something else')).lower()}, not about cost."
    if budget.get("TimeUnit") != "MONTHLY":
        return f"It is {str(budget.get('TimeUnit', 'of another time')).lower()}; rules count the month so far."
    if "BudgetLimit" not in budget or "AutoAdjustData" in budget:
        return "Its limit changes from month to month; a rule has one threshold."
    if budget.get("CostTypes", {}).get("UseAmortized") or budget.get("CostTypes", {}).get("UseBlended"):
        return "It counts amortised or blended cost; rules count billed cost."
    if notification.get("NotificationType") != "ACTUAL":
        return "It is about AWS's forecast; rules count what was spent."
    if notification.get("ComparisonOperator") not in _COMPARISONS:
        return "It asks for an exact amount."
    return _filters(budget)[1]


def _rule(account: str, budget: Mapping[str, Any], notification: Mapping[str, Any]) -> Rule:
    limit, threshold = Decimal(budget["BudgetLimit"]["Amount"]), Decimal(str(notification["Threshold"]))
    of_limit = notification.get("ThresholdType", "PERCENTAGE") == "PERCENTAGE"
    asked = (notification["ComparisonOperator"], f"{threshold:f}", "%" if of_limit else "")
    return Rule(
        token_hex(8),
        f"AWS budget {budget['BudgetName']}: {_words(notification)}",
        "cost_of_month",
        _COMPARISONS[notification["ComparisonOperator"]],
        limit * threshold / 100 if of_limit else threshold,
        filters=_filters(budget)[0],
        currency=budget["BudgetLimit"].get("Unit", ""),
        origin=f"aws-budgets:{account}/{budget['BudgetName']}/{'/'.join(asked)}",
    )


def _words(notification: Mapping[str, Any]) -> str:
    comparison = str(notification.get("ComparisonOperator", "")).replace("_THAN", "").lower()
    percent = " %" if notification.get("ThresholdType", "PERCENTAGE") == "PERCENTAGE" else ""
    forecast = " of the forecast" if notification.get("NotificationType") == "FORECASTED" else ""
    return f"{comparison} than {notification.get('Threshold', 0):g}{percent}{forecast}"


def _filters(budget: Mapping[str, Any]) -> tuple[tuple[Filter, ...], str]:
    """What it is filtered by; and why that cannot be said with filters of ours."""
    asked = [(name, values) for name, values in (budget.get("CostFilters") or {}).items()]
    found = list[Filter]()
    expression = budget.get("FilterExpression")
    if expression:
        if set(expression) - {"Dimensions", "Tags"}:
            return (), "Its filter joins several conditions."
        asked += [(each.get("Key", ""), each.get("Values", [])) for each in expression.values()]
    for name, values in asked:
        filter_ = _filter(name, values, bool(expression and "Tags" in expression))
        if isinstance(filter_, str):
            return (), filter_
        found.append(filter_)
    return tuple(found), ""


def _filter(name: str, values: Sequence[str], of_tag: bool) -> Filter | str:
    if len(values) != 1:
        return f"It is filtered by {len(values)} values of {name}; a rule has one."
    if name == "TagKeyValue":  # user:Team$video
        key, _, value = values[0].partition("$")
        return Filter(TAG + key.removeprefix("user:"), value)
    if of_tag:
        return Filter(TAG + name.removeprefix("user:"), values[0])
    dimension = _FILTERS.get(name.replace("_", "").lower())
    return Filter(dimension, values[0]) if dimension else f"It is filtered by {name}, which rules do not know."


def _differences(budget: Mapping[str, Any]) -> str:
    """What the rule counts, and the budget does not."""
    types = budget.get("CostTypes", {})
    left_out = [name for key, name in _CHARGES.items() if types.get(key) is False]
    return f"The budget leaves out {', '.join(left_out)}; the rule counts them." if left_out else ""
