"""The app with bills in it, as its demo's visitor sees it: an administrator at this machine."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from streamlit.testing.v1 import AppTest

from core.bootstrap import Platform, open_platform
from core.settings import Settings, load_settings
from dashboard import session
from dashboard.visitor import Visitor
from tests.environment import ROOT, settle
from tests.pages.bills import write_bills
from tests.pages.measured import logged, watched
from tests.pages.steady import spiked, steady
from tests.support.streamlit_apps import known_components

__all__ = ["known_components", "logged", "spiked", "steady", "watched"]

Open = Callable[..., AppTest]
#: Some days after the newest of the bills.
TODAY = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def autumn() -> Iterator[None]:
    """The day on which people look at the bills of that autumn, for what tells how long ago something was."""
    with time_machine.travel(TODAY):
        yield


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody at this machine, who finds the installation as it is when the first page is opened."""
    monkeypatch.setenv("PHYGHT_DEMO", "on")
    here = Visitor("127.0.0.1", "127.0.0.1:8501", origin="", proxied=False, token="")
    monkeypatch.setattr(session, "visitor_of_page", lambda: here)
    session.platform.cache_clear()
    yield
    session.platform.cache_clear()


@pytest.fixture
def empty(visitor: None) -> Platform:
    """An installation without a bill."""
    return session.platform()


@pytest.fixture
def platform(visitor: None, two_months: Path, settings: Settings) -> Platform:
    """An installation with the bills of October and November 2026."""
    shutil.copytree(two_months, settings.phyght_home)
    return session.platform()


@pytest.fixture(scope="session")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of that installation, ingested once."""
    home = tmp_path_factory.mktemp("two-months") / "home"
    with pytest.MonkeyPatch.context() as patch:
        settle(patch, home)
        patch.setenv("PHYGHT_DEMO", "on")
        bills = write_bills(home.with_name("bills"))
        open_platform(load_settings()).ingest(str(bills), lambda: datetime(2026, 11, 21, 7, tzinfo=UTC))
    return home


@pytest.fixture
def visit(visitor: None) -> Open:
    """Opens a page with what its URL states, in a role."""

    def visit(page: str, role: str = "admin", **params: str | list[str]) -> AppTest:
        app = AppTest.from_file(ROOT / "dashboard" / "shell.py", default_timeout=60)
        app.query_params["view_as"] = role
        app.run()
        for name, value in params.items():
            app.query_params[name.rstrip("_")] = value
        return app.switch_page(f"../pages/{page}.py").run()

    return visit
