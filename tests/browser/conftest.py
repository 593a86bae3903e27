"""What browser tests stand on: running dashboards and a browser that sees no other host."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from core.sqlite_database import SqliteDatabase
from tests.browser.chromium import arguments, chromium
from tests.browser.server import Server, running

TIMEOUT_MS = 60_000
FAILURES = Path(__file__).parent / "failures"

NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def server(seeded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo platform's dashboard."""
    home = tmp_path_factory.mktemp("demo") / "home"
    shutil.copytree(seeded_home, home)
    with running(home, PHYGHT_DEMO="on") as server:
        yield server


@pytest.fixture(scope="session")
def saving(seeded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo of its own, whose buckets are changed."""
    home = tmp_path_factory.mktemp("saving") / "home"
    shutil.copytree(seeded_home, home)
    with running(home, PHYGHT_DEMO="on") as server:
        yield server


@pytest.fixture
def real_server(installed: Server) -> Server:
    """A real installation's dashboard, which has forgotten the wrong passwords of other tests."""
    with SqliteDatabase(installed.home / "phyght.db").transaction() as connection:
        connection.execute("delete from failed_attempts")
    return installed


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real installation's dashboard, on its first start, with nothing ingested."""
    with running(tmp_path_factory.mktemp("real") / "home", PHYGHT_DEMO="off") as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window; closed behind each file's last test, because its event loop hinders what follows."""
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments(), headless=True)
        yield browser
        browser.close()


@pytest.fixture
def new_context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[NewContext]:
    """Makes a browser's session of its own, like another person's; takes the options of Browser.new_context.

    A test fails when any of its pages asked another host for anything.
    """
    contexts: list[BrowserContext] = []
    asked: set[str] = set()

    def create(**options: object) -> BrowserContext:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        context.set_default_timeout(TIMEOUT_MS)
        context.on("request", lambda sent: asked.add(sent.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: asked.add(socket.url)))
        contexts.append(context)
        return context

    yield create
    for context in contexts:
        _keep_failure(context, request.node)
        context.close()
    assert foreign(asked) == set()


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """A page of a new session, 1440x900."""
    return new_context().new_page()


def foreign(urls: set[str]) -> set[str]:
    """Those of the addresses that are not on this machine."""
    inside = ("data", "blob", "about")
    return {url for url in urls if urlsplit(url).scheme not in inside and urlsplit(url).hostname != "127.0.0.1"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember how the test itself ended, for the fixtures that end after it."""
    report = yield
    if report.when == "call":
        item.stash[_failed] = report.failed
    return report


_failed = pytest.StashKey[bool]()


def _keep_failure(context: BrowserContext, test: pytest.Item) -> None:
    if test.stash.get(_failed, False):
        FAILURES.mkdir(exist_ok=True)
        for number, page in enumerate(context.pages):
            page.screenshot(path=FAILURES / f"{test.name}-{number}.png", full_page=True)
