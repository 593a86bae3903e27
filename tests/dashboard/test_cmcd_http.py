"""CMCD over HTTP: what players tell is kept without who they are, and nothing that comes stops it."""

import json

import pytest

from core.telemetry.rate import Rate
from dashboard import cmcd_http
from tests.dashboard.conftest import ORIGIN
from tests.dashboard.http import client

EVENT = 'cid="stone",e=ps,sid="6e2f",sn=0,sta=s,ts=1795381200123,v=2'


@pytest.fixture(autouse=True)
def fresh_rate(monkeypatch):
    """Nobody has told anything yet."""
    monkeypatch.setattr(cmcd_http, "_rate", Rate(burst=10, a_second=0))


def kept(platform) -> list[dict]:
    files = sorted((platform.home / "telemetry").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def post(body, address="203.0.113.9", origin=ORIGIN):
    return client(address, origin).post("/cmcd", content=body, headers={"content-type": "application/cmcd"})


def test_events_are_kept_a_line_each(platform):
    answer = post(f"{EVENT}\n{EVENT.replace('sta=s', 'sta=p')}\n")

    assert (answer.status_code, answer.content) == (204, b"")
    assert [(line["mode"], line["cmcd"]["sta"], line["cmcd"]["sid"]) for line in kept(platform)] == [
        ("event", "s", "6e2f"),
        ("event", "p", "6e2f"),
    ]


def test_what_comes_in_a_query_is_kept_too(platform):
    answer = client(origin=ORIGIN).get("/cmcd", params={"CMCD": 'bl=1000,bs,sid="6e2f"'})

    assert answer.status_code == 204
    assert [(line["mode"], line["cmcd"]) for line in kept(platform)] == [
        ("request", {"bl": 1000, "bs": True, "sid": "6e2f"})
    ]


def test_where_somebody_is_and_before_which_device_is_kept_and_no_more(platform):
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Secret/77"
    headers = {"content-type": "application/cmcd", "user-agent": agent, "cloudfront-viewer-country": "de"}
    client("203.0.113.9", ORIGIN).post("/cmcd", content=EVENT, headers=headers)
    post(EVENT)

    assert [(line["country"], line["device"], line["percent"]) for line in kept(platform)] == [
        ("DE", "phone", 100), ("", "other", 100),
    ]  # fmt: skip
    assert "Secret" not in json.dumps(kept(platform))


@pytest.mark.parametrize("country", ["", "Germany", "1.", "d\u00e9", "<b"])
def test_what_is_no_country_is_none(platform, country):
    headers = {"content-type": "application/cmcd", "cloudfront-viewer-country": country.encode("latin-1")}
    client("203.0.113.9", ORIGIN).post("/cmcd", content=EVENT, headers=headers)

    assert [line["country"] for line in kept(platform)] == [""]


def test_who_told_it_is_kept_nowhere(platform):
    post(EVENT, "198.51.100.77")

    files = [file for file in platform.home.rglob("*") if file.is_file()]
    assert not [file for file in files if b"198.51.100.77" in file.read_bytes()]


@pytest.mark.parametrize(
    "body",
    [b"", b"\0" * 1000, b"\xff\xfe\xfd", b"<html>", b"{}", b",,,,=\n" * 500, "🥊".encode(), b"e=" + b"(" * 9000],
    ids=range(8),
)
def test_garbage_is_let_go(platform, body):
    assert post(body).status_code == 204
    assert kept(platform) == []


def test_too_much_at_once_is_refused(platform):
    assert post(b"x" * (cmcd_http.LONGEST_BODY + 1)).status_code == 413
    assert post("\n".join(["bs"] * 500)).status_code == 204
    assert len(kept(platform)) == cmcd_http.MOST_REPORTS


def test_who_tells_too_often_has_to_wait_and_others_have_not(platform):
    statuses = [post(EVENT).status_code for _ in range(12)]

    assert statuses == [204] * 10 + [429] * 2
    assert post(EVENT).headers["retry-after"] == "10"
    assert post(EVENT, "198.51.100.77").status_code == 204
    assert len(kept(platform)) == 11


def test_a_page_of_another_site_tells_nothing(platform):
    assert post(EVENT, origin="https://evil.example").status_code == 403
    assert kept(platform) == []


def test_a_disk_that_is_full_is_no_trouble_for_the_player(platform):
    (platform.home / "telemetry").write_text("in the way")

    assert post(EVENT).status_code == 204
