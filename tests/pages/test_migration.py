"""Migration: planned, started, watched and taken back on the page; each figure is the right one, for each role."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Role, User, Via
from core.bootstrap import Platform
from core.catalog.catalog import add_video, record_copy, serve_from
from core.catalog.video import CopyObject, Kind, Video, Visibility
from core.demo.folders import SOURCE, TARGET
from core.jobs.work import Requests
from core.migration.mover import Mover
from core.migration.options import Options
from core.migration.state import MOVE, RETIRE, SAMPLE, State
from core.migration.store import queries
from core.storage.provider import Attributes, StorageClass
from core.units import MIB, instant_text
from dashboard.migration_page import as_csv, as_json
from tests.pages.bills import tiles, words

BOSS = User("demo", Role.ADMIN, Via.DEMO)
NOW = datetime.now(UTC)


def put(platform: Platform, id: str, size: int = 1_000, residency: str = "") -> None:
    """A video that lies in the place of Supabase."""
    source = platform.providers.named(SOURCE)
    stored = source.write(f"2025/{id}.mp4", [id[:1].encode() * size], Attributes("video/mp4"))
    video = Video(id, f"slug-{id}", f"Fight {id}", residency, Visibility.PUBLIC, size, None, None, "studio", NOW, None)
    one = CopyObject(Kind.ORIGINAL, "original", stored.key, "video/mp4", size, StorageClass.STANDARD, stored.etag, None)
    with platform.database.transaction() as connection:
        add_video(connection, video)
        record_copy(connection, id, SOURCE, (one,), NOW, "It was there before.")
        serve_from(connection, id, SOURCE, NOW)


@pytest.fixture
def fights(empty: Platform) -> Platform:
    """Three videos of 1 MiB each, and one that must stay in the EU."""
    for id in ("a", "b", "c"):
        put(empty, id, MIB)
    put(empty, "d", MIB, residency="EU")
    return empty


@pytest.fixture
def planned(fights: Platform) -> Platform:
    fights.plans.make(BOSS, Options(SOURCE, TARGET), NOW, name="first")
    return fights


@pytest.fixture
def moved(planned: Platform) -> Platform:
    """All three are moved."""
    planned.migrations.start(BOSS, "first", NOW)
    work(planned)
    return planned


def work(platform: Platform) -> None:
    """What a worker does until nothing is due."""
    mover: Mover = platform.mover
    does, requests = {MOVE: mover.move, RETIRE: mover.retire}, Requests(platform.database)
    for name in does:
        for request in requests.due(datetime.now(UTC) + timedelta(seconds=1), name, 1000):
            requests.taken(request.id)
            does[name](request.argument, lambda: False)
            requests.over(request.id)


def fail(platform: Platform, id: str, problem: str) -> None:
    with platform.database.transaction() as connection:
        queries.set_problem(
            connection, migration_id=plan_id(platform), video_id=id, state=State.FAILED, request=None,
            problem=problem, advice="Put it back.", changed_at=instant_text(NOW),
        )  # fmt: skip


def plan_id(platform: Platform) -> str:
    return platform.plans.get(BOSS, "first").id


def rows(app: AppTest) -> list[list[str]]:
    return app.dataframe[0].value[["Title", "State", "Size", "Attempts", "Last problem"]].to_numpy().tolist()


def plain(app: AppTest) -> str:
    """All words, as they are read."""
    return words(app).replace("\\", "").replace("\N{WORD JOINER}", "")


def keys(app: AppTest) -> set[str]:
    return {each.key.removeprefix("migration-") for each in app.button if str(each.key).startswith("migration-")}


def press(app: AppTest, action: str) -> AppTest:
    """Ask for an action, and agree to what its dialog says."""
    app = app.button(key=f"migration-{action}").click().run()
    return app.button(key="migration-yes").click().run()


def served(platform: Platform) -> list[str | None]:
    return [platform.catalog.video(id).served_from for id in "abc"]


# Planning


def test_the_editor_shows_at_once_what_would_move_and_what_cannot(fights, visit):
    app = visit("migration")

    shown = tiles(app)
    assert shown["Ready to move"][0] == "3 videos"
    # 3 MiB; Supabase takes $0.0213 a GB and S3 $0.023
    assert shown["Storage a month"][0] == "<$0.01"
    text = plain(app)
    assert "The demo moves for real" in text
    assert "It must stay in EU, which demo-s3 does not promise." in text
    assert "1 video cannot move" in text


def test_a_plan_is_saved_under_its_name_and_shown(fights, visit):
    app = visit("migration")
    app.text_input(key="plan-name").set_value("first").run()

    app.button(key="plan-save").click().run()

    assert [each.name for each in fights.plans.all(BOSS)] == ["first"]
    assert app.query_params["migration"] == "first"
    assert [each.value for each in app.title] == ["first"]
    assert keys(app) == {"START", "LIMIT", "DELETE"}


def test_a_name_counts_though_the_plan_is_saved_at_once(fights, visit):
    """As by somebody who types it and presses the button before the page is drawn anew."""
    app = visit("migration")
    app.text_input(key="plan-name").set_value("first")

    app.button(key="plan-save").click().run()

    assert [each.name for each in fights.plans.all(BOSS)] == ["first"]


def test_a_plan_that_was_changed_is_not_saved_before_it_was_looked_at(fights, visit):
    app = visit("migration")
    app.text_input(key="plan-prefix").set_value("2025/a")

    app.button(key="plan-save").click().run()

    assert fights.plans.all(BOSS) == ()
    assert "You have changed what is to be moved." in app.error[0].value.replace("\\", "")
    assert tiles(app)["Ready to move"][0] == "1 video"
    app.button(key="plan-save").click().run()
    assert [each.estimate.videos for each in fights.plans.all(BOSS)] == [1]


def test_a_bandwidth_that_is_none_says_how_it_is_written(fights, visit):
    app = visit("migration")
    app.text_input(key="plan-timetable").set_value("fast").run()

    assert "Write it like 10M" in app.error[0].value


def test_filters_leave_videos_out(fights, visit):
    app = visit("migration")
    app.text_input(key="plan-prefix").set_value("2025/a").run()

    assert tiles(app)["Ready to move"][0] == "1 video"


def test_a_name_that_is_taken_is_said_so(planned, visit):
    app = visit("migration", plan="new")
    app.text_input(key="plan-name").set_value("first").run()
    app.button(key="plan-save").click().run()

    assert "There is a plan" in app.error[0].value
    assert len(planned.plans.all(BOSS)) == 1


def test_where_nothing_lies_at_the_source_it_says_so(empty, visit):
    app = visit("migration")

    assert "Nothing lies at Supabase" in app.info[-1].value
    assert app.button(key="plan-save").disabled


def test_two_plans_are_compared(planned, visit):
    later = NOW + timedelta(seconds=1)
    planned.plans.make(BOSS, Options(SOURCE, TARGET, adopts=True), later, name="second")

    (table,) = visit("migration").table

    figures = {row[0]: row[1:] for row in table.value.astype(str).to_numpy().tolist()}
    assert figures["Egress"] == ["3\\.0 MiB", "0 bytes"]


def test_a_plan_is_exported_with_every_video(planned):
    plan = planned.plans.get(BOSS, "first")

    lines = list(csv.DictReader(io.StringIO(as_csv(planned, BOSS, plan).decode())))
    document = json.loads(as_json(planned, BOSS, plan))

    assert [line["title"] for line in lines] == ["Fight a", "Fight b", "Fight c", "Fight d"]
    assert lines[3]["blocked"].startswith("It must stay in EU")
    assert (document["name"], len(document["videos"])) == ("first", 4)


# Running


def test_what_starting_would_do_is_said_before_it_is_done(planned, visit):
    app = visit("migration", migration="first")
    app.button(key="migration-START").click().run()

    text = plain(app)
    assert "3 videos, 3.0 MiB, from Supabase (demo) to S3 (demo)" in text
    assert "at the earliest 7 days after" in text
    assert planned.plans.get(BOSS, "first").state == "planned"

    app.button(key="migration-yes").click().run()

    assert planned.plans.get(BOSS, "first").state == "running"
    assert keys(app) == {"PAUSE", "LIMIT", "CANCEL"}


def test_what_is_moved_is_counted_with_its_bytes(moved, visit):
    app = visit("migration", migration="first")

    assert app.get("progress")[0].proto.text == "**Done** · 3 of 3 videos moved · 3.0 MiB of 3.0 MiB"
    shown = tiles(app)
    assert shown["Moved"][0] == "3 of 3"
    assert shown["Time left"][0] == "None"
    assert sorted(rows(app)) == [
        ["Fight a", "Done", "1.0 MiB", "1", ""],
        ["Fight b", "Done", "1.0 MiB", "1", ""],
        ["Fight c", "Done", "1.0 MiB", "1", ""],
        ["Fight d", "Cannot move", "1.0 MiB", "", "It must stay in EU, which demo-s3 does not promise."],
    ]
    assert served(moved) == [TARGET] * 3


def test_it_is_paused_and_goes_on(planned, visit):
    planned.migrations.start(BOSS, "first", NOW)
    app = visit("migration", migration="first")

    app.button(key="migration-PAUSE").click().run()
    assert "**Paused** · 0 of 3 videos moved" in app.get("progress")[0].proto.text
    press(app, "RESUME")

    assert planned.plans.get(BOSS, "first").state == "running"


def test_failures_are_grouped_by_cause_and_tried_again(planned, visit):
    planned.migrations.start(BOSS, "first", NOW)
    for id in ("a", "b"):
        fail(planned, id, "It is gone.")
    fail(planned, "c", "It is too large.")
    app = visit("migration", migration="first")

    text = plain(app)
    assert "3 videos failed" in text
    assert ":red[:material/error:] **2 videos:** It is gone. Put it back." in text
    assert ":red[:material/error:] **1 video:** It is too large. Put it back." in text

    press(app, "RETRY")

    with planned.database.reading() as connection:
        counts = {row["state"]: row["videos"] for row in queries.counts(connection, migration_id=plan_id(planned))}
    assert counts == {"waiting": 3, "blocked": 1}


def test_all_is_rolled_back_after_saying_what_that_does(moved, visit):
    app = visit("migration", migration="first")
    app.button(key="migration-ROLL_BACK").click().run()
    assert "Viewers get 3 videos, 3.0 MiB, from Supabase (demo) again" in plain(app)

    app.button(key="migration-yes").click().run()

    assert served(moved) == [SOURCE] * 3
    assert tiles(app)["Moved"][0] == "0 of 0"


def test_the_source_is_retired_only_after_the_period_of_grace_and_by_somebody_who_is_sure(moved, visit):
    app = visit("migration", migration="first")
    assert app.button(key="migration-RETIRE").disabled
    with moved.database.transaction() as connection:
        long_ago = instant_text(NOW - timedelta(days=8))
        connection.execute("update migration_videos set cut_over_at = ? where cut_over_at is not null", (long_ago,))

    app = visit("migration", migration="first").button(key="migration-RETIRE").click().run()
    assert "This cannot be undone" in app.error[0].value
    assert app.button(key="migration-yes").disabled

    app = visit("migration", migration="first")
    app.session_state["migration-sure"] = True
    press(app, "RETIRE")
    work(moved)

    assert [each.key for each in moved.providers.named(SOURCE).list()] == ["2025/d.mp4"]


def test_the_bandwidth_is_changed_while_it_runs(planned, visit):
    planned.migrations.start(BOSS, "first", NOW)
    app = visit("migration", migration="first").button(key="migration-LIMIT").click().run()
    assert "From now on: as fast as it goes." in plain(app)

    app.text_input(key="migration-limit").set_value("5M")
    app.button(key="migration-yes").click().run()

    assert planned.plans.get(BOSS, "first").timetable == "5M"


def test_one_video_is_looked_at_with_what_happened_to_it_and_rolled_back(moved, visit):
    app = visit("migration", migration="first", video="b")
    timeline = [row[1] for row in app.table[0].value.astype(str).to_numpy().tolist()]
    assert timeline[0] == "Cut over from demo\\-supabase to demo\\-s3"

    app.button(key="migration-ROLL_BACK_ONE of one").click().run()
    app.button(key="migration-yes").click().run()

    assert served(moved) == [TARGET, SOURCE, TARGET]


@pytest.mark.parametrize(
    ("params", "titles"),
    [
        ({"state": "blocked"}, ["Fight d"]),
        ({"q": "fight B"}, ["Fight b"]),
        ({"state": "nonsense", "page_": "99"}, ["Fight a", "Fight b", "Fight c", "Fight d"]),
    ],
    ids=str,
)
def test_the_url_states_which_videos_are_listed(moved, visit, params, titles):
    assert sorted(row[0] for row in rows(visit("migration", migration="first", **params))) == titles


def test_a_video_that_no_title_names_is_not_found_and_said_so(moved, visit):
    assert "No video is like that." in plain(visit("migration", migration="first", q="xyz"))


def test_on_a_phone_a_title_leads_to_its_video(moved, visit):
    bodies: Iterator[str] = (each.proto.body for each in visit("migration", migration="first").get("html"))
    (table,) = [body for body in bodies if "<table" in body]

    assert "migration=first&amp;video=a" in table
    assert "<td>Done" in table


def test_a_migration_that_is_none_is_said_so(planned, visit):
    assert "No such migration" in plain(visit("migration", migration="moon"))


# Roles


@pytest.mark.parametrize("role", ["viewer", "analyst"])
def test_who_may_not_migrate_only_looks(moved, visit, role):
    app = visit("migration", role=role, migration="first")

    assert keys(app) == set()
    assert tiles(app)["Moved"][0] == "3 of 3"
    assert "to start or change it takes the role operator" in plain(app)


def test_who_may_not_migrate_plans_nothing(fights, visit):
    app = visit("migration", role="viewer")

    assert "To plan a migration takes the role operator." in plain(app)
    assert not app.button


# Overview


def test_the_overview_tells_of_a_migration_that_is_planned_or_under_way(planned, visit):
    assert "**Planned** · 3 videos · 3.0 MiB" in plain(visit("overview"))

    planned.migrations.start(BOSS, "first", NOW, first=2)
    work(planned)
    app = visit("overview")

    assert "2 of 3 videos moved" in app.get("progress")[0].proto.text


def test_the_overview_tells_nothing_of_what_is_over(moved, visit):
    assert "Videos on the move" not in plain(visit("overview"))


def test_links_are_sampled_at_the_end_and_on_a_button_and_which_do_not_answer_is_said(moved, visit):
    def sample() -> None:
        for request in Requests(moved.database).due(datetime.now(UTC), SAMPLE, 9):
            moved.sampler.run(request.argument, lambda: False)
            Requests(moved.database).over(request.id)

    assert visit("migration", migration="first").button(key="sample-links").disabled  # it is on its way
    sample()
    page = visit("migration", migration="first")
    assert "3 links sampled: 3 answer" in words(page)

    moved.providers.named(TARGET).delete("2025/b.mp4")
    page.button(key="sample-links").click().run()
    sample()
    text = words(visit("migration", migration="first"))

    assert "3 links sampled: 2 answer" in text
    assert "/v/slug-b" in text
