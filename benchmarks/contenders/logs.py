"""Logs: a day's files into facts."""

from datetime import UTC, datetime
from pathlib import Path

from core.ingestion import ingest
from core.settings import DemoMode, Settings
from core.sqlite_database import SqliteDatabase


def load(source: str, home: str) -> int:
    """Into facts; how many lines are counted."""
    settings = Settings(phyght_home=Path(home), phyght_demo=DemoMode.OFF, _env_file=None)  # pyright: ignore[reportCallIssue]
    database = SqliteDatabase(settings.phyght_home / "phyght.db")
    database.migrate()
    report = ingest(source, database, Path(home) / "warehouse", settings, lambda: datetime.now(UTC))
    return sum(day.lines for day in report.measured.days)
