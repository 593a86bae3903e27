"""Uploading: a file goes through the Upload page, in Chromium."""

import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import arguments, chromium


def send(url: str, film: str) -> float:
    """Contender: seconds from the press of the button until the link stands there."""
    name = Path(film).name
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments())
        page = browser.new_page()
        page.set_default_timeout(300_000)
        page.goto(f"{url}/upload")
        page.locator("input[type=file]").first.set_input_files(film)
        page.get_by_role("button", name="Upload", exact=True).click()
        started = time.perf_counter()
        page.get_by_role("button", name=f"Copy the link of {name}").wait_for()
        seconds = time.perf_counter() - started
        page.get_by_test_id("stDataFrame").wait_for()  # the page is drawn anew, with the new one among the recent ones
        browser.close()
    return seconds
