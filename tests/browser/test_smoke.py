"""The app in a real browser: it starts, each page draws for whom it is, and asks nothing of any other host."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.environment import ROOT

PAGES = sorted((ROOT / "pages").glob("*.py"))
#: The pages by their titles, which are their files' names but for one.
FILES = {"Savings" if file.stem == "recommendations" else file.stem.title(): file.stem for file in PAGES}
TITLES = sorted(FILES, key=lambda title: title != "Overview")
MENU = [title for title in TITLES if title != "Video"]
PHONE = {"width": 390, "height": 844}
GRAVE = ("serious", "critical")


def address(server, title: str) -> str:
    return f"{server.url}/{'' if title == TITLES[0] else FILES[title]}"


#: Our two style sheets come with a part of Streamlit that is fetched late, and fonts come by themselves.
DRESSED = """() => document.fonts.status === 'loaded' && ['--accent', '--phyght-accent'].every(
  name => getComputedStyle(document.documentElement).getPropertyValue(name))"""
#: Whether nothing of a page has to be scrolled to sideways.
FITS = """() => { const main = document.querySelector('[data-testid=stMain]')
  return main.scrollWidth <= main.clientWidth }"""
#: How often a page is read again that cannot be read: what fades while it is drawn is no hindrance, what stays is.
LOOKS = 6


def drawn(page: Page, title: str) -> None:
    """Wait until a page is drawn to its end."""
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    expect(page.locator(".stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.wait_for_function(DRESSED)


def test_the_first_page_is_the_overview_of_the_demo_and_says_so(server, page):
    page.goto(server.url)

    drawn(page, "Overview")
    expect(page.get_by_text("Demo data")).to_be_visible()


@pytest.mark.parametrize("title", TITLES)
def test_every_page_opens_by_its_own_link_and_draws_without_an_error(server, page, title):
    page.goto(address(server, title))

    drawn(page, title)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)


def test_the_menu_leads_to_every_page(server, page):
    page.goto(server.url)
    drawn(page, TITLES[0])

    for title in MENU[1:]:
        page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
        drawn(page, title)


@pytest.mark.parametrize("title", TITLES)
def test_a_page_shows_nothing_to_a_stranger(real_server, page, title):
    page.goto(address(real_server, title))

    expect(page.get_by_role("heading", level=1)).to_have_text("You are not signed in")
    expect(page.get_by_test_id("stMainBlockContainer")).not_to_contain_text("$")
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(0)


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("title", TITLES)
def test_a_page_can_be_read_by_everyone(server, new_context, title, colours):
    page = new_context(color_scheme=colours).new_page()
    page.goto(address(server, title))
    drawn(page, title)

    assert_readable(page)


def assert_readable(page: Page) -> None:
    """Nothing on the page is a grave hindrance to anybody."""
    page.wait_for_function(DRESSED)
    found: list[str] = []
    for _ in range(LOOKS):
        found = complaints(page)
        if not found:
            break
    assert not found, "\n".join(found)


def assert_fits(page: Page) -> None:
    """The page comes to be no wider than its window: charts are fitted to it when they are drawn."""
    page.wait_for_function(FITS)


def complaints(page: Page) -> list[str]:
    rules = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {check['message']} {node['html']}"
        for rule in rules
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
        for check in [*node["any"], *node["all"], *node["none"]]
    ]
