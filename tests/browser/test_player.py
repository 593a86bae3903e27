"""The player in a real browser: a link is opened, played to its end with another quality, and told of."""

import json
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.catalog.search import Search, search
from core.catalog.video import Video, Visibility
from core.delivery.seal import Seal
from core.delivery.sharing import share
from core.demo.playable import CLIPS
from core.sqlite_database import SqliteDatabase
from core.storage.providers import secret_key
from tests.browser.server import Server
from tests.browser.test_smoke import PHONE, assert_fits, assert_readable

expect.set_options(timeout=60_000)

#: How often a pointer is moved to where a page may have moved away from.
TRIES = 6
BOSS = User("root", Role.ADMIN, Via.SHELL)
#: What marks a visitor as somebody from elsewhere, who is not the demo's.
ELSEWHERE = {"X-Forwarded-For": "203.0.113.9"}


def clip(server: Server, visibility: Visibility = Visibility.PUBLIC) -> Video:
    """One of the demo's videos that really play; what other tests have uploaded lies beside them."""
    database = SqliteDatabase(server.home / "demo" / "phyght.db")
    found = search(database, Search(provider="local", visibility=visibility), 100)
    ours = {each.title for each in CLIPS}
    return next(entry.video for entry in found.entries if entry.video.title in ours)


def player_on(page: Page) -> Locator:
    """The place that the player is in; it tells what the player does."""
    return page.locator("[data-player], #player").first


def told(server: Server, key: str, value: str) -> list[dict]:
    """What players have told of a video (`cid`), or in a session (`sid`)."""
    files = (server.home / "demo" / "telemetry").glob("*.jsonl")
    lines = (json.loads(line)["cmcd"] for file in sorted(files) for line in file.read_text().splitlines())
    return [line for line in lines if line.get(key) == value]


def choose_quality(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile("^Quality")).click()
    page.get_by_role("menuitemradio", name=name).click()


def hurry(player: Locator) -> None:
    """Twelve seconds need not take as long."""
    player.evaluate("place => { place.player.video.playbackRate = 3; }")


def test_a_link_plays_to_its_end_in_the_quality_that_was_chosen_meanwhile(server, new_context):
    video = clip(server)
    page = new_context(extra_http_headers=ELSEWHERE).new_page()
    page.goto(f"{server.url}/v/{video.slug}")
    assert urlsplit(page.url).path == f"/watch/{video.slug}"
    expect(page.get_by_role("heading", name=video.title)).to_be_visible()
    player = player_on(page)

    page.get_by_role("button", name="Play").first.click()
    expect(player).to_have_attribute("data-state", "p")
    first = player.get_attribute("data-quality")
    assert first in ("360p", "180p")
    other = "180p" if first == "360p" else "360p"
    choose_quality(page, other)

    expect(player).to_have_attribute("data-quality", other)
    hurry(player)
    expect(player).to_have_attribute("data-state", "e")
    at, whole = player.evaluate("place => [place.player.video.currentTime, place.player.video.duration]")
    assert at == pytest.approx(whole, abs=0.1)
    assert whole == pytest.approx(12, abs=0.3)
    session = player.evaluate("place => place.player.session")
    states = [line["sta"] for line in told(server, "sid", session) if line["e"] == "ps"]
    assert states[0] == "s"
    assert states[-1] == "e"
    (started,) = [line for line in told(server, "sid", session) if "msd" in line]
    assert 0 < started["msd"] < 60_000


def test_a_private_video_plays_for_whoever_was_given_a_link_and_for_nobody_else(server, new_context):
    video, home = clip(server, Visibility.PRIVATE), server.home / "demo"
    database, seal = SqliteDatabase(home / "phyght.db"), Seal(secret_key(home))
    link = share(AuditLog(database), seal, BOSS, video, "a day", video.created_at)
    page = new_context(extra_http_headers=ELSEWHERE).new_page()
    page.goto(f"{server.url}/v/{video.slug}")
    expect(page.get_by_role("heading", name="This video is private.")).to_be_visible()
    expect(page.get_by_role("link", name="Sign in")).to_have_attribute("href", re.compile("^/sign-in"))

    page.goto(f"{server.url}{link}")
    page.get_by_role("button", name="Play").first.click()

    player = player_on(page)
    hurry(player)
    expect(player).to_have_attribute("data-state", "e")


def test_the_player_is_driven_by_keys(server, page):
    page.goto(f"{server.url}/watch/{clip(server).slug}")
    player = player_on(page)
    frame = page.get_by_role("group", name=re.compile("^Player"))
    frame.focus()

    page.keyboard.press("k")
    expect(player).to_have_attribute("data-state", "p")
    page.keyboard.press(" ")
    expect(player).to_have_attribute("data-state", "a")
    page.keyboard.press("5")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("m")

    expect(page.get_by_role("slider", name="Time")).to_have_attribute("aria-valuetext", "0:11 of 0:12")
    assert player.evaluate("place => place.player.video.muted")
    expect(page.get_by_role("button", name="Unmute")).to_be_visible()


def test_on_a_phone_the_large_sign_plays_although_the_bar_reaches_up_to_it(server, new_context):
    page = new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    page.goto(f"{server.url}/watch/{clip(server).slug}")
    page.get_by_role("button", name="Play").first.click()

    expect(player_on(page)).to_have_attribute("data-state", "p")


def point_at(line: Locator, share: float, until: Locator) -> None:
    """Rest the pointer on a part of a line; again where the page moved away below it."""
    for _ in range(TRIES):
        box = line.bounding_box()
        assert box
        line.hover(position={"x": box["width"] * share, "y": box["height"] / 2})
        if shows(until):
            return
        line.page.mouse.move(0, 0)
    expect(until).to_be_visible()


def shows(what: Locator) -> bool:
    try:
        what.wait_for(state="visible", timeout=10_000)
    except TimeoutError:
        return False
    return True


def test_the_time_line_shows_what_is_there(server, page):
    page.goto(f"{server.url}/watch/{clip(server).slug}")
    player = player_on(page)
    page.get_by_role("group", name=re.compile("^Player")).focus()

    picture = player.locator(".picture")
    point_at(page.get_by_role("slider", name="Time"), 0.25, until=picture)
    expect(player.locator(".moment")).to_have_text("0:03")
    expect(picture).to_have_css("background-position", "-160px 0px")  # the second of six: from second 2 to 4


def test_pictures_of_the_time_line_that_did_not_come_are_fetched_with_the_next_moment(server, page):
    page.route("**/*.vtt*", lambda route: route.fulfill(status=503))
    page.goto(f"{server.url}/watch/{clip(server).slug}")
    player = player_on(page)
    page.get_by_role("group", name=re.compile("^Player")).focus()
    line = page.get_by_role("slider", name="Time")
    point_at(line, 0.75, until=player.locator(".moment"))
    expect(player.locator(".picture")).to_be_hidden()
    page.unroute("**/*.vtt*")

    point_at(line, 0.25, until=player.locator(".picture"))


def test_what_cannot_be_fetched_is_said_and_tried_again(server, page):
    video = clip(server)
    page.route("**/play/**", lambda route: route.fulfill(status=503))
    page.goto(f"{server.url}/watch/{video.slug}")

    expect(page.get_by_role("alert")).to_contain_text("This video could not be played.")
    page.unroute("**/play/**")
    page.get_by_role("button", name="Try again").click()

    expect(player_on(page)).to_have_attribute("data-state", "p")
    assert [line["ec"] for line in told(server, "cid", video.slug) if line["e"] == "e"] == ["manifestLoadError"]


def test_in_the_library_a_card_opens_its_video_and_back_leads_to_the_list(server, page):
    video = clip(server)
    page.goto(f"{server.url}/library?q=demo+night&provider=local")
    page.get_by_role("link", name=video.title).click()

    expect(page.get_by_role("heading", name=video.title, level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(f"video={video.slug}"))
    copier = page.locator("[data-testid=stCode] > div:has(button)")
    expect(copier).to_have_css("opacity", "1")  # without a pointer over it
    expect(copier.get_by_role("button", name="Copy to clipboard")).to_be_visible()
    page.get_by_role("button", name="Play").first.click()
    expect(player_on(page)).to_have_attribute("data-state", "p")
    page.get_by_test_id("stMain").get_by_role("link", name="Library").click()

    assert_lists_demo_nights(page, server)
    page.go_back()
    expect(page.get_by_role("heading", name=video.title, level=1)).to_be_visible()
    page.go_back()
    assert_lists_demo_nights(page, server)


def assert_lists_demo_nights(page: Page, server: Server) -> None:
    expect(page.get_by_role("heading", name="Library", level=1)).to_be_visible()
    expect(page).to_have_url(f"{server.url}/library?q=demo+night&provider=local")
    expect(page.get_by_text("3 videos")).to_be_visible()


def test_the_menu_leads_from_a_video_to_the_whole_library(server, page):
    page.goto(f"{server.url}/library?video={clip(server).slug}")  # where videos had their pages before
    expect(page.get_by_role("heading", name=clip(server).title, level=1)).to_be_visible()
    assert urlsplit(page.url).path == "/video"

    page.get_by_test_id("stSidebarNavLink").filter(has_text="Library").click()

    expect(page.get_by_role("heading", name="Library", level=1)).to_be_visible()
    expect(page.get_by_role("heading", name=clip(server).title, level=1)).to_have_count(0)


def test_the_role_that_one_looks_with_stays_on_the_way_to_a_video_and_back(server, page):
    page.goto(f"{server.url}/library?q=demo+night&provider=local&view_as=viewer")
    page.get_by_role("link", name=clip(server).title).click()
    expect(page.get_by_role("heading", name=clip(server).title, level=1)).to_be_visible()
    expect(page.get_by_text("demo · viewer")).to_be_visible()

    page.get_by_test_id("stMain").get_by_role("link", name="Library").click()

    expect(page.get_by_text("3 videos")).to_be_visible()
    expect(page.get_by_text("demo · viewer")).to_be_visible()


def test_a_link_in_the_search_opens_its_video(server, page):
    video = clip(server)
    page.goto(f"{server.url}/library")
    page.get_by_label("Search").fill(f"/v/{video.slug}")
    page.get_by_label("Search").press("Enter")

    expect(page.get_by_role("heading", name=video.title, level=1)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Library", level=1)).to_be_visible()
    expect(page.get_by_label("Search")).to_have_value("")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_on_a_phone_a_videos_page_can_be_read_by_everyone_and_its_link_comes_first(server, new_context, colours):
    page = new_context(color_scheme=colours, viewport=PHONE).new_page()
    page.goto(f"{server.url}/video?video={clip(server).slug}")
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    expect(page.locator(".stApp")).to_have_attribute("data-test-script-state", "notRunning")

    assert_readable(page)
    assert_fits(page)
    assert page.get_by_role("heading", level=2).all_inner_texts()[:2] == ["Link", "Packaging"]


def test_a_row_of_the_table_opens_its_video_wherever_it_is_clicked(server, page):
    page.goto(f"{server.url}/library?layout=table&q=demo+night&sort=title")
    table = page.get_by_test_id("stDataFrame")
    expect(table.get_by_test_id("data-grid-canvas")).to_be_visible()
    table.click(position={"x": 150, "y": 52})  # the title of the first

    expect(page.get_by_role("heading", name="Okafor vs Lindqvist, Demo Night 1", level=1)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Library", level=1)).to_be_visible()
    expect(table.get_by_test_id("data-grid-canvas")).to_be_visible()
