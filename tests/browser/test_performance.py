"""The Performance page in a real browser: its map draws without another host, fits a phone, and can be read by all."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.test_smoke import PHONE, assert_readable, drawn


def mapped(page: Page, server: Server) -> None:
    """The demo's map is drawn: countries in colours, and edges as points."""
    page.goto(f"{server.url}/performance")
    drawn(page, "Performance")
    expect(page.locator(".choropleth path.choroplethlocation").nth(20)).to_be_attached()
    expect(page.locator(".scattergeo path.point").nth(10)).to_be_attached()


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_map_draws_and_all_of_it_can_be_read(server, new_context, colours):
    page = new_context(color_scheme=colours).new_page()
    mapped(page, server)

    assert_readable(page)


def test_it_fits_a_phone(server, new_context):
    page = new_context(viewport=PHONE).new_page()
    mapped(page, server)

    width = page.get_by_test_id("stMain").evaluate("main => [main.scrollWidth, main.clientWidth]")
    assert width[0] <= width[1]
