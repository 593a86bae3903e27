"""Savings and Lifecycle in a real browser: a saving is applied by one click and taken back by another."""

import re

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from tests.browser.server import Server
from tests.browser.test_smoke import PHONE, assert_readable, drawn

PATIENCE, ONCE_MS = 60_000, 5_000


def section(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def press(button: Locator, effect: Locator) -> None:
    """A page that is drawn anew just then does not hear a click, so it is repeated until its effect is seen."""
    for _ in range(PATIENCE // ONCE_MS):
        try:
            button.click(timeout=ONCE_MS)
            expect(effect).to_be_visible(timeout=ONCE_MS)
        except (AssertionError, Error):  # not heard, or heard so late that what it opened is in the way by now
            if effect.is_visible():
                return
        else:
            return
    expect(effect).to_be_visible()


def answer(page: Page, button: str) -> None:
    """Press a button of the dialog, which closes by it."""
    dialog = page.get_by_test_id("stDialog")
    dialog.get_by_role("button", name=button, exact=True).click(timeout=PATIENCE)
    expect(dialog).to_have_count(0, timeout=PATIENCE)


def test_a_storage_class_is_changed_by_one_click_and_taken_back_by_another(saving: Server, page: Page):
    page.goto(f"{saving.url}/recommendations")
    drawn(page, "Savings")
    card = page.locator("[class*=st-key-card-saving-]").filter(has_text="Glacier Instant Retrieval").first
    dialog = page.get_by_test_id("stDialog")
    press(card.get_by_role("button", name="Look and apply"), dialog.get_by_role("button", name="Apply", exact=True))
    expect(dialog).to_contain_text("for Glacier Instant Retrieval", timeout=PATIENCE)
    expect(dialog).to_contain_text("Taking it back costs up to")
    answer(page, "Apply")

    section(page, "What was applied")
    first = page.locator("[class*=st-key-card-action-]").first
    expect(first).to_contain_text(re.compile(r"Applied ·.*Glacier Instant Retrieval"), timeout=PATIENCE)
    press(first.get_by_role("button", name="Undo"), dialog.get_by_role("button", name="Undo it", exact=True))
    expect(dialog).to_contain_text(re.compile("can go back|copied back"), timeout=PATIENCE)  # moved by now, or not
    answer(page, "Undo it")
    expect(first).to_contain_text(re.compile(r"Undone ·"), timeout=PATIENCE)


def test_a_rule_is_added_to_a_bucket_and_removed(saving: Server, page: Page):
    page.goto(f"{saving.url}/lifecycle")
    drawn(page, "Lifecycle")
    bucket = page.locator(".st-key-card-lifecycle-s3")
    dialog = page.get_by_test_id("stDialog")
    press(bucket.get_by_role("button", name="Add a rule"), dialog.get_by_role("button", name="Apply", exact=True))
    expect(dialog).to_contain_text("unfinished uploads aborted after 7 days.", timeout=PATIENCE)
    answer(page, "Apply")
    section(page, "What was changed")
    first = page.locator("[class*=st-key-card-action-]").first
    expect(first).to_contain_text(re.compile(r"Applied ·.*phyght-unfinished-uploads"), timeout=PATIENCE)

    section(page, "Rules")
    rule = page.locator('[class*="st-key-rule-s3-phyght-unfinished-uploads"]')
    press(rule.get_by_role("button", name="Remove"), dialog.get_by_role("button", name="Remove it", exact=True))
    answer(page, "Remove it")
    section(page, "What was changed")
    expect(first).to_contain_text(re.compile(r"Applied ·.*Removes phyght-unfinished-uploads"), timeout=PATIENCE)


@pytest.mark.parametrize("path", ["recommendations", "lifecycle"])
def test_both_pages_fit_a_phone(saving: Server, page: Page, path: str):
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.goto(f"{saving.url}/{path}")
    drawn(page, "Savings" if path == "recommendations" else "Lifecycle")
    assert_readable(page)


def test_a_viewer_is_told_why_there_are_no_buttons(saving: Server, page: Page):
    page.goto(f"{saving.url}/recommendations?view_as=viewer")
    drawn(page, "Savings")
    expect(page.get_by_text("to apply or dismiss one takes the role operator")).to_be_visible()
    expect(page.get_by_role("button", name="Look and apply")).to_have_count(0)
    section(page, "What was applied")
    expect(page.get_by_text("to undo it takes the role operator")).to_be_visible()

    page.goto(f"{saving.url}/lifecycle?view_as=viewer")
    drawn(page, "Lifecycle")
    expect(page.get_by_text("to change them takes the role operator")).to_be_visible()
    expect(page.get_by_role("button", name="Add a rule")).to_have_count(0)
