"""An installation whose figures are what a test says they are, and people who look at them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.alerts.alerts import Alerts
from core.alerts.channels import Channels
from core.alerts.evaluation import Evaluated, evaluate
from core.alerts.figure import About, Reading, Scope, Unit, Worse
from core.alerts.outbox import Outbox
from core.alerts.rule import Comparison, Rule
from core.alerts.rules import Rules
from core.alerts.sealing import Sealing
from core.alerts.sending import Sender
from core.database import Database
from core.settings import Settings, load_settings
from tests.support.databases import BOTH, either_database, fresh_database

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
ADA = User("ada", Role.ADMIN, Via.PASSWORD)
OLGA = User("olga", Role.OPERATOR, Via.PASSWORD)
VIC = User("vic", Role.VIEWER, Via.PASSWORD)
ADDRESS = "https://videos.example.com"


def minutes(number: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(minutes=number)


@dataclass
class Said:
    """A figure that says what it is told to."""

    name: str = "error_rate"
    unit: Unit = Unit.SHARE
    values: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    error: Exception | None = None

    @property
    def about(self) -> About:
        return About(self.name, "Error rate", self.unit, Worse.HIGHER, "Look at the origin.")

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        if self.error:
            raise self.error
        return [
            Reading(None if value is None else Decimal(value), subject, "Of 100 requests.", link="/performance?by=edge")
            for subject, value in self.values.items()
        ]


class Installation:
    """One rule about one figure, beside what a new installation has."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.open(database, settings)
        for standing in self.rules.all(ADA, NOON):  # those of a new installation are not what is tested
            self.rules.remove(ADA, standing.rule.id, NOON)

    def open(self, database: Database, settings: Settings) -> None:
        """What a process has that begins now."""
        self.database, self.settings = database, settings
        self.audit, self.sealing = AuditLog(database), Sealing(b"s" * 32)
        self.rules, self.alerts = Rules(database, self.audit), Alerts(database, self.audit)
        self.channels = Channels(database, self.audit, self.sealing, settings)
        self.outbox = Outbox(database)
        self.figure = Said()

    def rule(self, title: str = "Many errors", **asked) -> Rule:
        """A rule: the error rate is above 5 %."""
        wanted = {"figure": "error_rate", "comparison": Comparison.ABOVE, "threshold": Decimal("0.05")} | asked
        return self.rules.add(ADA, Rule("", title, **wanted), NOON)

    def evaluate(self, at: datetime, **values: str | None) -> Evaluated:
        """What comes of it when the figure has these values, by subject; "whole" is the one of no subject."""
        if values:
            self.figure.values = {"" if name == "whole" else name: value for name, value in values.items()}
        return evaluate(self.database, {"error_rate": self.figure}, ADDRESS, at)

    def send(self, at: datetime, within_s: float = 10) -> None:
        Sender(self.outbox, self.sealing, self.settings, lambda: at, within_s).run()

    def deliveries(self) -> list[tuple[str, str, str, int]]:
        """Title, channel, state and number of attempts of each message, the newest first."""
        found = self.channels.deliveries(ADA)
        return [(each.title, each.channel, each.state, each.attempts) for each in found]


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Installation:
    return Installation(fresh_database(tmp_path / "home" / "phyght.db"), settings)


@pytest.fixture(params=BOTH)
def either_home(request: pytest.FixtureRequest, tmp_path: Path, own_environment: None) -> Installation:
    """The same on each of the databases."""
    return Installation(either_database(request, tmp_path / "home" / "phyght.db"), load_settings())
