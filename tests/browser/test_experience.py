"""How watching went on a line that is too slow is found in the answer and on the page, as the browser had it."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import CDPSession, Page, expect

from core.costs.period import Period
from core.ingestion import ingest
from core.performance.experience import experience
from core.settings import load_settings
from core.sqlite_database import SqliteDatabase
from core.warehouse import Warehouse
from tests.browser.server import Server
from tests.browser.test_player import clip, player_on

#: Bytes a second: the first piece takes seconds, and then nothing comes any more.
_SLOW, _DRY = 60_000, 200
#: What the browser's own events and the answer may be apart, in ms: the events go through two listeners.
_ERROR_MS = 250
#: A tile shows hundredths of a second, and tenths of a percent.
_ROUNDED_MS, _ROUNDED = 5, 0.05
#: A browser without a window says so, and is taken for a script.
_PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"
_WATCH = """place => {
    const seen = (window.seen = []);
    for (const name of ["play", "waiting", "playing", "pause"])
        place.player.video.addEventListener(name, () => seen.push([name, performance.now()]));
}"""


def limit(line: CDPSession, bytes_a_second: int) -> None:
    conditions = {"offline": False, "latency": 50, "downloadThroughput": bytes_a_second, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", conditions)


def pause(page: Page) -> None:
    """Pause, and wait until that was told."""
    with page.expect_response(lambda answer: "sta=a" in (answer.request.post_data or "")):
        player_on(page).evaluate("place => place.player.video.pause()")


def shown(page: Page, label: str) -> float:
    """What a tile says: a time in ms, anything else as it is."""
    tile = page.get_by_test_id("stMetric").filter(has_text=label).first
    expect(tile).to_be_visible()
    number, unit = tile.get_by_test_id("stMetricValue").inner_text().replace("\u202f", " ").split()
    return float(number.replace(",", "")) * (1000 if unit == "s" else 1)


def test_a_slow_line_is_found_in_the_answer_and_on_the_page(server: Server, new_context):
    video = clip(server)
    page = new_context(user_agent=_PERSON).new_page()
    page.goto(f"{server.url}/watch/{video.slug}")
    player = player_on(page)
    expect(page.get_by_role("button", name="Play").first).to_be_visible()
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    player.evaluate(_WATCH)

    limit(line, _SLOW)
    page.get_by_role("button", name="Play").first.click()
    expect(player).to_have_attribute("data-state", "p")
    limit(line, _DRY)
    expect(player).to_have_attribute("data-state", "r")
    limit(line, -1)
    expect(player).to_have_attribute("data-state", "p")
    pause(page)
    seen = player.evaluate("() => window.seen")
    session = player.evaluate("place => place.player.session")

    start = next(at for name, at in seen if name == "play")
    moved = next(at for name, at in seen if name == "playing")
    dry = next(at for name, at in seen if name == "waiting" and at > moved)
    again = next(at for name, at in seen if name == "playing" and at > dry)
    found = answer(server, video.id, session)
    assert found.startup_p50_ms == pytest.approx(moved - start, abs=_ERROR_MS)
    assert found.stalls == 1
    assert found.stalled_ms == pytest.approx(again - dry, abs=_ERROR_MS)

    today = datetime.now(UTC).date()
    days = f"from={today - timedelta(1)}&to={today + timedelta(1)}"
    page.goto(f"{server.url}/performance?section=experience&video={video.id}&{days}")
    assert shown(page, "Start-up, p50") == pytest.approx(moved - start, abs=_ERROR_MS + _ROUNDED_MS)
    still, lasted = again - dry, again - dry + found.watched_ms
    assert shown(page, "Rebuffering") == pytest.approx(100 * still / lasted, abs=100 * _ERROR_MS / lasted + _ROUNDED)


def answer(server: Server, video: str, session: str):
    """What is known of the session, when nothing but that was told."""
    home = server.home / "demo"
    only = [each for file in sorted((home / "telemetry").glob("*.jsonl")) for each in file.read_text().splitlines(True)]
    spool = home.parent / "told"
    spool.mkdir(exist_ok=True)
    today = datetime.now(UTC).date()
    (spool / f"cmcd-{today}.jsonl").write_text("".join(each for each in only if session in each))
    database, folder = SqliteDatabase(home / "phyght.db"), home / "warehouse"
    ingest(str(spool), database, folder, load_settings(), lambda: datetime.now(UTC))
    period = Period(today - timedelta(1), today + timedelta(1))
    found = experience(Warehouse(folder, database), period, video=video).total
    assert found is not None
    return found
