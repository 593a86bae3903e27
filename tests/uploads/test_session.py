"""Session: how a file is cut into parts, and what counts as arrived."""

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import SizeRefused, UploadRefused
from core.storage.provider import Part, PartLimits
from core.units import GIB, MIB, TIB
from core.uploads.session import PART_BYTES, Standing, State, choose_part_bytes, standing
from tests.uploads.conftest import House, video

S3 = PartLimits(5 * MIB, 5 * GIB, 10_000)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("size", "part", "parts"),
    [
        (1, 8 * MIB, 1),
        (5 * GIB, 8 * MIB, 640),
        (80_000 * MIB, 8 * MIB, 10_000),
        (80_000 * MIB + 1, 9 * MIB, 8_889),
        (5 * TIB, 525 * MIB, 9_987),
    ],
    ids=["a byte", "5 GiB", "just 10,000", "one byte more", "5 TiB"],
)
def test_no_file_has_more_than_ten_thousand_parts(size, part, parts):
    assert choose_part_bytes(size, S3) == part
    assert -(-size // part) == parts


def test_parts_are_no_smaller_than_the_provider_takes():
    assert choose_part_bytes(20 * MIB, S3, wanted=1000) == 5 * MIB


def test_a_file_that_the_provider_could_not_hold_is_refused():
    with pytest.raises(SizeRefused, match="larger than its storage provider takes"):
        choose_part_bytes(60_000 * GIB, S3)


def test_the_standard_part_fits_every_limit():
    assert S3.smallest_bytes <= PART_BYTES <= S3.largest_bytes


@pytest.fixture
def upload(house: House) -> Standing:
    """Of 2,500 bytes: parts of 1,000, 1,000 and 500."""
    return house.start(video(2_500))


def test_the_last_part_is_what_is_left(upload: Standing):
    assert [upload.session.part_size(number) for number in (1, 2, 3)] == [1_000, 1_000, 500]


@pytest.mark.parametrize("number", [0, 4, -1])
def test_there_is_no_other_part(upload: Standing, number: int):
    with pytest.raises(UploadRefused, match="parts go from 1 to 3"):
        upload.session.part_size(number)


def test_a_part_of_a_wrong_size_is_as_good_as_missing(upload: Standing):
    there = [Part(1, 1_000, "a", 1), Part(2, 999, "b", 2), Part(3, 1_000, "c", 3), Part(9, 1_000, "d", 4)]

    found = standing(upload.session, there)

    assert [part.number for part in found.received] == [1]
    assert found.missing == (2, 3)
    assert found.received_bytes == 1_000


def test_pauses_are_no_part_of_the_speed(house: House, upload: Standing):
    content = video(2_500)
    for number in (1, 2):
        house.pass_time(seconds=10)
        house.send(upload, content, number)
    house.pass_time(hours=9)  # the laptop was closed
    house.send(upload, content, 3)
    house.pass_time(seconds=5)
    done = house.complete(upload, content).session

    assert done.active_s == 25
    assert done.bytes_per_s == 100
    assert done.state is State.DONE
    assert done.started_at == NOON
    assert done.finished_at == NOON + timedelta(hours=9, seconds=25)
