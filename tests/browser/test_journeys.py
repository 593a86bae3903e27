"""Journeys in a real browser: what only a browser shows of going back, of waiting and of a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_smoke import address, assert_fits, drawn


def open_page(page: Page, server, title: str) -> None:
    page.goto(address(server, title))
    drawn(page, title)


def test_an_ingestion_that_has_ended_is_shown_and_another_can_be_started(server, page):
    open_page(page, server, "Settings")
    button = page.get_by_role("button", name="Ingest now").first  # of the demo's files; what players tell comes next
    button.click()

    expect(page.get_by_text(re.compile(r"\d+ unchanged")).first).to_be_visible()
    expect(page.get_by_text("Under way")).to_have_count(0)
    expect(button).to_be_enabled()


def test_one_step_back_is_the_view_before(server, page):
    open_page(page, server, "Costs")
    expect(page).to_have_url(re.compile("by=service"))
    before = page.url
    page.get_by_role("combobox", name="Break down by").click()
    page.get_by_role("option", name="Provider").click()
    expect(page).to_have_url(re.compile("by=provider"))
    drawn(page, "Costs")

    page.go_back()

    expect(page).to_have_url(before)
    expect(page.get_by_role("heading", name="By service")).to_be_visible()


def test_a_query_that_is_cancelled_says_so(server, page):
    open_page(page, server, "Explore")
    editor = page.get_by_label("SQL")
    editor.fill("SELECT count(*) FROM range(100000000000) AS t(n) WHERE hash(n) = 3")
    editor.press("Control+Enter")
    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_text("The query was cancelled.")).to_be_visible()


def test_on_a_phone_nothing_is_wider_than_the_screen(server, new_context):
    page = new_context(viewport={"width": 390, "height": 844}).new_page()
    for title in (
        "Overview",
        "Library",
        "Upload",
        "Migration",
        "Costs",
        "Performance",
        "Alerts",
        "Explore",
        "Settings",
    ):
        open_page(page, server, title)
        assert_fits(page)


def test_on_a_phone_each_line_shows_its_cost_and_change_at_once_and_opens(server, new_context):
    page = new_context(viewport={"width": 390, "height": 844}).new_page()
    open_page(page, server, "Costs")
    table = page.locator(".narrow-table")

    expect(table.get_by_role("columnheader")).to_have_text(["Service", "Cost", "Change"])
    assert all(
        cell.bounding_box()["x"] + cell.bounding_box()["width"] <= 390 for cell in table.get_by_role("cell").all()
    )
    expect(table.get_by_role("row").filter(has_text="Amazon CloudFront")).to_contain_text("of all")
    expect(page.get_by_test_id("stDataFrame")).to_be_hidden()

    table.get_by_role("link", name="Amazon CloudFront").click()

    expect(page.get_by_role("heading", name="By usage family")).to_be_visible()
    expect(page).to_have_url(re.compile("filter=service%3DAmazon"))


def test_on_a_desk_the_lines_are_a_table_that_sorts(server, page):
    open_page(page, server, "Costs")

    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    expect(page.locator(".narrow-table")).to_be_hidden()


@pytest.mark.parametrize(
    ("path", "title"),
    [("/settings", "Settings"), ("/costs?from=2026-10-01&to=2026-11-01", "Costs")],
    ids=["freshness", "restated"],
)
def test_on_a_phone_no_table_is_scrolled_sideways(server, new_context, path, title):
    page = new_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{server.url}{path}")
    drawn(page, title)

    last = page.locator(".narrow-table").last
    expect(last).to_be_visible()
    box = last.bounding_box()
    assert box["x"] + box["width"] <= 390
    expect(page.get_by_test_id("stTable").filter(visible=True)).to_have_count(0)


def test_a_legend_leaves_a_chart_its_height_on_a_phone(server, new_context):
    page = new_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{server.url}/costs?from=2026-08-01&to=2026-11-01&by=usage_type")
    drawn(page, "Costs")

    names = page.locator(".legend")
    expect(names.get_by_role("listitem").filter(has_text="Period before")).to_have_count(1)
    assert names.get_by_role("listitem").count() >= 9
    assert names.bounding_box()["height"] <= 140
    assert page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()["height"] >= 180
