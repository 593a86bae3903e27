"""From a file on somebody's machine to a picture on somebody else's: uploaded, packaged, and watched by its link."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
from playwright.sync_api import Dialog, Page, expect

from tests.browser.films import Stored
from tests.browser.server import Server
from tests.browser.test_player import ELSEWHERE, choose_quality, hurry, player_on
from tests.browser.test_upload import PART_SENT, SIGNED, Uploader, broken, busy, fault, slow_down
from tests.jobs.waiting import wait_until

#: What packaging a clip may take on a busy machine.
PACKAGED_WITHIN_S = 300


def clip(folder: Path, name: str, seconds: int, size: str, *codec: str, rate: int = 25) -> Path:
    """A moving picture with a tone."""
    path, picture = folder / name, f"testsrc2=duration={seconds}:size={size}:rate={rate}"
    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i",
         f"sine=duration={seconds}", *codec, "-shortest", path],
        check=True, timeout=120,
    )  # fmt: skip
    return path


def send_through_trouble(page: Page, server: Server, path: Path) -> str:
    """Upload a file through faults, a pause and a reload; returns its link."""
    uploader = Uploader(page, server.url)
    fault(page, PART_SENT, 3, busy)
    fault(page, SIGNED, 2, broken)
    slow_down(page)
    uploader.begin(path)
    uploader.press(f"Pause {path.name}")
    expect(uploader.row(path)).to_contain_text("Paused")
    uploader.press(f"Go on with {path.name}")
    uploader.wait_for_parts(1)
    page.once("dialog", Dialog.accept)
    page.reload()
    expect(page.get_by_text("Pick the same files again to go on")).to_be_visible()
    uploader.begin(path)
    return uploader.link(path)


def watch_to_the_end(page: Page, link: str) -> str:
    """Play by a link, in another quality than it began with; returns where the video came to its end, and is long."""
    page.goto(link)
    page.get_by_role("button", name="Play").first.click()
    player = player_on(page)
    expect(player).to_have_attribute("data-state", "p")
    begun = player.get_attribute("data-quality")
    page.get_by_role("button", name="Quality").click()
    names = page.get_by_role("menuitemradio").all_inner_texts()
    page.keyboard.press("Escape")
    other = next(name for name in names if name.endswith("p") and name != begun)
    choose_quality(page, other)
    expect(player).to_have_attribute("data-quality", other)
    hurry(player)
    expect(player).to_have_attribute("data-state", "e")
    return player.evaluate(
        "place => `${Math.round(place.player.video.currentTime)} of ${Math.round(place.player.video.duration)}`"
    )


def test_a_clip_is_uploaded_packaged_and_watched_by_somebody_else(server, page, new_context, tmp_path):
    path = clip(tmp_path, "main event.mkv", 8, "640x360", "-c:v", "rawvideo", "-pix_fmt", "yuv420p", rate=12)

    link = send_through_trouble(page, server, path)

    stored = Stored(server)
    assert stored.content(link) == path.read_bytes()
    assert stored.unfinished() == []
    wait_until(lambda: stored.is_packaged(link), "packaged", longest_s=PACKAGED_WITHIN_S)
    other = new_context(extra_http_headers=ELSEWHERE).new_page()
    assert watch_to_the_end(other, link) == "8 of 8"
