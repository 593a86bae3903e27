"""Watching over HTTP: links lead to where videos play, for whom they may, and to a sentence otherwise."""

import html
import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

import pytest

from core.access.roles import Role
from core.catalog.catalog import remember_link
from core.catalog.video import Visibility
from core.delivery.seal import Purpose
from core.storage.local import LocalProvider
from dashboard.visitor import COOKIE
from tests.catalog.videos import original, put, video
from tests.dashboard.conftest import BOSS, PASSWORD, quick_hashing
from tests.dashboard.http import CONTENTS, PERSON, client, watched

__all__ = ["quick_hashing"]

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"


@pytest.fixture
def stone(platform):
    """A public video with an old link."""
    made = watched(platform)
    with platform.database.transaction() as connection:
        remember_link(connection, "v1", "supabase", "fights", "2024/a b%.mp4")
    return made


@pytest.fixture
def private(platform):
    """A private video."""
    return watched(platform, visibility=Visibility.PRIVATE)


def signed_in(platform, role: Role = Role.VIEWER):
    """A browser in which somebody is signed in."""
    now, sessions = datetime.now(UTC), platform.access.sessions
    given = platform.access.accounts.add(BOSS, "anna", role, now)
    token = sessions.sign_in("anna", given, "203.0.113.9", now)
    found = client()
    found.cookies.set(COOKIE, sessions.change_password(token, given, PASSWORD, "203.0.113.9", now))
    return found


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "link",
    [
        "/v/slug-v1",
        "/v/object/public/fights/2024/a%20b%25.mp4",
        "/v/storage/v1/object/sign/fights/2024/a%20b%25.mp4?token=x.y.z",
        "/v/object/authenticated/fights/2024/a%20b%25.mp4",
        "/v/https://abcd.supabase.co/storage/v1/object/public/fights/2024/a%20b%25.mp4",
        "/v/https:/abcd.supabase.co/storage/v1/object/public/fights/2024/a%20b%25.mp4",
    ],
)
def test_a_link_leads_to_the_master(stone, link, method):
    answer = client().request(method, link)

    assert (answer.status_code, answer.headers["location"]) == (302, "/play/v1/master.m3u8")
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.headers["vary"] == "Accept, Sec-Fetch-Dest, User-Agent"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_percent_signs_are_read_once(stone):
    assert client().get("/v/object/public/fights/2024/a%2520b%2525.mp4").status_code == 404


def test_an_old_link_to_a_picture_leads_to_the_poster_for_people_too(stone):
    for headers in ({}, PERSON):
        answer = client(**headers).get("/v/render/image/public/fights/2024/a%20b%25.mp4?width=200")
        assert (answer.status_code, answer.headers["location"]) == (302, "/play/v1/poster")


def test_from_a_link_to_the_bytes_everything_is_there(stone):
    player = client()
    master = player.get(player.get("/v/slug-v1").headers["location"])
    assert master.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert master.headers["cache-control"] == "public, max-age=60"
    rung = player.get(re.findall("^[^#].*", master.text, re.MULTILINE)[0])

    (segment,) = re.findall("^[^#].*", rung.text, re.MULTILINE)
    first = player.get(f"{segment}&CMCD=bl%3D100", headers={"range": "bytes=0-23"})

    assert (first.status_code, first.content) == (206, CONTENTS["720p"][:24])
    assert f'#EXT-X-MAP:URI="{segment}",BYTERANGE="24@0"' in rung.text
    assert player.get(player.get("/play/v1/poster").headers["location"]).content == CONTENTS["poster"]


@pytest.mark.parametrize(
    ("agent", "leads_to"),
    [(FIREFOX, "/objects/"), (CHROME.format(120), "/objects/"), (CHROME.format(156), "/play/"), (SAFARI, "/play/")],
    ids=["Firefox", "Chrome before HLS", "Chrome", "Safari"],
)
def test_a_video_element_gets_hls_only_where_it_plays_that(stone, agent, leads_to):
    answer = client(**{"user-agent": agent, "sec-fetch-dest": "video"}).get("/v/slug-v1")

    assert answer.headers["location"].startswith(leads_to)


def test_what_is_not_a_video_element_gets_hls_whatever_it_is(stone):
    answer = client(**{"user-agent": FIREFOX, "sec-fetch-dest": "empty"}).get("/v/slug-v1")

    assert answer.headers["location"].startswith("/play/")


# What a person sees


@pytest.mark.parametrize("link", ["slug-v1", "object/public/fights/2024/a%20b%25.mp4?download=1"])
def test_a_person_who_opens_a_link_gets_a_page_with_a_player(stone, link):
    answer = client(**PERSON).get(f"/v/{link}")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/watch/{link}")

    page = client(**PERSON).get(answer.headers["location"])

    told = json.loads(re.search('id="told">(.*?)</script>', page.text)[1])
    assert (told["title"], told["url"], told["adapts"]) == ("Rivera vs Stone", "/play/v1/master.m3u8", True)
    assert (told["poster"], told["takesParameters"]) == ("/play/v1/poster", True)
    assert "<h1>Rivera vs Stone</h1>" in page.text


def test_a_title_is_shown_and_does_nothing_else(platform):
    watched(platform, title="</script><script>alert(1)</script><b>")

    text = client(**PERSON).get("/watch/slug-v1").text

    assert "alert(1)</script>" not in text
    assert "<b>" not in text
    assert "<h1>&lt;/script&gt;&lt;script&gt;alert(1)" in text


def test_the_page_loads_nothing_but_our_own_scripts(stone):
    policy = client(**PERSON).get("/watch/slug-v1").headers["content-security-policy"]

    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-")
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    "path", ["/v/nobody-7hq2mx", "/watch/nobody-7hq2mx", "/v/", "/v/object/public/fights/x.mp4", "/v/%00"]
)
def test_an_unknown_link_is_404_as_json_and_as_a_page(stone, path):
    program, person = client().get(path), client(**PERSON).get(path)

    assert (program.status_code, person.status_code) == (404, 404)
    assert program.json().keys() == {"error", "advice"}
    assert html.escape(program.json()["error"]) in person.text
    assert person.headers["content-type"] == "text/html; charset=utf-8"
    assert program.headers["cache-control"] == person.headers["cache-control"] == "no-store"
    assert client().head(path).status_code == 404


def test_a_name_that_tries_to_be_something_else_is_shown_as_text(stone):
    assert "<script" not in client(**PERSON).get("/v/<script>alert(1)<!--").text


def test_a_video_that_cannot_be_played_says_so(platform):
    put(platform.database, video("v1"))
    put(platform.database, video("v2"), [("s3", [original("v2")])])

    assert client().get("/v/slug-v1").status_code == 404
    gone = client().get("/v/slug-v2")
    assert (gone.status_code, gone.json()["error"]) == (503, "The storage provider 's3' is not configured.")


# Private videos


@pytest.mark.parametrize(
    "path", ["/v/slug-v1", "/watch/slug-v1", "/play/v1/master.m3u8", "/play/v1/poster", "/play/v1/720p"]
)
def test_a_private_video_is_nothing_for_a_stranger(private, path):
    answer = client().get(path)

    assert (answer.status_code, answer.json()["error"]) == (401, "This video is private.")
    assert "location" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def test_a_stranger_is_shown_the_way_in(private):
    page = client(**PERSON).get("/v/slug-v1?expires=1&signature=x%20y")

    assert page.status_code == 401
    (link,) = re.findall('href="(/sign-in[^"]*)"', page.text)
    assert html.unescape(link) == "/sign-in?next=" + quote("/v/slug-v1?expires=1&signature=x%20y")


def test_who_may_see_the_library_watches_it_and_nothing_of_it_is_kept(platform, private):
    anna = signed_in(platform)

    answer = anna.get("/v/slug-v1")

    assert answer.headers["location"].startswith("/play/v1/master.m3u8?expires=")
    assert answer.headers["cache-control"] == "private, no-store"
    elsewhere = client()
    master = elsewhere.get(answer.headers["location"])
    assert master.headers["cache-control"] == "private, no-store"
    (rung, *_others) = re.findall("^[^#].*", master.text, re.MULTILINE)
    (segment,) = re.findall("^[^#].*", elsewhere.get(rung).text, re.MULTILINE)
    assert elsewhere.get(segment).content == CONTENTS["720p"]


def test_another_sites_page_cannot_use_who_is_signed_in(platform, private):
    anna = signed_in(platform)

    assert anna.get("/v/slug-v1", headers={"origin": "https://evil.example"}).status_code == 401


def test_a_link_that_was_given_to_somebody_lets_in_and_only_there(platform, private):
    tomorrow = datetime.now(UTC) + timedelta(1)
    link = f"/v/slug-v1?{platform.resolver.seal.query(Purpose.WATCH, 'slug-v1', tomorrow)}"

    assert client().get(link).headers["location"].startswith("/play/v1/master.m3u8?expires=")
    assert client(**PERSON).get(link).headers["location"] == link.replace("/v/", "/watch/")
    assert client(**PERSON).get(link.replace("/v/", "/watch/")).status_code == 200
    assert client().get(f"{link}0").status_code == 401
    assert client().get(f"/play/v1/master.m3u8?{urlsplit(link).query}").status_code == 401


def test_a_one_time_password_does_not_let_in(platform, private):
    now, sessions = datetime.now(UTC), platform.access.sessions
    given = platform.access.accounts.add(BOSS, "anna", Role.VIEWER, now)
    found = client()
    found.cookies.set(COOKIE, sessions.sign_in("anna", given, "203.0.113.9", now))

    assert found.get("/v/slug-v1").status_code == 401


@pytest.mark.parametrize("path", ["/play/v1/original", "/play/v1/nothing", "/play/v9/master.m3u8"])
def test_what_is_not_handed_on_is_404(stone, path):
    assert client().get(path).status_code == 404


def test_a_playlist_that_leads_elsewhere_is_not_handed_on(platform, stone, monkeypatch):
    monkeypatch.setitem(CONTENTS, "master.m3u8", b"#EXTM3U\nhttps://evil.example/a.m3u8\n")
    watched(platform, "v2")

    answer = client().get("/play/v2/master.m3u8")

    assert (answer.status_code, "leads out of its folder" in answer.json()["error"]) == (502, True)


def test_who_looks_with_head_is_led_to_where_head_is_answered(stone, monkeypatch):
    monkeypatch.setattr(LocalProvider, "head_url", lambda *_: "/for-head", raising=False)

    answers = [client().request(method, "/play/v1/poster") for method in ("HEAD", "GET")]

    assert answers[0].headers["location"] == "/for-head"
    assert answers[1].headers["location"].startswith("/objects/")
