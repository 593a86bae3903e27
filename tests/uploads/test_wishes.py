"""Wishes: whoever begins a file again, and wants something else of it, gets what they want now."""

from pathlib import Path

import pytest

from core.catalog.video import Visibility
from core.errors import UploadRefused
from core.uploads.local_file import open_file
from core.uploads.sending import About, Sender
from core.uploads.session import State
from tests.uploads.conftest import OLGA, House, video
from tests.uploads.faults import Faulty

FIGHT = video(2_500)


@pytest.fixture
def europe(house: House, faulty: Faulty) -> Faulty:
    """A provider whose data stays in the EU, beside one that promises nothing."""
    faulty.name = "s3"
    europe = Faulty(house.home / "europe", b"secret", house.clock, name="s3-eu", residency="EU")
    house.use(faulty, europe)
    return europe


def test_what_has_to_stay_somewhere_by_now_is_begun_anew_there_and_leaves_nothing(house: House, europe: Faulty):
    anywhere = house.start(FIGHT, fingerprint="f")
    house.send(anywhere, FIGHT, 1, 2)

    bound = house.start(FIGHT, fingerprint="f", residency="eu")

    assert (bound.session.provider, bound.session.residency, bound.missing) == ("s3-eu", "EU", (1, 2, 3))
    assert house.begun_at_provider() == []
    assert house.uploads.get(OLGA, anywhere.session.id, house.now).session.state is State.ABORTED
    house.send(bound, FIGHT)
    done = house.complete(bound, FIGHT)
    assert done.video.residency == "EU"
    assert (house.keys(), [each.key for each in europe.list()]) == ([], [done.session.key])


def test_before_it_is_begun_it_is_said_where_it_would_go_now(house: House, europe: Faulty):
    house.start(FIGHT, fingerprint="f")

    verdict = house.uploads.check(OLGA, house.file(FIGHT, fingerprint="f", residency="EU"))

    assert (verdict.provider, verdict.under_way) == ("s3-eu", None)


def test_who_does_not_say_it_again_still_means_it(house: House, europe: Faulty):
    bound = house.start(FIGHT, fingerprint="f", residency="EU", visibility=Visibility.PRIVATE, title="Rivera")

    again = house.start(FIGHT, fingerprint="f")

    assert again.session == bound.session


def test_what_has_become_private_meanwhile_is_never_public(house: House):
    house.start(FIGHT, fingerprint="f")

    upload = house.start(FIGHT, fingerprint="f", visibility=Visibility.PRIVATE, title="Rivera vs Stone")
    house.send(upload, FIGHT)

    film = house.complete(upload, FIGHT).video
    assert (film.visibility, film.title) == (Visibility.PRIVATE, "Rivera vs Stone")
    assert house.listed() == [film.id]


def test_what_is_being_made_public_at_this_moment_is_told(house: House, faulty: Faulty):
    def start_again() -> None:
        with pytest.raises(UploadRefused) as told:
            house.start(FIGHT, fingerprint="f", visibility=Visibility.PRIVATE)
        said.append(str(told.value))

    upload = house.start(FIGHT, fingerprint="f")
    house.send(upload, FIGHT)
    said: list[str] = []
    faulty.before["complete"] = [start_again]
    house.complete(upload, FIGHT)

    assert said == ["'fight.mp4' is being made a public video at this moment. Look for it in the library."]


def test_bytes_that_lie_elsewhere_do_not_stand_for_those_that_must_stay_somewhere(
    house: House, europe: Faulty, tmp_path: Path
):
    elsewhere = house.bring_in(FIGHT).video
    house.pass_time(minutes=1)
    path = tmp_path / "fight.mp4"
    path.write_bytes(FIGHT)

    sender = Sender(house.uploads, OLGA, house.clock, 1)
    with open_file(path) as file:
        first, again, anywhere = (sender.send(file, About(residency=place)) for place in ("eu", "EU", ""))

    assert (first.existed, first.video.residency) == (False, "EU")
    assert (again.existed, again.video) == (True, first.video)
    assert (anywhere.existed, anywhere.video) == (True, elsewhere)
