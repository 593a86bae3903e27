"""AWS Budgets: the budgets of an account, and their notifications, become rules."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from core.access.audit import AuditLog
from core.access.roles import Permission, User
from core.alerts import store
from core.alerts.aws_notifications import Imported, imported
from core.alerts.defaults import add_once
from core.costs.budget_store import keep_once
from core.errors import StorageDenied, StorageUnreachable
from core.settings import Settings

_DENIED = ("AccessDenied", "AccessDeniedException", "UnrecognizedClientException", "InvalidClientTokenId")


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
    return tuple(found for each in budgets for found in imported(account, each, _notified(client, account, each)))


def keep(audit: AuditLog, user: User, found: Sequence[Imported], now: datetime) -> tuple[Imported, ...]:
    """Keep the rules among them that were never kept, with the budgets that they are about; those.

    A budget of that name that is there already stays as it is. Raises PermissionDenied.
    """
    if any(each.makes for each in found):
        user.require(Permission.MANAGE_BUDGETS)
    rules = [each for each in found if each.rule]
    with audit.change(
        user, Permission.MANAGE_ALERTS, "import AWS budgets", f"{len(rules)} notifications", now
    ) as connection:
        known = {row["origin"] for row in store.queries.origins(connection)}
        new = [each for each in rules if each.rule and add_once(connection, each.rule, each.rule.origin, known, now)]
        for each in new:
            if each.makes:
                keep_once(connection, user, each.makes, now)
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
