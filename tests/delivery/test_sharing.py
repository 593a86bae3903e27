"""Sharing: who may gives a link away, and it is on record."""

from datetime import timedelta

import pytest

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.catalog.video import Visibility
from core.delivery.seal import Purpose, Seal
from core.delivery.sharing import LASTS, share
from core.errors import PermissionDenied
from tests.catalog.videos import video
from tests.delivery.conftest import NOW

OLGA = User("olga", Role.OPERATOR, Via.PASSWORD)
BOSS = User("root", Role.ADMIN, Via.SHELL)
SEAL = Seal(b"0" * 32)


@pytest.mark.parametrize(("lasts", "days"), [("a day", 1), ("a week", 7), ("30 days", 30)])
def test_a_link_lasts_as_long_as_it_says(database, lasts, days):
    private = video(visibility=Visibility.PRIVATE)

    link = share(AuditLog(database), SEAL, OLGA, private, lasts, NOW)

    assert link == f"/v/slug-v1?{SEAL.query(Purpose.WATCH, 'slug-v1', NOW + timedelta(days))}"
    (entry,) = AuditLog(database).latest(BOSS)
    assert (entry.actor, entry.action, entry.subject, entry.detail) == (
        "olga", "share video", "Rivera vs Stone (v1)", f"for {lasts}",
    )  # fmt: skip


def test_who_only_watches_gives_nothing_away(database):
    anna = User("anna", Role.ANALYST, Via.PASSWORD)

    with pytest.raises(PermissionDenied, match="The role analyst may not share private videos"):
        share(AuditLog(database), SEAL, anna, video(), next(iter(LASTS)), NOW)
    assert AuditLog(database).latest(BOSS)[0].outcome == "refused"


def test_what_happened_to_a_video_is_told_newest_first_and_nothing_else(database):
    log = AuditLog(database)
    share(log, SEAL, OLGA, video("v1"), "a day", NOW)
    share(log, SEAL, OLGA, video("v2"), "a day", NOW)
    share(log, SEAL, OLGA, video("v1", title="Renamed"), "a week", NOW)

    assert [(entry.subject, entry.detail) for entry in log.about(BOSS, "(v1)")] == [
        ("Renamed (v1)", "for a week"),
        ("Rivera vs Stone (v1)", "for a day"),
    ]
    assert len(log.about(BOSS, "(v1)", limit=1)) == 1
    with pytest.raises(PermissionDenied):
        log.about(OLGA, "(v1)")
