"""Alerts in a real browser: one is taken on, a rule is made, and a channel is added and tried on a real webhook."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.server import Server, running
from tests.browser.test_smoke import PHONE, assert_fits, assert_readable, drawn
from tests.support.webhook import webhook


@pytest.fixture(scope="module")
def alerting(seeded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo of its own, whose alerts are taken on."""
    home = tmp_path_factory.mktemp("alerting") / "home"
    shutil.copytree(seeded_home, home)
    with running(home, PHYGHT_DEMO="on") as server:
        yield server


def press(page: Page, button: str) -> Locator:
    """A button of the page that opens a dialog; that."""
    page.get_by_test_id("stMain").get_by_role("button", name=button, exact=True).first.click()
    dialog = page.get_by_test_id("stDialog")
    expect(dialog).to_be_visible()
    return dialog


def answer(page: Page, button: str) -> None:
    page.get_by_test_id("stDialog").get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_test_id("stDialog")).to_have_count(0)


def write(dialog: Locator, label: str, text: str) -> None:
    """Into a field; and have it taken."""
    field = dialog.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Enter")
    expect(dialog.page.locator(".stApp")).to_have_attribute("data-test-script-state", "notRunning")


def choose(dialog: Locator, label: str, option: str) -> None:
    field = dialog.get_by_role("combobox", name=label)
    field.fill(option)
    field.press("Enter")


def test_an_alert_is_taken_on_with_a_note_and_leaves_the_menu(alerting, page):
    page.goto(f"{alerting.url}/alerts")
    drawn(page, "Alerts")
    expect(page.get_by_test_id("stSidebarNavLink").filter(has_text="Alerts")).to_have_text(re.compile(r"Alerts \(\d\)"))
    card = page.locator("[class*=st-key-card-alert-]").filter(has_text="A budget will not be enough")
    expect(card).to_contain_text("above 100 %")

    card.get_by_role("button", name="Acknowledge").click()
    dialog = page.get_by_test_id("stDialog")
    dialog.get_by_label("A note for the others").fill("We order more")
    answer(page, "Acknowledge")

    expect(card).to_contain_text("demo has it")
    expect(card).to_contain_text("We order more")
    expect(card.get_by_role("button", name="Acknowledge")).to_have_count(0)


def test_a_rule_is_made_in_the_units_of_people(alerting, page):
    page.goto(f"{alerting.url}/alerts?section=Rules")
    drawn(page, "Alerts")
    dialog = press(page, "Add a rule")
    choose(dialog, "Figure", "Cache hit ratio")
    expect(dialog.get_by_label("Threshold, %")).to_be_visible()
    write(dialog, "What is said when it fires", "The cache is cold")
    write(dialog, "Threshold, %", "99.5")
    dialog.get_by_role("button", name="What is it now?").click()
    expect(dialog).to_contain_text("It would fire.")
    answer(page, "Add it")

    expect(page.get_by_text("The cache is cold is added.")).to_be_visible()


def test_a_webhook_is_added_and_takes_a_test(alerting, page):
    with webhook() as hook:
        page.goto(f"{alerting.url}/alerts?section=Channels")
        drawn(page, "Alerts")
        dialog = press(page, "Add a channel")
        choose(dialog, "Service", "Webhook")
        expect(dialog).to_contain_text("jsons://example.com/path")
        write(dialog, "Name", "ops hook")
        write(dialog, "Address", hook.address)
        answer(page, "Add it")

        card = page.locator("[class*=st-key-card-channel-]").filter(has_text="ops hook")
        card.get_by_role("button", name="Send a test").click()
        expect(card).to_contain_text("The channel has taken a test message.")

        assert [each["title"] for each in hook.posted if each["kind"] == "test"] == ["A test from Phyght"]
        assert "s3cr3t" not in page.content()


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_alerts_can_be_read_by_everyone_and_fit_a_phone(alerting, new_context, colours, size):
    page = new_context(color_scheme=colours, viewport=size).new_page()
    for section, button in (("Rules", "Add a rule"), ("Channels", "Preview the weekly digest"), ("History", "")):
        page.goto(f"{alerting.url}/alerts?section={section}")
        drawn(page, "Alerts")
        assert_readable(page)
        assert_fits(page)
        if button:
            press(page, button)
            drawn(page, "Alerts")
            assert_readable(page)
