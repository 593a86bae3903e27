"""The app with bills in it, as its demo's visitor sees it: an administrator at this machine."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Platform
from dashboard import session
from dashboard.visitor import Visitor
from tests.environment import ROOT
from tests.pages.bills import write_bills

Open = Callable[..., AppTest]


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    """An installation without a bill."""
    monkeypatch.setenv("PHYGHT_DEMO", "on")
    here = Visitor("127.0.0.1", "127.0.0.1:8501", origin="", proxied=False, token="")
    monkeypatch.setattr(session, "visitor_of_page", lambda: here)
    session.platform.cache_clear()
    yield session.platform()
    session.platform.cache_clear()


@pytest.fixture
def platform(empty: Platform, tmp_path: Path) -> Platform:
    """An installation with the bills of October and November 2026."""
    empty.ingest(str(write_bills(tmp_path / "bills")), lambda: datetime(2026, 11, 21, 7, tzinfo=UTC))
    return empty


@pytest.fixture
def visit(empty: Platform) -> Open:
    """Opens a page with what its URL states, in a role."""

    def visit(page: str, role: str = "admin", **params: str | list[str]) -> AppTest:
        app = AppTest.from_file(ROOT / "dashboard" / "shell.py", default_timeout=60)
        app.query_params["view_as"] = role
        app.run()
        for name, value in params.items():
            app.query_params[name.rstrip("_")] = value
        return app.switch_page(f"../pages/{page}.py").run()

    return visit
