"""An installation with a cloud in memory, in which one kind of action can be done."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.actions.action import Action, Kind
from core.actions.actions import Actions
from core.actions.doing import Doer
from core.actions.handles import Handles
from core.database import Database
from tests.actions.memory import Colours
from tests.storage.conftest import s3, s3_provider
from tests.support.databases import BOTH, either_database

__all__ = ["s3", "s3_provider"]

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
OLGA = User("olga", Role.OPERATOR, Via.PASSWORD)
OTTO = User("otto", Role.OPERATOR, Via.SHELL)
VIC = User("vic", Role.VIEWER, Via.PASSWORD)
BLUE = Action(Kind.SET_CACHE_CONTROL, "s3", {"colour": "blue"})


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    return either_database(request, tmp_path / "phyght.db")


@pytest.fixture
def colours() -> Colours:
    return Colours({"a": "red", "b": "red", "c": "green", "d": "blue"})


@pytest.fixture
def actions(database: Database, colours: Colours) -> Actions:
    return Actions(Handles(database, AuditLog(database), lambda: LATER, {colours.kind: colours}))


@pytest.fixture
def doer(actions: Actions) -> Doer:
    return Doer(actions.handles)
