"""AWS notifications: what each one of an AWS budget becomes: a rule, on a budget of ours where it needs one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from secrets import token_hex
from typing import Any

from core.alerts.figures import budgeted, spend
from core.alerts.rule import Comparison, Rule
from core.costs.budgets import Budget, Span, usable
from core.costs.dimensions import TAG, Dimension, Filter
from core.errors import BudgetRefused

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
_SPANS = {"MONTHLY": Span.MONTH, "QUARTERLY": Span.QUARTER, "ANNUALLY": Span.YEAR}
_DAILY, _FORECAST = "DAILY", "FORECASTED"
_EVER = date(2006, 1, 1)  #: where AWS does not say since when a budget is: before there were any
_OWN_FORECAST = "The rule goes by the forecast of this platform, not by AWS's."


@dataclass(frozen=True)
class Imported:
    """What a notification of a budget becomes."""

    budget: str
    notification: str  #: in words
    rule: Rule | None
    remark: str = ""  #: why it becomes no rule; or what the rule counts that the budget does not
    makes: Budget | None = None  #: the budget of ours that the rule is about


def imported(account: str, budget: Mapping[str, Any], notifications: Sequence[Mapping[str, Any]]) -> Iterator[Imported]:
    """What each notification of a budget becomes, or why it becomes nothing."""
    name = budget["BudgetName"]
    if not notifications:
        yield Imported(name, "", None, "It notifies nobody.")
    for each in notifications:
        if obstacle := _obstacle(budget, each):
            yield Imported(name, _words(each), None, obstacle)
        else:
            makes = _made(budget) if _needs_budget(budget, each) else None
            yield Imported(name, _words(each), _rule(account, budget, each, makes), _remark(budget, each), makes)


def _obstacle(budget: Mapping[str, Any], notification: Mapping[str, Any]) -> str:
    """Why a notification can be no rule; nothing where it can."""
    if budget.get("BudgetType") != "COST":
        return f"It is about {str(budget.get('BudgetType', 'something else')).lower()}, not about cost."
    if budget.get("TimeUnit") not in {*_SPANS, _DAILY}:
        return f"It is {str(budget.get('TimeUnit', 'of another time')).lower()}, for which there is no rule."
    if "BudgetLimit" not in budget or "AutoAdjustData" in budget:
        return "Its limit changes from month to month; a rule has one threshold."
    if budget.get("CostTypes", {}).get("UseAmortized") or budget.get("CostTypes", {}).get("UseBlended"):
        return "It counts amortised or blended cost; rules count billed cost."
    if _needs_budget(budget, notification) and (problem := _no_budget(budget)):
        return problem
    if notification.get("ComparisonOperator") not in _COMPARISONS:
        return "It asks for an exact amount."
    return _filters(budget)[1]


def _needs_budget(budget: Mapping[str, Any], notification: Mapping[str, Any]) -> bool:
    """What was spent on a day and in a month are figures by themselves."""
    return notification.get("NotificationType") == _FORECAST or budget.get("TimeUnit") not in ("MONTHLY", _DAILY)


def _no_budget(budget: Mapping[str, Any]) -> str:
    """Why ours cannot be made; nothing where it can."""
    if budget.get("TimeUnit") == _DAILY:
        return "It is about a day's forecast, for which there is no rule."
    try:
        usable(_made(budget))
    except BudgetRefused as error:
        return str(error)
    return ""


def _made(budget: Mapping[str, Any]) -> Budget:
    since = budget.get("TimePeriod", {}).get("Start")
    first = since.astimezone(UTC).date() if isinstance(since, datetime) else _EVER
    span, currency = _SPANS[budget["TimeUnit"]], budget["BudgetLimit"].get("Unit", "USD")
    name = " ".join(f"AWS {budget['BudgetName']}".split())
    return Budget(name, _limit(budget), currency, first, span, _filters(budget)[0])


def _limit(budget: Mapping[str, Any]) -> Decimal:
    return Decimal(budget["BudgetLimit"]["Amount"])


def _rule(account: str, budget: Mapping[str, Any], notification: Mapping[str, Any], makes: Budget | None) -> Rule:
    threshold, of_limit = Decimal(str(notification["Threshold"])), _is_share(notification)
    forecast = "forecast" if notification.get("NotificationType") == _FORECAST else ""
    asked = (notification["ComparisonOperator"], f"{threshold:f}", "%" if of_limit else "", *filter(None, (forecast,)))
    amount = _limit(budget) * threshold / 100 if of_limit else threshold
    rule = Rule(
        token_hex(8),
        f"AWS budget {budget['BudgetName']}: {_words(notification)}",
        (spend.DAY if budget["TimeUnit"] == _DAILY else spend.MONTH).name,
        _COMPARISONS[notification["ComparisonOperator"]],
        amount,
        filters=_filters(budget)[0],
        currency=budget["BudgetLimit"].get("Unit", ""),
        origin=f"aws-budgets:{account}/{budget['BudgetName']}/{'/'.join(asked)}",
    )
    if makes is None:
        return rule
    figure = (budgeted.EXPECTED if forecast else budgeted.USED).name
    share = amount / _limit(budget)
    return replace(rule, figure=figure, threshold=share, subject=makes.name, filters=(), currency="")


def _is_share(notification: Mapping[str, Any]) -> bool:
    return notification.get("ThresholdType", "PERCENTAGE") == "PERCENTAGE"


def _words(notification: Mapping[str, Any]) -> str:
    comparison = str(notification.get("ComparisonOperator", "")).replace("_THAN", "").lower()
    percent = " %" if _is_share(notification) else ""
    forecast = " of the forecast" if notification.get("NotificationType") == _FORECAST else ""
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


def _remark(budget: Mapping[str, Any], notification: Mapping[str, Any]) -> str:
    """What the rule counts, and the notification does not."""
    types = budget.get("CostTypes", {})
    left_out = [name for key, name in _CHARGES.items() if types.get(key) is False]
    differs = f"The budget leaves out {', '.join(left_out)}; the rule counts them." if left_out else ""
    forecast = _OWN_FORECAST if notification.get("NotificationType") == _FORECAST else ""
    return " ".join(filter(None, (differs, forecast)))
