"""Desk: everything that an installation does with alerts, from its handles."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path

from core.access.audit import AuditLog
from core.access.roles import Permission, User
from core.alerts.alerts import Alerts
from core.alerts.channels import Channels
from core.alerts.digest import put_digest
from core.alerts.evaluation import Evaluated, evaluate
from core.alerts.figure import Handles, Reading
from core.alerts.figures.registry import figures
from core.alerts.outbox import Outbox
from core.alerts.rule import Rule
from core.alerts.rules import Rules
from core.alerts.sealing import Sealing
from core.alerts.sending import Sender
from core.database import Database
from core.settings import Settings
from core.storage.breaker import Condition
from core.storage.health import Health
from core.storage.providers import Providers, secret_key
from core.warehouse import Warehouse


class Desk:
    """Alerts, rules and channels; what evaluates, and what sends."""

    def __init__(
        self,
        database: Database,
        audit: AuditLog,
        health: Health,
        providers: Providers,
        demo: bool,
        open_warehouse: Callable[[], Warehouse],
        settings: Settings,
        home: Path,
    ) -> None:
        self.alerts, self.rules = Alerts(database, audit), Rules(database, audit)
        self.outbox = Outbox(database)
        self.handles = Handles(database, open_warehouse, partial(_conditions, health, providers), settings, home, demo)
        self._audit, self._settings = audit, settings

    @cached_property
    def sealing(self) -> Sealing:
        return Sealing(secret_key(self.handles.home))

    @cached_property
    def channels(self) -> Channels:
        return Channels(self.handles.database, self._audit, self.sealing, self._settings)

    @property
    def address(self) -> str:
        """What links of messages begin with."""
        return self._settings.phyght_public_url or f"http://{self._settings.phyght_host}:{self._settings.phyght_port}"

    def evaluate(self, now: datetime) -> Evaluated:
        """Hold every rule against its figure; see core.alerts.evaluation."""
        return evaluate(self.handles.database, figures(self.handles), self.address, now)

    def read(self, user: User, rule: Rule, now: datetime) -> Sequence[Reading]:
        """What a rule's figure is now, of the subjects that the rule is about. Raises PermissionDenied, PhyghtError."""
        user.require(Permission.SEE_ALERTS)
        found = figures(self.handles)[rule.figure].read(now, rule.scope)
        return [each for each in found if not rule.subject or each.subject == rule.subject]

    def digest(self, now: datetime) -> bool:
        """Put the digest of the week before on its way, once a week; see core.alerts.digest."""
        return put_digest(self.handles, self.address, now)

    def send(self, clock: Callable[[], datetime]) -> None:
        """Send what is due; see core.alerts.sending."""
        Sender(self.outbox, self.sealing, self._settings, clock).run()


def _conditions(health: Health, providers: Providers) -> Sequence[Condition]:
    return [health.condition(each.name) for each in providers.all]
