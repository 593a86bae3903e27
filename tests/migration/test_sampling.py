"""Sampling: when all is moved, some old links are asked down to the first byte, and what became of it is told."""

import pytest

from core.catalog.catalog import remember_link
from core.errors import PermissionDenied
from core.migration.progress import migrations
from core.migration.samples import ask, is_on_its_way, latest
from core.migration.state import SAMPLE
from tests.migration.place import NOW, OLGA, PART, VIC, Place, content

OLD = "/v/object/public/local/fights"


@pytest.fixture
def moved(place: Place) -> Place:
    for number, id in enumerate(("alba", "bruno")):
        place.video(id, content(2 * PART, number))
        with place.database.transaction() as connection:
            remember_link(connection, id, "supabase", "local", f"fights/{id}/original.mp4")
    place.plan("alba", "bruno")
    place.start()
    place.work()
    return place


def migration(place: Place):
    return migrations(place.database, OLGA)[0]


def sample(place: Place) -> int:
    """What a worker does with the samples that are asked for; returns how many that were."""
    due = place.requests.due(place.now, SAMPLE, 9)
    for request in due:
        place.sampler.run(request.argument, lambda: False)
        place.requests.over(request.id)
    return len(due)


def test_once_all_is_moved_old_links_are_asked_and_answer(moved):
    assert latest(moved.database, VIC, migration(moved)) is None
    assert is_on_its_way(moved.database, VIC, migration(moved))

    assert sample(moved) == 1

    found = latest(moved.database, VIC, migration(moved))
    assert (found.at, found.links, found.answered, found.failed) == (NOW, 2, 2, ())
    assert not is_on_its_way(moved.database, VIC, migration(moved))
    assert "links sampled" in moved.events(None)


def test_a_link_that_does_not_answer_is_told_with_the_reason(moved):
    moved.target.delete("fights/alba/original.mp4")

    sample(moved)

    found = latest(moved.database, VIC, migration(moved))
    assert (found.links, found.answered) == (2, 1)
    assert [each.link for each in found.failed] == [f"{OLD}/alba/original.mp4"]
    assert "fights/alba/original.mp4" in found.failed[0].why


def test_what_never_had_an_old_link_is_asked_by_its_lasting_one(moved):
    with moved.database.transaction() as connection:
        connection.execute("delete from links where video_id = 'alba'")
    moved.target.delete("fights/alba/original.mp4")

    sample(moved)

    assert [each.link for each in latest(moved.database, VIC, migration(moved)).failed] == ["/v/alba-slug"]


def test_it_is_asked_for_again_once_and_by_those_who_may(moved):
    sample(moved)
    for _ in range(2):
        ask(moved.handles, OLGA, "move", moved.now)

    assert sample(moved) == 1
    with pytest.raises(PermissionDenied):
        ask(moved.handles, VIC, "move", moved.now)


def test_while_some_are_still_to_be_moved_nothing_is_asked_by_itself(place):
    for number, id in enumerate(("alba", "bruno")):
        place.video(id, content(PART, number))
    place.plan("alba", "bruno")
    place.start()
    place.source.delete("fights/bruno/original.mp4")

    place.work_once()
    assert sample(place) == 1  # bruno has failed, so that nothing is left
    place.put("fights/bruno/original.mp4", content(PART, 1))
    place.pass_time(minutes=1)
    place.migrations.retry(OLGA, "move", place.now)
    assert sample(place) == 0
    place.work()
    assert sample(place) == 1
