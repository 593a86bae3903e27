"""Access in a real browser: who is not to see a page sees nothing of it, however it is opened."""

import re
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core.access.accounts import Accounts
from core.access.roles import Role, User, Via
from core.sqlite_database import SqliteDatabase
from tests.browser.relay import relay
from tests.browser.server import Server

expect.set_options(timeout=60_000)

BOSS = User("root", Role.ADMIN, Via.SHELL)
PASSWORD = "seven blue gloves"
ASK = "Ask an administrator for the role"
PAGES = ["/", "/library", "/video", "/upload", "/costs", "/alerts", "/explore", "/settings"]


def accounts(server: Server) -> Accounts:
    return Accounts(SqliteDatabase(server.home / "phyght.db"))


def add_account(server: Server, name: str, role: Role) -> str:
    """A new account; returns its one-time password."""
    return accounts(server).add(BOSS, name, role, datetime.now(UTC))


def sign_in(page: Page, server: Server, name: str, password: str, path: str = "/") -> None:
    page.goto(f"{server.url}/sign-in?next={path}")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def choose_password(page: Page, given: str) -> None:
    page.get_by_label("One-time password").fill(given)
    page.get_by_label(re.compile("^New password(?! again)")).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Save password").click()


def enter(page: Page, server: Server, name: str, role: Role) -> None:
    """Sign in to a new account, as far as the first page."""
    given = add_account(server, name, role)
    sign_in(page, server, name, given)
    choose_password(page, given)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def everything_on(page: Page) -> str:
    """All text in the middle of the page."""
    return " ".join(page.get_by_test_id("stMain").inner_text().split())


@pytest.mark.parametrize("path", PAGES)
def test_a_cold_deep_link_shows_nothing_to_who_is_signed_out(real_server, page, path):
    page.goto(f"{real_server.url}{path}?from=2026-10-01&by=service")

    expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    assert everything_on(page) == "You are not signed in Sign in to see this page. Sign in"
    expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)
    assert page.get_by_role("link", name="Sign in").get_attribute("href") == (
        f"/sign-in?next={path}%3Ffrom%3D2026-10-01%26by%3Dservice"
    )


@pytest.mark.parametrize(
    ("role", "path", "sentence"),
    [
        ("viewer", "/explore", f"The role viewer may not query the warehouse. {ASK} analyst."),
        ("viewer", "/settings", f"The role viewer may not see the settings. {ASK} operator."),
        ("analyst", "/settings", f"The role analyst may not see the settings. {ASK} operator."),
    ],
)
@pytest.mark.parametrize("at", ["real installation", "demo"])
def test_a_cold_deep_link_in_a_wrong_role_shows_only_why(server, real_server, page, role, path, sentence, at):
    if at == "demo":
        page.goto(f"{server.url}{path}?view_as={role}")
    else:
        enter(page, real_server, f"{role}-{path[1:]}", Role(role))
        page.goto(f"{real_server.url}{path}")

    expect(page.get_by_role("heading", name="This page is not for your role")).to_be_visible()
    assert everything_on(page) == f"This page is not for your role {sentence}"


SEEN = ("Overview", "Library", "Migration", "Costs", "Performance", "Savings", "Lifecycle", "Alerts")


@pytest.mark.parametrize(
    ("role", "menu"),
    [
        ("viewer", [*SEEN]),
        ("analyst", [*SEEN, "Explore"]),
        ("operator", ["Overview", "Library", "Upload", *SEEN[2:], "Explore", "Settings"]),
        ("admin", ["Overview", "Library", "Upload", *SEEN[2:], "Explore", "Audit", "Settings"]),
    ],
)
def test_the_demos_visitor_sees_the_menu_of_each_role(server, page, role, menu):
    page.goto(server.url)
    expect(page.get_by_test_id("stSidebar").get_by_text("Demo data")).to_be_visible()
    page.get_by_test_id("stSidebar").get_by_label("View as").click()
    page.get_by_role("option", name=role, exact=True).click()

    expect(page.get_by_text(f"demo · {role}")).to_be_visible()
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_text([re.compile(title) for title in menu])


def test_the_role_to_look_with_stays_when_another_page_is_opened(server, page):
    page.goto(f"{server.url}/?view_as=viewer")
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Costs").click()

    expect(page.get_by_role("heading", name="Costs", exact=True)).to_be_visible()
    expect(page.get_by_text("demo · viewer")).to_be_visible()


def test_the_first_start_prints_the_way_in_and_it_leads_to_a_password_of_ones_own(real_server, page):
    given = re.search(r"one-time password; it is shown only now:\n\n    (\S+)\n", real_server.output)
    assert given

    sign_in(page, real_server, "admin", given[1], "/costs")

    expect(page.get_by_role("heading", name="Choose your password")).to_be_visible()
    assert page.url == f"{real_server.url}/password?next=/costs"
    page.goto(f"{real_server.url}/costs")
    expect(page.get_by_role("heading", name="Choose a password of your own")).to_be_visible()
    assert everything_on(page) == "Choose a password of your own Until then nothing is shown. Choose a password"


def test_after_signing_in_one_is_where_one_wanted_to_be(real_server, page):
    given = add_account(real_server, "olga", Role.OPERATOR)
    page.goto(f"{real_server.url}/costs?from=2026-10-01&by=service")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("Name").fill("olga")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong. Try again.")
    page.get_by_label("Password").fill(given)
    page.get_by_role("button", name="Sign in").click()
    choose_password(page, given)

    expect(page.get_by_role("heading", name="Costs", exact=True)).to_be_visible()
    expect(page.get_by_text("olga · operator")).to_be_visible()
    expect(page).to_have_url(re.compile(f"^{re.escape(real_server.url)}/costs[?].*by=service"))


def test_signing_out_leaves_nothing_behind(real_server, page):
    enter(page, real_server, "stan", Role.VIEWER)

    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_text("You are signed out.")).to_be_visible()
    assert "phyght_session" not in {cookie["name"] for cookie in page.context.cookies()}
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()


def test_a_tab_that_stayed_open_shows_nothing_more_after_signing_out_in_another(real_server, page):
    enter(page, real_server, "tabea", Role.ANALYST)
    other = page.context.new_page()
    other.goto(real_server.url)
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_text("You are signed out.")).to_be_visible()

    page.get_by_test_id("stSidebarNavLink").filter(has_text="Costs").click()

    expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    assert everything_on(page) == "You are not signed in Sign in to see this page. Sign in"


def test_a_role_that_is_taken_away_is_gone_at_the_next_click(real_server, page):
    enter(page, real_server, "dora", Role.OPERATOR)

    accounts(real_server).set_role(BOSS, "dora", Role.VIEWER, datetime.now(UTC))
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Settings").click()

    expect(page.get_by_role("heading", name="This page is not for your role")).to_be_visible()
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(len(SEEN))


def test_a_visitor_through_a_proxy_is_not_taken_for_somebody_at_this_machine(server, new_context):
    port = int(server.url.rpartition(":")[2])
    with relay(port, "X-Forwarded-For: 203.0.113.9") as proxy:
        page = new_context().new_page()
        page.goto(f"http://127.0.0.1:{proxy}/costs")

        expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_forms_fit_and_everybody_can_use_them(real_server, new_context, scheme, size):
    page = new_context(color_scheme=scheme, viewport={"width": size[0], "height": size[1]}).new_page()
    given = add_account(real_server, f"form-{scheme}-{size[0]}", Role.VIEWER)

    sign_in(page, real_server, f"form-{scheme}-{size[0]}", "wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_usable(page)
    sign_in(page, real_server, f"form-{scheme}-{size[0]}", given)
    expect(page.get_by_role("heading", name="Choose your password")).to_be_visible()
    assert_usable(page)


def assert_usable(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["help"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
