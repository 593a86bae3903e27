"""History: what became of each upload, the speed they arrived at, and how many came to nothing."""

from datetime import timedelta

import pytest

from core.errors import ContentRefused, PermissionDenied, StorageUnreachable
from core.uploads.history import UploadFigures, UploadSpeeds, recent, upload_figures, upload_speeds
from core.uploads.session import State
from tests.uploads.conftest import ADA, OLGA, OTTO, VIC, House, video
from tests.uploads.faults import Faulty, unreachable

MONTH = timedelta(days=30)


def send_in(house: House, size: int, seconds: float) -> None:
    """An upload of so many bytes that takes so long."""
    content = video(size, seed=size)
    upload = house.start(content)
    house.send(upload, content)
    house.pass_time(seconds=seconds)
    house.complete(upload, content)


def test_speed_is_the_median_and_success_what_share_arrived(house: House):
    for size, seconds in ((2_000, 10), (3_000, 10), (4_000, 5)):  # 200, 300 and 800 bytes a second
        send_in(house, size, seconds)
    lie = b"<html>" + bytes(1_000)
    failing = house.uploads.start(OLGA, house.file(lie, head=video(1_000)), house.now)
    house.send(failing, lie)
    with pytest.raises(ContentRefused):
        house.complete(failing, lie)

    figures = upload_figures(house.database, house.now - MONTH)

    assert figures == UploadFigures(ended=4, whole=3, size_bytes=9_000, bytes_per_s=300)
    assert figures.success_rate == 0.75


def test_speeds_are_of_the_uploads_that_became_whole_in_a_period(house: House):
    for size, seconds in ((2_000, 10), (3_000, 10), (4_000, 5), (1_000, 10)):  # 200, 300, 800 and 100 bytes a second
        send_in(house, size, seconds)
    since, until = house.now - MONTH, house.now + timedelta(seconds=1)
    house.start(video(1_500))

    assert upload_speeds(house.database, since, until) == UploadSpeeds(4, p50_bytes_per_s=250, p95_bytes_per_s=800)
    assert upload_speeds(house.database, since - MONTH, since) is None


def test_what_was_abandoned_has_failed_and_what_was_called_off_or_never_begun_has_not(house: House):
    provider = Faulty(house.home / "storage", b"secret", house.clock)
    house.use(provider)
    house.start(video(1_000))
    house.pass_time(hours=80)
    house.uploads.abort_abandoned(house.now)
    house.uploads.abort(OLGA, house.start(video(1_001)).session.id, house.now)
    provider.before["start"].append(unreachable)
    with pytest.raises(StorageUnreachable):
        house.start(video(1_002))

    assert upload_figures(house.database, house.now - MONTH) == UploadFigures(1, 0, 0, None)


def test_what_ended_before_is_not_counted_and_nothing_is_no_rate(house: House):
    send_in(house, 2_000, 10)
    house.pass_time(days=31)

    figures = upload_figures(house.database, house.now - MONTH)

    assert figures == UploadFigures(0, 0, 0, None)
    assert figures.success_rate is None


def test_everybody_sees_their_own_and_an_administrator_all(house: House):
    mine = house.bring_in(video(1_000), title="Mine")
    house.pass_time(seconds=1)
    his = house.start(video(1_500), OTTO)

    assert [each.session.id for each in recent(house.database, ADA, 10)] == [his.session.id, mine.session.id]
    found = recent(house.database, OLGA, 10)
    assert [(each.session.state, each.slug) for each in found] == [
        (State.DONE, house.catalog.video(mine.session.id).slug)
    ]
    assert recent(house.database, OTTO, 10)[0].slug is None
    assert len(recent(house.database, ADA, 1)) == 1
    with pytest.raises(PermissionDenied):
        recent(house.database, VIC, 10)
