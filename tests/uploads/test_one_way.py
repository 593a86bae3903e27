"""One way: uploads to a provider that takes a file from start to end, as Supabase does, and what it has room for."""

from decimal import Decimal

import pytest

from core.catalog.catalog import add_video, record_copy
from core.catalog.video import CopyObject, Kind, Video, Visibility
from core.errors import ObjectCorrupt, PartsMissing, SizeRefused, UploadRefused
from core.settings import SupabasePlan
from core.storage.provider import StorageClass
from core.units import MIB
from core.uploads.session import Mode, State
from tests.uploads.conftest import OLGA, House, video
from tests.uploads.one_way import OneWay

FIGHT = video(2_500)
MB = 10**6


@pytest.fixture
def supabase(house: House) -> OneWay:
    """What the house keeps its videos in."""
    supabase = OneWay(house.provider)
    house.use(supabase)
    return supabase


def test_a_file_is_sent_to_one_address_from_start_to_end(house: House, supabase: OneWay):
    upload = house.start(FIGHT)
    assert (upload.session.mode, upload.session.part_bytes, upload.missing) == (Mode.TUS, 1_000, (1, 2, 3))

    to = house.uploads.parts.sign(OLGA, upload.session.id, 1, 0, 0, house.now)
    supabase.receive(to.url, FIGHT[:1_700])
    there = house.uploads.get(OLGA, upload.session.id, house.now)
    assert (there.missing, there.received_bytes) == ((2, 3), 1_000)
    with pytest.raises(PartsMissing):
        house.complete(upload, FIGHT)
    supabase.receive(to.url, FIGHT[1_700:])
    done = house.complete(upload, FIGHT)

    assert done.session.state is State.DONE
    assert house.stored(upload.session.key) == FIGHT
    assert done.monthly_usd == Decimal("0.021") * 2_500 / 10**9
    assert house.listed() == [upload.session.id]


def test_its_signature_is_renewed_for_as_long_as_it_takes(house: House, supabase: OneWay):
    upload = house.start(FIGHT)
    first = house.uploads.parts.sign(OLGA, upload.session.id, 1, 0, 0, house.now)
    house.pass_time(hours=9)

    later = house.uploads.parts.sign(OLGA, upload.session.id, 1, 0, 0, house.now)

    assert later.url == first.url == upload.session.upload_id
    assert (first.headers["x-signature"], later.headers["x-signature"]) == ("signed until 13:00", "signed until 22:00")


def test_without_a_checksum_of_the_provider_s_the_whole_is_read_and_proved(house: House, supabase: OneWay):
    upload = house.start(FIGHT)
    supabase.receive(upload.session.upload_id, video(2_500, seed=3))

    with pytest.raises(ObjectCorrupt, match="their checksums differ"):
        house.complete(upload, FIGHT)
    assert house.keys() == house.listed() == []


def test_it_takes_no_part_through_this_server(house: House, supabase: OneWay):
    upload = house.start(FIGHT)

    with pytest.raises(UploadRefused, match="supabase takes a file from start to end"):
        house.send(upload, FIGHT, 1)


def test_called_off_it_is_forgotten_there(house: House, supabase: OneWay):
    upload = house.start(FIGHT)
    supabase.receive(upload.session.upload_id, FIGHT[:1_000])

    house.uploads.abort(OLGA, upload.session.id, house.now)

    assert supabase.under_way == []


@pytest.fixture
def free_plan(house: House, supabase: OneWay) -> House:
    """A Supabase project on the free plan: 1 GB, of which 400 MB were measured a moment ago, and 900 MB before."""
    house.settings = house.settings.model_copy(update={"supabase_plan": SupabasePlan.FREE})
    house.uploads = house.opened()
    with house.database.transaction() as connection:
        for at, size in (("2026-11-24T12:00:00.000000Z", 900 * MB), ("2026-11-25T11:00:00.000000Z", 400 * MB)):
            connection.execute(f"insert into supabase_measurements values ('ref', '{at}')")
            connection.execute(f"insert into supabase_bucket_sizes values ('ref', '{at}', 'videos', {size}, 1, 0)")
    return house


def test_the_free_plan_takes_what_is_left_of_it_and_counts_what_is_on_its_way(free_plan: House):
    file = free_plan.file(FIGHT, size=350 * MB)
    free_plan.uploads.start(OLGA, file, free_plan.now)

    with pytest.raises(SizeRefused) as refused:
        free_plan.uploads.start(OLGA, file, free_plan.now)

    assert str(refused.value) == (
        "Supabase's free plan has 238.4 MiB of 1 GB left; 'fight.mp4' has 333.8 MiB. "
        "Set S3_BUCKET, move to the Pro plan, or delete what is not needed."
    )


def test_what_was_stored_since_the_last_measurement_counts(free_plan: House):
    movie = Video("v", "v", "V", "", Visibility.PUBLIC, 950 * MB, None, None, "olga", free_plan.now, None)
    original = CopyObject(Kind.ORIGINAL, "original", "k", "video/mp4", 950 * MB, StorageClass.STANDARD, "e", None)
    with free_plan.database.transaction() as connection:
        add_video(connection, movie)
        record_copy(connection, "v", "supabase", [original], free_plan.now)

    with pytest.raises(SizeRefused, match=r"has 47.7 MiB of 1 GB left"):
        free_plan.uploads.start(OLGA, free_plan.file(FIGHT, size=60 * MB), free_plan.now)


def test_the_paid_plan_has_no_such_end(house: House, supabase: OneWay):
    supabase.chunk_bytes = 6 * MIB
    house.uploads.start(OLGA, house.file(FIGHT, size=2_000 * MB), house.now)

    assert len(house.uploads.unfinished(OLGA, house.now)) == 1
