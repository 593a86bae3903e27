"""Registry: the handler of each kind of action, of one installation."""

from collections.abc import Callable, Mapping
from datetime import datetime

from core.access.audit import AuditLog
from core.actions.action import Kind
from core.actions.actions import Actions
from core.actions.handler import Handler
from core.actions.handles import Handles
from core.actions.kinds.lifecycle_policy import LifecyclePolicy
from core.billing.prices import PriceCatalog
from core.database import Database
from core.storage.providers import Providers


def open_actions(
    database: Database, audit: AuditLog, providers: Providers, prices: PriceCatalog, clock: Callable[[], datetime]
) -> Actions:
    """With all that this installation can do."""
    return Actions(Handles(database, audit, clock, _handlers(database, providers, prices)))


def _handlers(database: Database, providers: Providers, _prices: PriceCatalog) -> Mapping[Kind, Handler]:
    """To add a kind, write its handler in a file of `kinds`, and a line here."""
    found: tuple[Handler, ...] = (LifecyclePolicy(providers, database),)
    return {each.kind: each for each in found}
