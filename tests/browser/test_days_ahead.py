"""Days ahead in a real browser: a budget is made and seen, an odd day is judged, and each section can be read."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.test_smoke import PHONE, assert_fits, assert_readable, drawn

NAME = "Costs of the month"
SECTIONS = {
    "forecast": "What it rests on",
    "forecast&if=uploads=2": "Supposed",
    "budgets": "budgets",
    "odd-days": "odd event",
}


def open_section(page: Page, server: Server, section: str) -> None:
    page.goto(f"{server.url}/costs?section={section}")
    drawn(page, "Costs")


def fill_dialog(page: Page, button: str, **typed: str) -> None:
    """Type into the dialog that is open, and press its button, which closes it."""
    dialog = page.get_by_test_id("stDialog")
    for label, text in typed.items():
        dialog.get_by_role("textbox", name=label).fill(text)
        dialog.get_by_role("textbox", name=label).press("Tab")
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog).to_have_count(0)


def test_a_budget_is_made_seen_followed_and_removed(server: Server, page: Page) -> None:
    open_section(page, server, "budgets")
    page.get_by_role("button", name="Add a budget").click()
    fill_dialog(page, "Save", Name=NAME, Amount="1,000")
    card = page.locator("[class*=st-key-card-budget]").filter(has_text=NAME)

    expect(card.get_by_role("img", name=re.compile(r"of \$1,000 used"))).to_be_visible()
    card.get_by_role("button", name="Show its course").click()
    expect(card.locator(".js-plotly-plot")).to_be_visible()
    expect(page).to_have_url(re.compile("budget=Costs"))

    page.goto(f"{server.url}/")
    drawn(page, "Overview")
    expect(page.locator(".st-key-ahead-line")).to_contain_text("used")

    open_section(page, server, "budgets")
    card.get_by_role("button", name="Remove").click()
    fill_dialog(page, "Remove it")
    expect(card).to_have_count(0)


def test_an_odd_day_is_explained_and_judged_and_the_word_is_taken_back(server: Server, page: Page) -> None:
    open_section(page, server, "odd-days")
    events = page.locator("[class*=st-key-card-event]")
    expect(events.first).to_be_visible()
    before = events.count()
    events.first.get_by_role("button", name="Show why").click()
    expect(page.locator(".causes")).to_be_visible()

    events.first.get_by_role("button", name="Was it expected?").click()
    page.get_by_role("textbox", name="Why").fill("fight night")
    page.get_by_role("textbox", name="Why").press("Tab")
    page.get_by_role("button", name="It was expected").click()
    expect(events).not_to_have_count(before)

    page.get_by_text("Show those that were expected").click()
    expect(page.get_by_text("says it was expected: fight night")).to_be_visible()
    judged = events.filter(has_text="fight night")
    judged.get_by_role("button", name="Was it expected?").click()
    page.get_by_role("button", name="It was not").click()
    expect(page.get_by_text("says it was not expected")).to_be_visible()


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_each_section_can_be_read_by_everyone_and_fits_a_phone(server: Server, new_context, colours, size) -> None:
    page = new_context(color_scheme=colours, viewport=size).new_page()
    for section, words in SECTIONS.items():
        open_section(page, server, section)
        expect(page.get_by_text(re.compile(words)).first).to_be_visible()

        assert_readable(page)
        assert_fits(page)
