"""Store: the platform's own ingestion, and its own answers."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.billing.ingest import ingest
from core.settings import DemoMode, Settings
from core.sqlite_database import SqliteDatabase

#: Some time after the generated months were delivered.
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def load(source: str, home: str) -> dict[str, Any]:
    """Contender: ingest everything in a folder; answers what became of it, and its total."""
    settings = Settings(phyght_home=Path(home), phyght_demo=DemoMode.OFF, _env_file=None)  # pyright: ignore[reportCallIssue]
    database = SqliteDatabase(settings.phyght_home / "phyght.db")
    database.migrate()
    report = ingest(source, database, settings.phyght_home / "warehouse", settings, lambda: NOW)
    total = sum((delivery.total or Decimal(0) for delivery in report.deliveries), Decimal(0))
    return {"outcomes": [delivery.outcome for delivery in report.deliveries], "total": format(total, "f")}
