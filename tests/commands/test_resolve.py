"""resolve: where a link leads, for people and for programs."""

import pytest

from core.bootstrap import open_platform
from core.catalog.catalog import remember_link
from core.catalog.video import Visibility
from core.settings import load_settings
from tests.catalog.videos import original, put, video
from tests.commands.test_commands import Terminal, terminal

__all__ = ["terminal"]


@pytest.fixture
def stone(own_environment, monkeypatch) -> str:
    """A private video on this machine, with an old link."""
    monkeypatch.setenv("PHYGHT_DEMO", "off")
    database = open_platform(load_settings()).database
    put(database, video(visibility=Visibility.PRIVATE), [("local", [original()])])
    with database.transaction() as connection:
        remember_link(connection, "v1", "supabase", "fights", "2024/a.mp4")
    return "v1"


def test_for_people_it_tells_what_the_link_names_and_where_that_is(terminal: Terminal, stone):
    assert terminal.run("resolve", "/v/slug-v1") == 0

    *facts, url = terminal.out.splitlines()
    assert [line.split(maxsplit=1)[0] for line in facts] == [
        "video",
        "title",
        "link",
        "served",
        "visibility",
        "type",
        "expires",
    ]
    assert url.startswith("http://127.0.0.1:8501/objects/videos/v1/original.mp4?expires=")


def test_for_programs_it_tells_the_same(terminal: Terminal, stone):
    answer = terminal.json("resolve", "https://abcd.supabase.co/storage/v1/object/public/fights/2024/a.mp4")

    assert (answer["id"], answer["slug"], answer["provider"], answer["visibility"]) == (
        "v1",
        "slug-v1",
        "local",
        "private",
    )
    assert answer["url"].startswith("http://127.0.0.1:8501/objects/videos/v1/original.mp4?expires=")
    assert answer["expires_at"].endswith(":00:00.000000Z")
    assert (answer["content_type"], answer["poster"], answer["cookies"]) == ("video/mp4", None, {})


@pytest.mark.parametrize("link", ["/v/nobody-7hq2mx", "/object/public/fights/other.mp4", "https://example.com/"])
def test_an_unknown_link_is_one_sentence_and_exit_status_1(terminal: Terminal, stone, link):
    assert terminal.run("resolve", link) == 1

    assert terminal.out == ""
    assert terminal.err.count("\n") == 1
    assert "There is no video" in terminal.err or "is no link of a video" in terminal.err


def test_cookies_are_for_a_distribution_that_asks_for_signatures(terminal: Terminal, stone):
    assert terminal.run("resolve", "slug-v1", "--cookies") == 1

    assert "is not served through a distribution that asks for signatures" in terminal.err
