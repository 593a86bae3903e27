"""Store: an installation of its own that bills are ingested into, and short questions on it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from core.billing.ingest import ingest
from core.billing.reports import IngestReport
from core.costs.breakdown import break_down
from core.costs.dimensions import Metric
from core.costs.period import Period
from core.database import Database
from core.settings import Settings
from core.warehouse import Warehouse
from tests.support.databases import fresh_database

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
EVER = Period(datetime(2020, 1, 1, tzinfo=UTC).date(), datetime(2030, 1, 1, tzinfo=UTC).date())


@dataclass(frozen=True)
class Store:
    """A database and a warehouse, and what one asks of them."""

    database: Database
    warehouse: Warehouse
    settings: Settings

    @classmethod
    def fresh(cls, home: Path, settings: Settings) -> "Store":
        database = fresh_database(home / "phyght.db")
        return cls(database, Warehouse(home / "warehouse", database), settings)

    def copy_to(self, home: Path, settings: Settings) -> "Store":
        """The same bills in an installation of their own, for a test that changes them."""
        shutil.copytree(self.warehouse.folder.parent, home)
        return self.fresh(home, settings)

    def ingest(self, source: Path | str, clock: Callable[[], datetime] = lambda: NOW) -> IngestReport:
        return ingest(str(source), self.database, self.warehouse.folder, self.settings, clock)

    def outcomes(self, source: Path | str) -> list[str]:
        """What became of each delivery of a source."""
        return [report.outcome.value for report in self.ingest(source).deliveries]

    def refusal(self, source: Path | str) -> str:
        """Why the only refused delivery of a source was refused."""
        (report,) = self.ingest(source).refused
        return report.reason

    def costs(self, by: str, metric: Metric = Metric.BILLED, period: Period = EVER) -> dict[str, Decimal]:
        """Label to cost."""
        return {line.label: line.cost for line in break_down(self.warehouse, period, by, metric).lines}

    def total(self, metric: Metric = Metric.BILLED, period: Period = EVER) -> Decimal:
        return break_down(self.warehouse, period, "provider", metric).total

    def column(self, name: str, view: str = "resource_charges") -> list:
        """The values of one column, in the order of the days."""
        return [row[0] for row in self.warehouse.query(f"SELECT {name} FROM {view} ORDER BY charge_period_start, 1")]
