"""The Performance page in a real browser: its map draws without another host, fits a phone, and can be read by all."""

import gzip
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.server import Server, running
from tests.browser.test_smoke import PHONE, assert_readable, drawn
from tests.environment import ROOT, environment
from tests.telemetry.logged import line, w3c

NAME = "E2K2LNL5N3WR51.2026-11-28-14.a103fd5a.gz"
PAGE = "performance?from=2026-11-28&to=2026-11-29"


@pytest.fixture(scope="module")
def logged_server(seeded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo platform's dashboard, with logs of two edges."""
    folder = tmp_path_factory.mktemp("logged")
    home, logs = folder / "home", folder / "logs"
    shutil.copytree(seeded_home, home)
    logs.mkdir()
    lines = [line() for _ in range(20)] + [line(x_edge_location="IAD89-C1", sc_status="404") for _ in range(3)]
    (logs / NAME).write_bytes(gzip.compress(w3c(*lines)))
    command = [sys.executable, "-m", "core", "ingest", str(logs)]
    subprocess.run(command, cwd=ROOT, env=environment(home, PHYGHT_DEMO="on"), check=True, stdout=subprocess.DEVNULL)
    with running(home, PHYGHT_DEMO="on") as server:
        yield server


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_map_draws_and_all_of_it_can_be_read(logged_server, new_context, colours):
    page = new_context(color_scheme=colours).new_page()
    page.goto(f"{logged_server.url}/{PAGE}")

    drawn(page, "Performance")
    expect(page.locator(".choropleth path.choroplethlocation")).to_have_count(2)
    expect(page.locator(".scattergeo path.point")).to_have_count(2)
    assert_readable(page)


def test_it_fits_a_phone(logged_server, new_context):
    page = new_context(viewport=PHONE).new_page()
    page.goto(f"{logged_server.url}/{PAGE}")

    drawn(page, "Performance")
    expect(page.locator(".choropleth path.choroplethlocation")).to_have_count(2)
    width = page.get_by_test_id("stMain").evaluate("main => [main.scrollWidth, main.clientWidth]")
    assert width[0] <= width[1]
