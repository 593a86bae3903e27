"""An installation with one administrator, seen on one Sunday evening."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.access.access import Access
from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.database import Database
from tests.support.databases import BOTH, either_database
from tests.support.hashing import quick_hashing

__all__ = ["quick_hashing"]

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
BOSS = User("root", Role.ADMIN, Via.SHELL)
PASSWORD = "seven blue gloves"


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    return either_database(request, tmp_path / "phyght.sqlite")


@pytest.fixture
def access(database: Database) -> Access:
    """Sessions last twelve hours here."""
    return Access(database, timedelta(hours=12))


@pytest.fixture
def audit(database: Database) -> AuditLog:
    return AuditLog(database)


@pytest.fixture
def ann(access: Access) -> str:
    """An analyst who has chosen the password PASSWORD, from her office."""
    given = access.accounts.add(BOSS, "ann", Role.ANALYST, NOW)
    token = access.sessions.sign_in("ann", given, "192.0.2.1", NOW)
    access.sessions.change_password(token, given, PASSWORD, "192.0.2.1", NOW)
    return "ann"
