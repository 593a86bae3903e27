"""Library: videos are found by what the URL states, listed, and opened; each figure is the right one."""

import pytest
from streamlit.testing.v1 import AppTest

from core.access.audit import AuditEntry, Outcome, add_entry
from core.access.roles import Via
from core.bootstrap import Platform
from core.catalog.catalog import remember_link
from core.catalog.video import Visibility
from core.media import packagings
from core.media.ladder import Ladder
from core.media.packagings import State
from core.storage.provider import StorageClass
from core.units import GIB
from tests.catalog.videos import NOW, original, packaged, put, video
from tests.dashboard.conftest import BOSS
from tests.dashboard.http import watched
from tests.pages.bills import HOSTILE, told, words


@pytest.fixture
def library(empty: Platform) -> Platform:
    """One video that plays from this machine, a private one on Supabase and S3, and one with nothing."""
    watched(empty, title="Rivera vs Stone", duration_s=75)
    put(
        empty.database,
        video("v2", title="Okafor vs Silva", visibility=Visibility.PRIVATE, residency="EU", size_bytes=GIB),
        [("supabase", [original("v2", storage_class=StorageClass.STANDARD)]), ("s3", [original("v2", size_bytes=GIB)])],
        served="s3",
    )
    put(empty.database, video("v3", title="Lost fight"))
    with empty.database.transaction() as connection:
        remember_link(connection, "v2", "supabase", "fights", "2024/okafor.mp4")
    return empty


def titles(app: AppTest) -> list[str]:
    return [card["title"] for card in told(app, "phyght_cards")["cards"]]


def stated(app: AppTest) -> dict[str, str]:
    """What the URL states, of the page's own."""
    values = {name: each if isinstance(each, str) else "".join(each) for name, each in app.query_params.items()}
    return {name: value for name, value in values.items() if value and name != "view_as"}


def test_an_empty_library_leads_to_upload(empty, visit):
    app = visit("library")

    assert "No videos yet" in words(app)
    assert not app.get("bidi_component")
    assert "Operators can." in words(visit("library", role="viewer"))


def test_all_videos_are_there_as_cards_with_what_matters(library, visit):
    app = visit("library")

    assert "**3 videos**" in words(app)
    cards = {card["title"]: card for card in told(app, "phyght_cards")["cards"]}
    assert cards["Rivera vs Stone"] | {"hue": 0} == {
        "title": "Rivera vs Stone",
        "href": "/video?video=slug-v1",
        "poster": "/play/v1/poster",
        "length": "1:15",
        "facts": "2.2 KiB · This machine",
        "cost": "",
        "badges": [],
        "hue": 0,
    }
    # 1 GiB in GLACIER_IR is $0.004; 1,000 bytes on Supabase are next to nothing
    assert cards["Okafor vs Silva"]["facts"] == "1.0 GiB · S3 + Supabase"
    assert cards["Okafor vs Silva"]["cost"] == "<$0.01 a month, list price"
    assert cards["Okafor vs Silva"]["poster"] is None
    assert cards["Okafor vs Silva"]["badges"] == ["Private", "Original only"]
    assert (cards["Lost fight"]["facts"], cards["Lost fight"]["badges"]) == ("0 bytes · nowhere", ["Nothing to watch"])


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"q": "silva"}, ["Okafor vs Silva"]),
        ({"provider": "supabase"}, ["Okafor vs Silva"]),
        ({"class_": "INTELLIGENT_TIERING"}, ["Rivera vs Stone"]),
        ({"residency": "EU"}, ["Okafor vs Silva"]),
        ({"residency": "anywhere", "sort": "title"}, ["Lost fight", "Rivera vs Stone"]),
        ({"visibility": "private"}, ["Okafor vs Silva"]),
        ({"state": "packaged"}, ["Rivera vs Stone"]),
        ({"sort": "dearest"}, ["Okafor vs Silva", "Rivera vs Stone", "Lost fight"]),
        (
            {"sort": "nonsense", "state": "<b>", "page_": "-7", "layout": "x"},
            ["Rivera vs Stone", "Okafor vs Silva", "Lost fight"],
        ),
    ],
    ids=str,
)
def test_the_url_states_what_is_found(library, visit, params, found):
    assert titles(visit("library", **params)) == found


def test_what_is_chosen_is_stated_in_the_url_and_can_be_cleared(library, visit):
    app = visit("library", page_="1")
    app.text_input(key="library-search").set_value("vs").run()
    app.selectbox(key="select Stored at").set_value("s3").run()
    assert stated(app) == {"q": "vs", "provider": "s3"}
    assert titles(app) == ["Okafor vs Silva"]
    assert "**1 video** of 3" in words(app)

    app.button(key="library-clear").click().run()

    assert stated(app) == {}
    assert len(titles(app)) == 3


def test_choices_say_how_many_videos_they_are_of(library, visit):
    assert visit("library").selectbox(key="select Stored at").options == [
        "All", "This machine (1)", "S3 (1)", "Supabase (1)",
    ]  # fmt: skip


def test_a_place_of_the_url_that_is_none_is_a_choice_that_finds_nothing(library, visit):
    app = visit("library", provider="moon")

    assert "**No video is like that.**" in words(app)
    assert app.selectbox(key="select Stored at").value == "moon"


@pytest.mark.parametrize(
    "link", ["/v/slug-v2", "https://a.supabase.co/storage/v1/object/public/fights/2024/okafor.mp4"]
)
def test_a_link_in_the_search_opens_its_video(library, visit, link):
    app = visit("library")
    app.text_input(key="library-search").set_value(link).run()

    assert told(app, "phyght_visit") == {"address": "/video?video=slug-v2"}


def test_the_table_shows_the_same_videos(library, visit):
    app = visit("library", layout="table", sort="title")

    frame = app.dataframe[0].value
    assert frame[["Title", "Length", "Size", "Stored", "A month", "At", "State", "Visibility"]].to_numpy().tolist() == [
        ["Lost fight", "", "1,000 bytes", "0 bytes", "$0.00", "nowhere", "Nothing to watch", "Public"],
        ["Okafor vs Silva", "", "1.0 GiB", "1.0 GiB", "<$0.01", "S3 + Supabase", "Original only", "Private"],
        ["Rivera vs Stone", "1:15", "1,000 bytes", "2.2 KiB", "$0.00", "This machine", "Packaged", "Public"],
    ]


def test_pages_are_turned(library, visit):
    for number in range(30):
        put(library.database, video(f"more{number}", title=f"Prelim {number}"))

    app = visit("library", sort="title")
    assert "1 to 24 of 33" in words(app)
    app.button(key="pager-Next").click().run()

    assert "25 to 33 of 33" in words(app)
    assert (len(titles(app)), stated(app)) == (9, {"sort": "title", "page": "2"})
    assert app.button(key="pager-Next").disabled
    assert titles(visit("library", sort="title", page_="99")) == titles(app)


# One video


def tables(app: AppTest) -> list[list[list[str]]]:
    return [table.value.astype(str).to_numpy().tolist() for table in app.table]


def test_a_video_that_plays_is_given_to_the_player(library, visit):
    app = visit("video", video="slug-v1", q="rivera")

    assert [title.value for title in app.title] == ["Rivera vs Stone"]
    player = told(app, "phyght_player")
    assert (player["url"], player["adapts"], player["poster"]) == ("/play/v1/master.m3u8", True, "/play/v1/poster")
    assert player["storyboard"] == {"cues": "/play/v1/storyboard.vtt", "picture": "/play/v1/storyboard"}
    assert (player["duration"], player["reports"]) == (75, "/cmcd")


def test_a_videos_page_says_where_it_lies_what_it_is_made_of_and_what_that_costs(library, visit):
    app = visit("video", video="slug-v2")

    qualities, now, copies = tables(app)[:3]
    assert now == [
        ["State", "Original only"],
        ["Served from", "S3"],
        ["Residency", "EU"],
        ["Stored", "1\\.0 GiB"],
        ["List price a month", "\\<\\$0\\.01"],
    ]
    assert [row[0] for row in copies] == ["S3\\, served", "Supabase"]
    assert [row[5] for row in copies] == ["S3 is well\\."] * 2
    assert qualities == [["Original", "1\\.0 GiB", "\\<\\$0\\.01", "", "", "Glacier Instant"]]


def test_rungs_are_listed_from_the_highest_and_small_things_together(library, visit):
    rows = tables(visit("video", video="slug-v1"))[0]

    assert [(row[0], row[4]) for row in rows] == [
        ("Original", ""),
        ("720p", "1280 × 720"),
        ("360p", "640 × 360"),
        ("6 playlists and pictures", ""),
    ]


def test_on_a_phone_what_a_rung_is_stands_below_its_name(library, visit):
    narrow = [each.proto.body for each in visit("video", video="slug-v1").get("html") if "<table" in each.proto.body]

    assert (
        '<th scope="row">720p<small>0.0 Mb/s · 1280 × 720 · Intelligent-Tiering</small></th><td>700 bytes</td>'
        in narrow[0]
    )


def test_a_link_to_copy_is_there_and_older_ones_too(library, visit):
    app = visit("video", video="slug-v2")

    codes = [code.value for code in app.code]
    assert codes[0].endswith("/v/slug-v2")
    assert "/storage/v1/object/public/fights/2024/okafor.mp4" in codes
    assert "Private: for whoever is signed in." in words(app)


def test_who_may_shares_a_private_video(library, visit):
    app = visit("video", video="slug-v2")
    app.selectbox(key="library-lasts").set_value("a week").run()
    app.button(key="library-share").click().run()

    (link,) = [code.value for code in app.code if "signature=" in code.value]
    assert "/v/slug-v2?expires=" in link
    assert not [b for b in visit("video", role="viewer", video="slug-v2").button if b.key == "library-share"]
    assert not [b for b in visit("video", video="slug-v1").button if b.key == "library-share"]


def test_what_happened_to_it_is_told_to_those_who_may_see_the_log(library, visit):
    entry = AuditEntry(NOW, "olga", Via.PASSWORD, "upload", "Okafor vs Silva (v2)", Outcome.DONE, "1 GiB to s3")
    with library.database.transaction() as connection:
        add_entry(connection, entry)

    (line,) = tables(visit("video", video="slug-v2"))[-1]
    assert line[1:] == ["olga", "upload", "done", "1 GiB to s3"]
    assert "History" not in words(visit("video", role="operator", video="slug-v2"))


def test_a_video_that_cannot_be_played_here_says_so(library, visit):
    assert "The demo has no bytes of this video" in words(visit("video", video="slug-v2"))
    lost = words(visit("video", video="slug-v3"))
    assert "It cannot be played" in lost
    assert "has no copy that can be watched" in lost


def test_a_video_that_is_not_there_says_so(library, visit):
    app = visit("video", video="nobody-7hq2mx")

    assert [title.value for title in app.title] == ["No such video"]
    assert "There is no video" in words(app)


def test_a_title_that_tries_to_be_something_else_is_shown_as_text(library, visit):
    put(
        library.database, video("v4", title=HOSTILE, created_by=HOSTILE), [("local", [original("v4"), *packaged("v4")])]
    )

    (title,) = visit("video", video="slug-v4").title
    assert "<b>" not in title.value.replace("\\<b\\>", "")
    assert HOSTILE in titles(visit("library", q="evil"))


def test_an_address_that_names_no_video_leads_to_the_library(library, visit):
    app = visit("video")

    assert [title.value for title in app.title] == ["No such video"]
    assert "Choose one in the library." in words(app)


def test_the_pages_are_for_every_role(library, visit):
    assert len(titles(visit("library", role="viewer"))) == 3
    assert [title.value for title in visit("video", role="viewer", video="slug-v1").title] == ["Rivera vs Stone"]


# Packaging


def test_what_was_never_packaged_can_be_by_those_who_may(library, visit):
    put(library.database, video("v5"), [("local", [original("v5")])])

    app = visit("video", video="slug-v5")
    assert "Nobody has asked for it." in words(app)
    assert "It came with its qualities." in words(visit("video", video="slug-v1"))
    app.radio(key="packaging-ladder").set_value(Ladder.FIXED).run()
    app.button(key="packaging-begin").click().run()

    packaging = library.media.packaging("v5")
    assert (packaging.state, packaging.ladder) == ("waiting", "fixed")
    assert "Packaging" in words(app)
    assert [button.key for button in app.button if button.key == "packaging-cancel"]
    assert not [each for each in visit("video", role="viewer", video="slug-v5").button if "packaging" in each.key]


def test_a_packaging_that_goes_on_can_be_cancelled(library, visit):
    library.media.request("v1")
    waiting = library.media.packaging("v1")
    assert waiting
    with library.database.transaction() as connection:
        packagings.begin(connection, waiting, NOW)
        packagings.is_at(connection, "v1", "encoding", 0.4, 200.0)

    app = visit("video", video="slug-v1")
    (progress,) = app.get("progress")
    assert progress.proto.text.replace("\u202f", " ") == "Encoding, 40 %, about 3 minutes left"

    app.button(key="packaging-cancel").click().run()

    assert "cancel packaging" in {line.action for line in library.audit.latest(BOSS)}


def test_what_came_of_it_is_told_with_what_it_saves(library, visit):
    library.media.request("v1")
    with library.database.transaction() as connection:
        connection.execute("update packagings set size_bytes = 600, fixed_bytes = 1000, warnings = '[\"No sound.\"]'")
        packagings.move(connection, "v1", State.DONE, NOW)

    told = words(visit("video", video="slug-v1")).replace("\u202f", " ")

    assert "**Done**, 22 Nov 2026 20:00 UTC" in told
    assert "The qualities take 400 bytes (40 %) less than rates that are the same for all." in told
    assert "No sound\\." in told


def test_why_it_failed_is_told_with_what_to_do(library, visit):
    library.media.request("v1")
    with library.database.transaction() as connection:
        packagings.move(connection, "v1", State.FAILED, NOW, "The file ends early.", "Upload it again.")

    told = words(visit("video", video="slug-v1"))
    assert "A file that cannot be read as a video will fail again" in told
    assert "**Failed**" in told
    assert "The file ends early\\. Upload it again\\." in told


def test_videos_whose_packaging_failed_are_found(library, visit):
    put(library.database, video("v6", title="No film"), [("local", [original("v6")])])
    library.media.request("v6")
    with library.database.transaction() as connection:
        packagings.move(connection, "v6", State.FAILED, NOW, "It is no video.", "Upload another file.")

    app = visit("library", state="failed")

    assert app.selectbox(key="select State").options[2] == "Original only"
    (card,) = told(app, "phyght_cards")["cards"]
    assert (card["title"], card["badges"]) == ("No film", ["Packaging failed"])


def test_where_the_bytes_are_out_of_reach_nothing_can_be_packaged(library, visit):
    assert "Packaging" not in words(visit("video", video="slug-v2"))
