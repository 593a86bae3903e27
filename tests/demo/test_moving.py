"""The demo's migration: real videos in the place of Supabase, which old links lead to wherever they are."""

import shutil
from datetime import UTC, datetime

import pytest

from core.access.roles import Role, User, Via
from core.actions.action import Action, Kind
from core.bootstrap import Platform, open_demo
from core.catalog.catalog import record_copy, serve_from
from core.catalog.search import Search, search
from core.catalog.video import Kind as ObjectKind
from core.demo.folders import SOURCE, TARGET
from core.demo.moving import STUDIO, can_be_moved, write_moving
from core.demo.piloting import PILOT, move_pilot
from core.uploads.new_file import NewFile
from tests.uploads.conftest import video

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
OLGA = User("olga", Role.OPERATOR, Via.DEMO)


@pytest.fixture
def demo(seeded_home, settings) -> Platform:
    shutil.copytree(seeded_home, settings.phyght_home)
    return open_demo(settings)


def videos(demo: Platform):
    found = search(demo.database, Search(provider=SOURCE), 100).entries
    return [each.video for each in found if each.video.served_from == SOURCE]


def piloted(demo: Platform):
    found = search(demo.database, Search(provider=TARGET), 100).entries
    return [each.video for each in found]


def test_two_dozen_small_videos_wait_to_be_moved(demo):
    waiting = videos(demo)

    assert len(waiting) == 24
    assert {(each.created_by, each.served_from) for each in waiting} == {(STUDIO, SOURCE)}
    assert [each.residency for each in waiting if each.residency] == ["EU"]
    assert all(600_000 < each.size_bytes < 4_000_000 for each in waiting)


def test_four_more_were_moved_weeks_ago_and_what_they_left_may_be_retired(demo):
    moved = piloted(demo)

    assert len(moved) == 4
    assert {each.served_from for each in moved} == {TARGET}
    (pilot,) = demo.plans.all(OLGA)
    assert (pilot.name, pilot.options.source, pilot.options.target) == (PILOT, SOURCE, TARGET)
    preview = demo.actions.preview(OLGA, Action(Kind.RETIRE_COPY, SOURCE), datetime.now(UTC))
    assert sorted(each.key for each in preview.items) == sorted(each.id for each in moved)


def test_the_pilot_is_not_moved_again(demo):
    before = demo.plans.all(OLGA)
    move_pilot(demo.plans, demo.migrations_at, demo.database, datetime.now(UTC))
    assert demo.plans.all(OLGA) == before


def test_each_has_its_bytes_there_and_a_picture(demo):
    stored = {each.key: each.size_bytes for each in demo.providers.named(SOURCE).list()}
    for each in (*videos(demo), *piloted(demo)):
        (copy,) = [one for one in demo.catalog.copies(each.id) if one.provider == SOURCE]
        assert copy.object("poster").kind is ObjectKind.THUMBNAIL
        assert [stored.pop(one.key) for one in copy.objects] == [one.size_bytes for one in copy.objects]

    assert stored == {}


def test_no_two_are_alike_and_an_old_link_leads_to_each(demo):
    sums = set()
    for each in videos(demo):
        (copy,) = demo.catalog.copies(each.id)
        sums.add(copy.object("original").crc64nvme)
        (link,) = [link for link in demo.catalog.links(each.id) if link.provider == "supabase"]
        assert demo.resolver.find(f"/v/storage/v1/object/public/{link.bucket}/{link.key}") == each

    assert len(sums) == 24


def test_what_has_been_moved_stays_so_when_the_demo_is_brought_up_to_date(demo):
    moved = videos(demo)[0]
    with demo.database.transaction() as connection:
        record_copy(connection, moved.id, TARGET, demo.catalog.copies(moved.id)[0].objects, NOW, "It was moved.")
        serve_from(connection, moved.id, TARGET, NOW)

    write_moving(demo.database, demo.providers, NOW)

    assert can_be_moved(demo.database)
    assert demo.catalog.video(moved.id).served_from == TARGET


def test_uploads_go_to_the_demos_own_folder(demo):
    content = video(10_000)
    there = demo.uploads.start(User("demo", Role.ADMIN, Via.DEMO), NewFile("a.mp4", 10_000, content, "A"), NOW)

    assert there.session.provider == "local"
