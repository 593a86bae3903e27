"""A real installation behind our own routes, and a browser's view of them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.access.roles import Role, User, Via
from core.bootstrap import Platform
from dashboard import session
from dashboard.routes import ROUTES
from tests.support.hashing import quick_hashing
from tests.support.streamlit_apps import known_components

__all__ = ["known_components", "quick_hashing"]

BOSS = User("root", Role.ADMIN, Via.SHELL)
ORIGIN = "http://127.0.0.1:8501"
PASSWORD = "seven blue gloves"
NOW = datetime.now(UTC)


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    """The platform that routes and pages find: a real installation, just started."""
    monkeypatch.setenv("PHYGHT_DEMO", "off")
    yield from _fresh_platform()


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    """The same as a demo."""
    monkeypatch.setenv("PHYGHT_DEMO", "on")
    yield from _fresh_platform()


@pytest.fixture
def one_time_password(platform: Platform) -> str:
    """What the new viewer `vic` was given to sign in with for the first time."""
    return platform.access.accounts.add(BOSS, "vic", Role.VIEWER, datetime.now(UTC))


@pytest.fixture
def vic(platform: Platform, one_time_password: str) -> str:
    """A viewer who has chosen the password PASSWORD."""
    sessions, now = platform.access.sessions, datetime.now(UTC)
    token = sessions.sign_in("vic", one_time_password, "192.0.2.1", now)
    sessions.change_password(token, one_time_password, PASSWORD, "192.0.2.1", now)
    return "vic"


def browser(address: str = "127.0.0.1", url: str = ORIGIN, origin: str | None = ORIGIN) -> TestClient:
    """A browser at that address that has our page at that URL open."""
    headers = {"origin": origin} if origin else {}
    app = Starlette(routes=ROUTES)
    return TestClient(app, base_url=url, headers=headers, client=(address, 50_000), follow_redirects=False)


def _fresh_platform() -> Iterator[Platform]:
    session.platform.cache_clear()
    yield session.platform()
    session.platform.cache_clear()
