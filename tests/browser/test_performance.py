"""The Performance page in a real browser: its map draws without another host, fits a phone, and can be read by all."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.server import Server
from tests.browser.test_smoke import PHONE, assert_fits, assert_readable, drawn


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

    assert_fits(page)


def filtered_to(page: Page, text: str) -> None:
    """The page was narrowed: a chip says to what, and so does the address."""
    expect(page.locator(".st-key-chips").get_by_role("button", name=re.compile(text))).to_be_visible()
    drawn(page, "Performance")


def test_a_click_on_a_country_of_the_map_filters_and_can_be_undone(server, page):
    mapped(page, server)
    countries = page.locator("path.choroplethlocation")
    brazil = countries.evaluate_all("paths => paths.findIndex(path => path.__data__.loc === 'BRA')")

    choose(page, countries.nth(brazil), "Country:")

    filtered_to(page, r"Country:\W+Brazil")
    expect(page).to_have_url(re.compile("country=BR"))
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name=re.compile(r"Country:\W+Brazil"))).to_have_count(0)
    expect(page).not_to_have_url(re.compile("country"))


def test_a_click_on_an_edge_of_the_map_filters(server, page):
    mapped(page, server)

    choose(page, page.locator(".scattergeo path.point").last, "Edge:")

    expect(page).to_have_url(re.compile("edge="))


def test_a_click_on_a_bar_filters(server, page):
    mapped(page, server)

    choose(page, page.locator("[class*='st-key-countries'] .barlayer .point path").first, "Country:")

    expect(page).to_have_url(re.compile("country="))


@pytest.mark.parametrize(("section", "by"), [("delivery", "edge"), ("delivery", "video"), ("experience", "video")])
def test_choosing_a_row_of_the_table_filters(server, page, section, by):
    page.goto(f"{server.url}/performance?section={section}&by={by}")
    drawn(page, "Performance")
    table = page.locator("[class*='st-key-lines']").get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    expect(table.get_by_test_id("data-grid-canvas")).to_be_visible()

    table.click(position={"x": 16, "y": 54})

    expect(page.locator(".st-key-chips").get_by_role("button", name=f"{by.title()}:")).to_be_visible()
    expect(page).to_have_url(re.compile(f"{by}="))


def choose(page: Page, mark: Locator, filters: str) -> None:
    """Click a mark until the page is filtered by it: one that is drawn anew just then, on a busy machine, is deaf."""
    chip = page.locator(".st-key-chips").get_by_role("button", name=filters)
    for _ in range(3):
        press(page, mark)
        with suppress(AssertionError):
            expect(chip).to_be_visible(timeout=20_000)
            break
    expect(chip).to_be_visible()


def press(page: Page, mark: Locator) -> None:
    """Click in the middle of what Plotly has drawn; it listens above its marks."""
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y, steps=3)
    expect(page.locator(".hoverlayer .hovertext").first).to_be_visible()  # Plotly knows by now what is below the mouse
    page.mouse.click(x, y)
