"""Savings and Lifecycle in a real browser: a saving is applied by one click and taken back by another."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server, running
from tests.browser.test_smoke import PHONE, assert_readable, drawn

PATIENCE = 60_000


@pytest.fixture(scope="module")
def saving(seeded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo of its own, whose buckets are changed."""
    home = tmp_path_factory.mktemp("saving") / "home"
    shutil.copytree(seeded_home, home)
    with running(home, PHYGHT_DEMO="on") as server:
        yield server


def section(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def answer(page: Page, button: str) -> None:
    """Press a button of the dialog, which closes by it."""
    dialog = page.get_by_test_id("stDialog")
    dialog.get_by_role("button", name=button, exact=True).click(timeout=PATIENCE)
    expect(dialog).to_have_count(0, timeout=PATIENCE)


def test_a_storage_class_is_changed_by_one_click_and_taken_back_by_another(saving: Server, page: Page):
    page.goto(f"{saving.url}/recommendations")
    drawn(page, "Savings")
    card = page.locator("[class*=st-key-card-saving-]").filter(has_text="Glacier Instant Retrieval").first
    card.get_by_role("button", name="Look and apply").click()
    dialog = page.get_by_test_id("stDialog")
    expect(dialog).to_contain_text("for Glacier Instant Retrieval", timeout=PATIENCE)
    expect(dialog).to_contain_text("Taking it back now costs")
    answer(page, "Apply")

    section(page, "What was applied")
    first = page.locator("[class*=st-key-card-action-]").first
    expect(first).to_contain_text(re.compile(r"Applied ·.*Glacier Instant Retrieval"), timeout=PATIENCE)
    first.get_by_role("button", name="Undo").click()
    expect(dialog).to_contain_text(
        re.compile("go back for nothing|copied back"), timeout=PATIENCE
    )  # moved by now, or not
    answer(page, "Undo it")
    expect(first).to_contain_text(re.compile(r"Undone ·"), timeout=PATIENCE)


def test_a_rule_is_added_to_a_bucket_and_removed(saving: Server, page: Page):
    page.goto(f"{saving.url}/lifecycle")
    drawn(page, "Lifecycle")
    bucket = page.locator(".st-key-card-lifecycle-s3")
    bucket.get_by_role("button", name="Add a rule").click()
    dialog = page.get_by_test_id("stDialog")
    expect(dialog).to_contain_text("unfinished uploads aborted after 7 days.", timeout=PATIENCE)
    answer(page, "Apply")
    section(page, "What was changed")
    first = page.locator("[class*=st-key-card-action-]").first
    expect(first).to_contain_text(re.compile(r"Applied ·.*phyght-unfinished-uploads"), timeout=PATIENCE)

    section(page, "Rules")
    rule = page.locator('[class*="st-key-rule-s3-phyght-unfinished-uploads"]')
    rule.get_by_role("button", name="Remove").click(timeout=PATIENCE)
    answer(page, "Remove it")
    section(page, "What was changed")
    expect(first).to_contain_text(re.compile(r"Applied ·.*Removes phyght-unfinished-uploads"), timeout=PATIENCE)


@pytest.mark.parametrize("path", ["recommendations", "lifecycle"])
def test_both_pages_fit_a_phone(saving: Server, page: Page, path: str):
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.goto(f"{saving.url}/{path}")
    drawn(page, "Savings" if path == "recommendations" else "Lifecycle")
    assert_readable(page)
