"""Uploads in a real browser: to the byte, through faults, pauses and reloads, and only what is missing."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Locator, Page, Request, Route, expect

from core.access.roles import Role
from core.storage.checksums import crc64nvme
from core.units import MIB
from tests.browser.films import Stored, film, resident_mb
from tests.browser.test_access import enter, sign_in
from tests.browser.test_smoke import assert_fits, assert_readable, drawn

PART_SENT = re.compile(r"/objects/videos/.*partNumber=")
SIGNED = re.compile(r"/api/uploads/\w+/parts/\d+$")


class Uploader:
    """The Upload page, as somebody uses it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.parts: list[str] = []  #: numbers of the parts that were sent
        page.on("requestfinished", self._note)
        page.goto(f"{url}/upload")
        drawn(page, "Upload")
        expect(page.get_by_text("Drop videos or folders here")).to_be_visible()

    def _note(self, request: Request) -> None:
        answer = request.response()
        if request.method == "PUT" and PART_SENT.search(request.url) and answer and answer.ok:
            self.parts.append(request.url.split("partNumber=")[1].split("&")[0])

    def pick(self, *paths: Path) -> None:
        self.page.locator("input[type=file]").first.set_input_files(list(paths))

    def press(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=name, exact=isinstance(name, str)).click()

    def begin(self, *paths: Path) -> None:
        self.pick(*paths)
        self.press(re.compile(r"^Upload( \d+ files)?$"))

    def wait_for_parts(self, count: int) -> None:
        """Until so many have arrived, of more."""
        with self.page.expect_event("requestfinished", lambda _: len(self.parts) >= count):
            pass

    def row(self, path: Path) -> Locator:
        return self.page.get_by_role("list", name="Files").get_by_role("listitem").filter(has_text=path.name)

    def link(self, path: Path) -> str:
        """The link that stands beside a file, once it is done."""
        expect(self.row(path)).to_contain_text("Done")
        return self.row(path).get_by_role("link").inner_text()


@pytest.fixture
def uploader(server, page) -> Uploader:
    return Uploader(page, server.url)


def fault(page: Page, where: re.Pattern[str], times: int, answer: Callable[[Route], None]) -> None:
    """Something happens to the next requests that send something there."""
    page.route(
        where,
        lambda route: answer(route) if route.request.method in ("PUT", "POST") else route.continue_(),
        times=times,
    )


def busy(route: Route) -> None:
    route.fulfill(status=503, json={"error": "Busy."}, headers={"Retry-After": "0"})


def broken(route: Route) -> None:
    route.abort("connectionreset")


def slow_down(page: Page) -> None:
    """A line of 12 MB a second."""
    session = page.context.new_cdp_session(page)
    line = {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 12e6}
    session.send("Network.emulateNetworkConditions", line)


def test_a_file_arrives_to_the_byte_through_faults_and_a_pause(uploader: Uploader, server, tmp_path):
    fight = film(tmp_path, "Rivera vs Stone.mp4")
    fault(uploader.page, PART_SENT, 3, busy)
    fault(uploader.page, SIGNED, 2, broken)
    slow_down(uploader.page)

    uploader.pick(fight)
    expect(uploader.page.get_by_text("1 file, 40.0 MiB, at no cost")).to_be_visible()
    uploader.press("Upload")
    uploader.press("Pause Rivera vs Stone.mp4")
    expect(uploader.row(fight)).to_contain_text("Paused")
    uploader.press("Go on with Rivera vs Stone.mp4")

    link = uploader.link(fight)
    assert link.startswith(f"{server.url}/v/rivera-vs-stone-")
    assert Stored(server).content(link) == fight.read_bytes()
    assert Stored(server).unfinished() == []
    assert sorted(uploader.parts) == ["1", "2", "3", "4", "5"]


def test_a_pause_moves_nothing_and_says_what_is_sent_again(uploader: Uploader, tmp_path):
    first, second = film(tmp_path, "first.mp4"), film(tmp_path, "second.mp4")
    page = uploader.page
    slow_down(page)
    uploader.begin(first, second)
    expect(uploader.row(first)).to_contain_text("MiB of 40.0 MiB")
    uploader.press("Pause first.mp4")

    expect(uploader.row(first)).to_contain_text(
        re.compile(r"Paused.*of parts that were on their way will be sent again")
    )
    expect(uploader.row(first)).to_contain_text(re.compile(r"(0 bytes|\d+\.0 MiB) of 40\.0 MiB"))
    rows = page.get_by_role("list", name="Files").get_by_role("listitem")
    expect(rows).to_have_text([re.compile("^first"), re.compile("^second.*Uploading")])
    uploader.press("Cancel all")
    uploader.press("Cancel: really?")


def test_after_a_reload_the_page_says_which_file_to_pick_and_only_the_rest_is_sent(
    uploader: Uploader, server, tmp_path
):
    fight = film(tmp_path, "long fight.mp4")
    page = uploader.page
    slow_down(page)
    uploader.begin(fight)
    uploader.wait_for_parts(2)
    warned: list[str] = []

    def leave(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.reload()

    expect(page.get_by_text("Pick the same files again to go on")).to_be_visible()
    expect(page.get_by_text(re.compile(r"\d\d % of 40\.0 MiB there"))).to_be_visible()
    before = len(uploader.parts)
    uploader.pick(fight)
    expect(page.get_by_text("One goes on where it stood.")).to_be_visible()
    expect(page.get_by_text("Pick the same files again to go on")).to_be_hidden()
    there = Stored(server).arrived()
    uploader.press("Upload")

    assert Stored(server).content(uploader.link(fight)) == fight.read_bytes()
    assert warned == ["beforeunload"]
    assert len(there) >= 2
    assert sorted(uploader.parts[before:]) == sorted({"1", "2", "3", "4", "5"} - there)


def test_a_file_that_was_changed_is_sent_again_where_it_differs(uploader: Uploader, server, tmp_path):
    fight = film(tmp_path, "changed.mp4")
    page = uploader.page
    slow_down(page)
    uploader.begin(fight)
    uploader.wait_for_parts(2)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("Pick the same files again to go on")).to_be_visible()
    stat = fight.stat()
    with fight.open("r+b") as stream:
        stream.seek(100)
        stream.write(b"another beginning")
    os.utime(fight, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    uploader.begin(fight)

    assert Stored(server).content(uploader.link(fight)) == fight.read_bytes()
    assert uploader.parts.count("1") == 2


def test_it_goes_on_while_other_pages_are_open(uploader: Uploader, server, tmp_path):
    fight = film(tmp_path, "elsewhere.mp4")
    page = uploader.page
    slow_down(page)
    uploader.begin(fight)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Settings").click()
    drawn(page, "Settings")

    expect(page.get_by_role("button", name=re.compile(r"Uploading 1 file · \d+ %"))).to_be_visible()
    page.get_by_role("button", name=re.compile("Uploading 1 file")).click()
    drawn(page, "Upload")
    assert Stored(server).content(uploader.link(fight)) == fight.read_bytes()
    expect(page.get_by_role("button", name=re.compile("Uploading"))).to_have_count(0)


def test_what_turns_out_to_be_no_video_is_said_to_whoever_opens_its_link(uploader: Uploader, tmp_path):
    noise = film(tmp_path, "noise.mp4", 2 * MIB)
    uploader.begin(noise)
    uploader.page.goto(uploader.link(noise))

    expect(uploader.page.get_by_role("alert")).to_contain_text("This browser cannot play this file")
    expect(uploader.page.get_by_role("button", name="Try again")).to_have_count(0)  # it would fail again
    expect(uploader.page.get_by_role("button", name="Play", exact=True)).to_have_count(1)  # not behind the words too


def test_bad_files_stand_apart_and_block_no_good_one_and_no_name_does_anything(uploader: Uploader, server, tmp_path):
    page = uploader.page
    archive = tmp_path / "<img src=x onerror=document.title=7>.mp4"
    archive.write_bytes(b"PK\x03\x04 and so on")
    good = film(tmp_path, "<b>good.mp4", 3 * MIB)
    empty = tmp_path / "empty.mp4"
    empty.touch()
    uploader.pick(archive, good, empty)

    expect(page.get_by_text("2 files cannot be taken")).to_be_visible()
    expect(page.get_by_text(f"'{archive.name}' is a ZIP archive, not a video.")).to_be_visible()
    expect(page.get_by_text("'empty.mp4' is empty.")).to_be_visible()
    uploader.press("Upload")
    assert Stored(server).content(uploader.link(good)) == good.read_bytes()
    assert page.title() != "7"
    uploader.press("Dismiss")
    expect(page.get_by_text("2 files cannot be taken")).to_be_hidden()


def test_what_the_library_has_is_offered_and_what_was_done_needs_nothing(uploader: Uploader, server, tmp_path):
    page = uploader.page
    first = film(tmp_path, "first.mp4", 2 * MIB)
    same, third = tmp_path / "same.mp4", tmp_path / "third.mp4"
    for copy in (same, third):
        copy.write_bytes(first.read_bytes())
    uploader.begin(first)
    link = uploader.link(first)
    uploader.press("Clear done")

    uploader.begin(same, third)
    expect(uploader.row(same)).to_contain_text("These very bytes are the video “first”.")
    expect(uploader.row(third)).to_contain_text("In the library already")
    uploader.press("Use the one there: same.mp4")
    expect(uploader.row(same).get_by_role("button", name="Copy the link of same.mp4")).to_be_visible()
    assert uploader.row(same).get_by_role("link").inner_text() == link
    uploader.press("Keep both: third.mp4")
    assert uploader.link(third) != link
    uploader.press("Clear done")
    uploader.pick(first, film(tmp_path, "new.mp4", 2 * MIB))

    expect(page.get_by_text("1 file, 2.0 MiB, at no cost")).to_be_visible()
    expect(page.get_by_text("One needs nothing: it is in the library.")).to_be_visible()
    assert uploader.row(first).get_by_role("link").inner_text() == link


def test_a_duplicate_may_be_decided_about_on_a_later_visit(uploader: Uploader, server, tmp_path):
    page = uploader.page
    first = film(tmp_path, "decided.mp4", 2 * MIB)
    same, third = tmp_path / "kept later.mp4", tmp_path / "dropped later.mp4"
    for copy in (same, third):
        copy.write_bytes(first.read_bytes())
    uploader.begin(first)
    uploader.link(first)
    uploader.begin(same, third)
    for path in (same, third):
        expect(uploader.row(path)).to_contain_text("In the library already")
    page.reload()
    expect(page.get_by_text("These were sent whole, and the library has the same bytes.")).to_be_visible()
    before = len(Stored(server).titles())
    uploader.press("Keep both: kept later.mp4")
    expect(page.get_by_role("button", name="Keep both: kept later.mp4")).to_have_count(0)
    uploader.press("Discard dropped later.mp4")

    expect(page.get_by_text("These were sent whole, and the library has the same bytes.")).to_be_hidden()
    assert Stored(server).titles()[before:] == ["kept later"]


def test_what_failed_comes_first_and_is_tried_again_at_once(uploader: Uploader, server, tmp_path):
    page = uploader.page
    good, bad = film(tmp_path, "a good one.mp4", 2 * MIB), film(tmp_path, "z bad one.mp4", 2 * MIB)
    full = {"error": "The disk is full.", "advice": "Free some space and try again."}
    page.route(PART_SENT, lambda route: route.fulfill(status=507, json=full), times=1)
    uploader.begin(bad)
    expect(uploader.row(bad)).to_contain_text("The disk is full. Free some space and try again.")
    uploader.begin(good)
    uploader.link(good)

    rows = page.get_by_role("list", name="Files").get_by_role("listitem")
    expect(rows).to_have_text([re.compile("z bad one.*Failed"), re.compile("a good one.*Done")])
    uploader.press("Retry failed")
    assert Stored(server).content(uploader.link(bad)) == bad.read_bytes()


def test_where_the_bucket_lets_no_browser_in_parts_go_through_this_server(uploader: Uploader, server, tmp_path):
    fight = film(tmp_path, "through.mp4", 20 * MIB)
    page = uploader.page

    def elsewhere(route: Route) -> None:
        signed = route.fetch().json()
        route.fulfill(json=signed | {"url": signed["url"].replace("/objects/", "http://127.0.0.1:9/objects/", 1)})

    page.route(SIGNED, elsewhere)
    uploader.begin(fight)

    expect(page.get_by_text("The bucket lets no browser in, so parts go through this server.")).to_be_visible()
    assert Stored(server).content(uploader.link(fight)) == fight.read_bytes()
    assert uploader.parts == []


def test_offline_it_waits_and_goes_on_by_itself(uploader: Uploader, server, tmp_path):
    fight = film(tmp_path, "offline.mp4", 20 * MIB)
    page = uploader.page
    slow_down(page)
    uploader.begin(fight)
    expect(uploader.row(fight)).to_contain_text("MiB of 20.0 MiB")
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline. It goes on by itself.")).to_be_visible()
    page.context.set_offline(False)

    assert Stored(server).content(uploader.link(fight)) == fight.read_bytes()


def test_signed_out_in_the_middle_it_goes_on_after_signing_in_elsewhere(real_server, page, tmp_path):
    enter(page, real_server, "ulla", Role.OPERATOR)
    uploader = Uploader(page, real_server.url)
    fight = film(tmp_path, "signed out.mp4", 20 * MIB)
    slow_down(page)
    uploader.begin(fight)
    expect(uploader.row(fight)).to_contain_text("MiB of 20.0 MiB")
    page.context.clear_cookies()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    other = page.context.new_page()
    sign_in(other, real_server, "ulla", "seven blue gloves")
    expect(other.get_by_role("heading", name="Overview")).to_be_visible()
    uploader.press("Go on")

    assert Stored(real_server, demo=False).content(uploader.link(fight)) == fight.read_bytes()


def test_cancelled_it_leaves_nothing_behind(uploader: Uploader, server, tmp_path):
    fight = film(tmp_path, "cancelled.mp4")
    slow_down(uploader.page)
    before = Stored(server).unfinished()
    uploader.begin(fight)
    expect(uploader.row(fight)).to_contain_text("MiB of 40.0 MiB")
    with uploader.page.expect_response(lambda answer: answer.request.method == "DELETE") as gone:
        uploader.press("Cancel cancelled.mp4")

    assert gone.value.status == 204
    expect(uploader.row(fight)).to_have_count(0)
    assert Stored(server).unfinished() == before


def test_the_server_s_memory_stays_as_it_is(uploader: Uploader, server, tmp_path):
    warm, fight = film(tmp_path, "warm.mp4", 20 * MIB), film(tmp_path, "large.mp4", 200 * MIB)
    uploader.begin(warm)
    uploader.link(warm)
    before = resident_mb(server.process)
    uploader.begin(fight)
    uploader.link(fight)

    assert resident_mb(server.process) - before < 40
    assert Stored(server).content(uploader.link(fight)) == fight.read_bytes()


class Supabase:
    """Supabase's way of taking a file, as far as a browser sees it: from start to end, at one address."""

    def __init__(self, page: Page, path: Path) -> None:
        self.size, self.received, self.offsets = path.stat().st_size, b"", list[int]()
        self.sums: list[str] = []
        verdict = {"provider": "supabase", "reason": "", "monthly_cost_usd": "0.01", "finished": None}
        address = {"method": "PATCH", "url": "/tus/1", "headers": {"x-signature": "s"}}
        page.route("**/api/uploads/check", lambda route: route.fulfill(json=verdict))
        page.route("**/api/uploads/1/parts/1", lambda route: route.fulfill(json=address))
        page.route(re.compile("/api/uploads$"), lambda route: route.fulfill(json=self.session()))
        page.route("**/api/uploads/1/complete", self.complete)
        page.route("**/tus/1", self.answer)

    def session(self) -> object:
        about = {
            "id": "1",
            "state": "receiving",
            "mode": "tus",
            "part_bytes": 6 * MIB,
            "received": {},
            "provider": "supabase",
        }
        return about | {"missing": list(range(1, -(-self.size // (6 * MIB)) + 1))}

    def answer(self, route: Route) -> None:
        request = route.request
        assert request.headers["x-signature"] == "s"
        assert request.headers["tus-resumable"] == "1.0.0"
        if request.method == "PATCH":
            assert int(request.headers["upload-offset"]) == len(self.received)
            self.offsets.append(len(self.received))
            content = request.post_data_buffer or b""
            if len(self.offsets) == 2:  # the line breaks in the middle of the second chunk
                self.received += content[:1000]
                return route.abort("connectionreset")
            self.received += content
        return route.fulfill(status=200, headers={"Upload-Offset": str(len(self.received))})

    def complete(self, route: Route) -> None:
        self.sums.append(json.loads(route.request.post_data or "")["crc64nvme"])
        movie = {"id": "1", "slug": "s", "title": "t", "link": "/v/s"}
        answer = {"state": "done", "video": movie, "duplicate_of": None, "link": "/v/s", "monthly_cost_usd": "0.01"}
        route.fulfill(json=answer)


def test_where_a_provider_wants_a_file_from_start_to_end_it_is_sent_so(uploader: Uploader, tmp_path):
    fight = film(tmp_path, "one way.mp4", 14 * MIB)
    supabase = Supabase(uploader.page, fight)
    uploader.pick(fight)
    expect(uploader.page.get_by_text("1 file, 14.0 MiB, about $0.01 a month")).to_be_visible()
    uploader.press("Upload")
    uploader.link(fight)

    assert supabase.received == fight.read_bytes()
    assert supabase.offsets == [0, 6 * MIB, 6 * MIB + 1000, 12 * MIB + 1000]
    assert supabase.sums == [str(crc64nvme(fight.read_bytes()))]


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_list_can_be_read_by_everyone_and_worked_with_the_keyboard(server, new_context, tmp_path, colours):
    page = new_context(color_scheme=colours).new_page()
    uploader = Uploader(page, server.url)
    first = film(tmp_path, "first.mp4", 2 * MIB)
    same, archive = tmp_path / f"same {colours}.mp4", tmp_path / "archive.mp4"
    same.write_bytes(first.read_bytes())
    archive.write_bytes(b"PK\x03\x04")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").press("Enter")
    chooser.value.set_files([first, archive])
    upload = page.get_by_role("button", name="Upload", exact=True)
    expect(upload).to_be_enabled()
    upload.press("Enter")
    uploader.link(first)
    uploader.begin(same)
    expect(uploader.row(same)).to_contain_text("In the library already")

    assert_readable(page)
    assert_fits(page)
