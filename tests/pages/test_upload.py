"""Upload: what was uploaded, how fast and at what cost; and what to do where nothing was."""

from datetime import UTC, datetime, timedelta

import pytest

from core.access.roles import Role, User, Via
from core.media import packagings
from core.media.packagings import State
from core.storage.checksums import crc64nvme
from core.uploads.new_file import NewFile
from tests.pages.bills import tiles, words
from tests.uploads.conftest import video

DEMO = User("demo", Role.ADMIN, Via.DEMO)
OLGA = User("olga", Role.OPERATOR, Via.PASSWORD)


def bring_in(platform, user: User, title: str, seed: int = 0, seconds: float = 10, complete: bool = True) -> None:
    """A film of 10 MB that takes so long."""
    content, now = video(10_000, seed), datetime.now(UTC) - timedelta(hours=1)
    there = platform.uploads.start(user, NewFile("fight.mp4", len(content), content, title), now)
    platform.uploads.parts.write(user, there.session.id, 1, content, now)
    if complete:
        later = now + timedelta(seconds=seconds)
        platform.uploads.complete(user, there.session.id, crc64nvme(content), None, later)


def test_where_nothing_was_uploaded_it_says_what_to_do(empty, visit):
    text = words(visit("upload"))

    assert "Nothing was uploaded yet. Drop a video above" in text
    assert tiles(visit("upload")) == {}


def test_each_upload_stands_there_with_its_state_speed_cost_and_link(empty, visit):
    bring_in(empty, DEMO, "Rivera vs Stone")
    bring_in(empty, OLGA, "Weigh-in", seed=1, complete=False)

    (table,) = visit("upload").dataframe

    rows = {row["Title"]: row for row in table.value.to_dict("records")}
    slug = empty.catalog.videos_of_content(crc64nvme(video(10_000)), 10_000)[0].slug
    fight, weigh_in = rows["Rivera vs Stone"], rows["Weigh-in"]
    assert (fight["State"], fight["Size"], fight["Speed"], fight["Cost a month"], fight["Link"], fight["By"]) == (
        "done", "9.8 KiB", "1,000 bytes/s", "$0.00", f"/v/{slug}", "demo"
    )  # fmt: skip
    assert (weigh_in["State"], weigh_in["Speed"], weigh_in["Link"], weigh_in["By"]) == ("under way", "", "", "olga")


def test_what_became_of_the_packaging_stands_beside_each(empty, visit):
    bring_in(empty, DEMO, "Not a video")
    bring_in(empty, DEMO, "Weigh-in", seed=1)
    for seed in (0, 1):
        (found,) = empty.catalog.videos_of_content(crc64nvme(video(10_000, seed)), 10_000)
        empty.media.request(found.id)
        if seed == 0:
            with empty.database.transaction() as connection:
                packagings.move(connection, found.id, State.FAILED, datetime.now(UTC), "It is no video.")

    rows = visit("upload").dataframe[0].value.to_dict("records")

    assert {row["Title"]: (row["State"], row["Packaging"], row["Problem"]) for row in rows} == {
        "Not a video": ("done", "failed", "It is no video."),
        "Weigh-in": ("done", "waits", ""),
    }


def test_on_a_phone_a_title_leads_to_its_video_and_what_is_known_stands_below(empty, visit):
    bring_in(empty, DEMO, "Rivera <vs> Stone")
    (found,) = empty.catalog.videos_of_content(crc64nvme(video(10_000)), 10_000)

    (table,) = [each.proto.body for each in visit("upload").get("html") if "<table" in each.proto.body]

    assert f'<a href="/v/{found.slug}">Rivera &lt;vs&gt; Stone</a><small>9.8 KiB · ' in table
    assert "<td>done" in table


def test_who_is_no_administrator_sees_their_own(empty, visit, monkeypatch):
    bring_in(empty, OLGA, "Hers", complete=False)
    bring_in(empty, DEMO, "Mine", seed=1)

    (table,) = visit("upload", role="operator").dataframe

    assert table.value["Title"].tolist() == ["Mine"]
    assert "By" not in table.value


def test_an_administrator_calls_off_what_somebody_else_left(empty, visit):
    bring_in(empty, OLGA, "Hers", complete=False)
    bring_in(empty, DEMO, "Mine", seed=1, complete=False)
    app = visit("upload")
    assert app.selectbox(key="upload-of-others").options == ["Hers, olga, 9.8 KiB"]

    app.button(key="upload-cancel").click().run()

    assert not app.exception
    states = dict(zip(app.dataframe[0].value["Title"], app.dataframe[0].value["State"], strict=True))
    assert states == {"Hers": "called off", "Mine": "under way"}
    assert empty.audit.latest(DEMO)[0].action == "abort upload"
    assert not any(box.key == "upload-of-others" for box in app.selectbox)


def test_the_tiles_tell_how_the_last_month_s_uploads_went(empty, visit):
    for seed, seconds in ((0, 10), (1, 5), (2, 2)):  # 1,000, 2,000 and 5,000 bytes a second
        bring_in(empty, DEMO, "Fight", seed, seconds)

    assert {label: value for label, (value, _) in tiles(visit("upload")).items()} == {
        "Uploaded": "29.3 KiB", "Upload success": "100 %", "Upload speed": "2.0 KiB/s"
    }  # fmt: skip
    assert "Upload speed" in tiles(visit("overview"))


def test_where_a_residency_is_kept_it_can_be_asked_for(empty, visit, monkeypatch):
    assert [box.label for box in visit("upload").selectbox] == ["View as"]

    monkeypatch.setattr(empty.providers.all[0], "residency", "EU")
    app = visit("upload")

    assert app.selectbox(key="upload-residency").options == ["anywhere", "EU"]


@pytest.mark.parametrize("role", ["viewer", "analyst"])
def test_who_may_not_upload_sees_why(empty, visit, role):
    app = visit("upload", role=role)

    assert f"The role {role} may not upload videos." in "".join(html.proto.body for html in app.get("html"))
    assert not app.title
