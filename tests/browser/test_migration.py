"""The demo's migration in a real browser: planned, started, paused, resumed, taken back in part, and finished."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.catalog.catalog import Catalog
from core.catalog.search import Search, search
from core.catalog.video import Video
from core.demo.folders import SOURCE, TARGET
from core.sqlite_database import SqliteDatabase
from tests.browser.server import Server, running
from tests.browser.test_player import player_on
from tests.browser.test_smoke import PHONE, assert_fits, assert_readable, drawn

NAME = "two-dozen"


@pytest.fixture(scope="module")
def moving(seeded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo of its own, whose videos are moved."""
    home = tmp_path_factory.mktemp("moving") / "home"
    shutil.copytree(seeded_home, home)
    with running(home, PHYGHT_DEMO="on") as server:
        yield server


def catalog(server: Server) -> Catalog:
    return Catalog(SqliteDatabase(server.home / "demo" / "phyght.db"))


def packaged(server: Server) -> Video:
    """One of the videos that are moved, and come with all their qualities."""
    found = search(SqliteDatabase(server.home / "demo" / "phyght.db"), Search(text="interview"), 100).entries
    return next(each.video for each in found if catalog(server).copies(each.video.id)[0].object("master.m3u8"))


def old_link(server: Server, video: Video) -> str:
    """As Supabase gave it out."""
    link = next(each for each in catalog(server).links(video.id) if each.provider == "supabase")
    return f"{server.url}/v/storage/v1/object/public/{link.bucket}/{link.key}"


@contextmanager
def set_state(server: Server, video: Video, state: str) -> Iterator[None]:
    """As long as the block lasts."""
    database = SqliteDatabase(server.home / "demo" / "phyght.db")
    for each in (state, "done"):
        with database.transaction() as connection:
            connection.execute("update migration_videos set state = ? where video_id = ?", (each, video.id))
        if each == state:
            yield


def play(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name="Play").first.click()
    expect(player_on(page)).to_have_attribute("data-state", "p")


def answer(page: Page, button: str) -> None:
    """Press a button of the dialog that is open."""
    page.get_by_test_id("stDialog").get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_test_id("stDialog")).to_have_count(0)


def press(page: Page, button: str) -> None:
    page.get_by_test_id("stMain").get_by_role("button", name=button, exact=True).first.click()


def standing(page: Page, words: str) -> None:
    expect(page.get_by_test_id("stProgress").first).to_contain_text(re.compile(words))


def plan(page: Page, server: Server, bandwidth: str) -> None:
    page.goto(f"{server.url}/migration?plan=new")
    drawn(page, "Migration")
    page.get_by_role("textbox", name="Bandwidth").fill(bandwidth)
    page.get_by_role("textbox", name="Bandwidth").press("Enter")
    expect(page.get_by_text(f"with the limit {bandwidth}")).to_be_visible()
    drawn(page, "Migration")
    page.get_by_role("textbox", name="Name").fill(NAME)
    page.get_by_role("textbox", name="Name").press("Enter")
    drawn(page, "Migration")
    press(page, "Save plan")
    drawn(page, NAME)


def test_a_migration_is_watched_paused_taken_back_in_part_and_finished_while_old_links_play(moving, page):
    video = packaged(moving)
    play(page, old_link(moving, video))
    assert catalog(moving).video(video.id).served_from == SOURCE

    plan(page, moving, "5M")
    press(page, "Start")
    answer(page, "Start")
    standing(page, r"Running · \d+ of 23 videos moved")
    expect(page.get_by_text("Runs on the server; you may close this")).to_be_visible()
    standing(page, r"Running · [1-9]\d* of 23 videos moved")
    press(page, "Pause")
    standing(page, "Paused")
    press(page, "Resume")
    answer(page, "Start")
    standing(page, "Done · 23 of 23 videos moved")
    play(page, old_link(moving, video))
    assert catalog(moving).video(video.id).served_from == TARGET

    page.goto(f"{moving.url}/migration?migration={NAME}&video={video.id}")
    press(page, "Roll back")
    answer(page, "Roll back")
    standing(page, "Done · 22 of 22 videos moved")
    assert catalog(moving).video(video.id).served_from == SOURCE
    press(page, "Try again")
    answer(page, "Try again")
    standing(page, "Done · 23 of 23 videos moved")
    play(page, old_link(moving, video))
    assert catalog(moving).video(video.id).served_from == TARGET


def test_a_dialog_stays_open_while_what_is_behind_it_is_asked_anew(moving, page):
    page.goto(f"{moving.url}/migration?migration={NAME}")
    press(page, "Roll back all")
    dialog = page.get_by_test_id("stDialog")
    expect(dialog).to_contain_text("Viewers get 23 videos")

    with set_state(moving, packaged(moving), "rolled back"):  # somebody else does
        standing(page, "22 of 22 videos moved")

    expect(dialog).to_contain_text("Viewers get 23 videos")
    answer(page, "Not now")


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_migration_can_be_read_by_everyone_and_fits_a_phone(moving, new_context, colours, size):
    page = new_context(color_scheme=colours, viewport=size).new_page()
    video = packaged(moving)
    page.goto(f"{moving.url}/migration?migration={NAME}&video={video.id}")
    expect(page.locator(".st-key-card-chosen")).to_contain_text("links are switched")

    assert_readable(page)
    assert_fits(page)
    press(page, "Roll back all")
    expect(page.get_by_test_id("stDialog").get_by_role("button", name="Not now", exact=True)).to_be_enabled()
    assert_readable(page)
