"""The app on Postgres: an administrator who signed in finds every page, and the figures of what was ingested."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core import bootstrap, installation
from core.access.roles import Role, User, Via
from core.bootstrap import Platform
from core.catalog.catalog import add_video
from core.costs.breakdown import break_down
from core.costs.period import Period
from core.explore.query import limits, run_query
from core.postgres_database import PostgresDatabase
from core.settings import load_settings
from core.sqlite_database import SqliteDatabase
from dashboard import session
from dashboard.visitor import Visitor
from tests.catalog.videos import video
from tests.environment import ROOT
from tests.pages.bills import write_bills
from tests.support.hashing import quick_hashing
from tests.support.postgres import Server

__all__ = ["quick_hashing"]

BOSS = User("root", Role.ADMIN, Via.SHELL)


@pytest.fixture
def platform(postgres: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Platform]:
    """With the bills of two months and a video."""
    monkeypatch.setenv("DATABASE_URL", postgres.emptied())
    monkeypatch.setenv("PHYGHT_DEMO", "off")
    session.platform.cache_clear()
    platform = session.platform()
    platform.ingest(str(write_bills(tmp_path / "bills")), lambda: datetime(2026, 11, 21, 7, tzinfo=UTC))
    with platform.database.transaction() as connection:
        add_video(connection, video())
    yield platform
    session.platform.cache_clear()


@pytest.fixture
def signed_in(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    given = platform.access.accounts.add(BOSS, "ann", Role.ADMIN, now)
    token = platform.access.sessions.sign_in("ann", given, "127.0.0.1", now)
    platform.access.sessions.change_password(token, given, "seven blue gloves", "127.0.0.1", now)
    token = platform.access.sessions.sign_in("ann", "seven blue gloves", "127.0.0.1", now)
    here = Visitor("127.0.0.1", "127.0.0.1:8501", origin="", proxied=False, token=token)
    monkeypatch.setattr(session, "visitor_of_page", lambda: here)


@pytest.mark.parametrize("page", sorted(file.stem for file in (ROOT / "pages").glob("*.py")))
def test_every_page_is_there(signed_in, page):
    app = AppTest.from_file(ROOT / "dashboard" / "shell.py", default_timeout=60).run()

    app.switch_page(f"../pages/{page}.py").run()

    assert not app.exception
    assert not app.error


def test_what_was_ingested_is_what_is_counted(platform):
    assert isinstance(platform.database, PostgresDatabase)
    costs = break_down(platform.warehouse, Period(date(2026, 10, 1), date(2026, 11, 1)), "service")
    counted = run_query(
        BOSS, platform.warehouse, platform.database, "select sum(billed_cost) from charges", limits(platform.settings)
    )

    assert costs.total == 930
    assert counted.table.to_pylist()[0] == {"sum(billed_cost)": 930 + 840}


def test_the_demo_has_a_file_of_its_own_all_the_same(platform):
    assert isinstance(bootstrap.open_demo(load_settings()).database, SqliteDatabase)


def test_who_has_bills_in_postgres_is_not_shown_the_demo(platform, monkeypatch):
    monkeypatch.setenv("PHYGHT_DEMO", "auto")

    assert not installation.shows_demo(load_settings())
