"""What is on legal hold is known, by whom and why, until an administrator releases it."""

import pytest

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.catalog.catalog import add_video, forget_videos_by
from core.catalog.holds import Holds, held_keys, kept_holds
from core.database import Database
from core.errors import HoldRefused, PermissionDenied
from tests.catalog.videos import NOW, original, put, video

ANN = User("ann", Role.ADMIN, Via.PASSWORD)
OLGA = User("olga", Role.OPERATOR, Via.PASSWORD)


@pytest.fixture
def holds(database: Database) -> Holds:
    put(database, video("v1", title="Rivera vs Stone"), [("s3", [original("v1")])])
    put(database, video("v2"), [("s3", [original("v2")])])
    return Holds(database, AuditLog(database))


def test_a_held_video_is_told_with_its_reason_and_its_objects_are_known(holds: Holds, database: Database):
    holds.place(ANN, "v1", "  case\n4711 ", NOW)
    (hold,) = holds.all(OLGA)
    assert (hold.video_id, hold.title, hold.reason, hold.placed_by, hold.placed_at) == (
        "v1", "Rivera vs Stone", "case 4711", "ann", NOW,
    )  # fmt: skip
    assert held_keys(database, "s3") == {"videos/v1/original.mp4": "v1"}
    assert held_keys(database, "supabase") == {}


def test_a_second_hold_leaves_the_first_one_as_it_is(holds: Holds):
    holds.place(ANN, "v1", "case 1", NOW)
    holds.place(ANN, "v1", "case 2", NOW)
    assert [each.reason for each in holds.all(OLGA)] == ["case 1"]


def test_a_released_video_is_held_no_more_and_the_audit_log_has_both(holds: Holds):
    holds.place(ANN, "v1", "case 1", NOW)
    holds.release(ANN, "v1", NOW)
    assert holds.all(OLGA) == ()
    newest = AuditLog(holds._database).latest(ANN)[:2]
    assert [(each.action, each.detail) for each in newest] == [
        ("release legal hold", ""), ("place legal hold", "case 1"),
    ]  # fmt: skip


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_hold_needs_a_reason(holds: Holds, reason: str):
    with pytest.raises(HoldRefused, match="needs a reason"):
        holds.place(ANN, "v1", reason, NOW)


def test_only_an_administrator_places_and_releases(holds: Holds):
    with pytest.raises(PermissionDenied):
        holds.place(OLGA, "v1", "case", NOW)
    holds.place(ANN, "v1", "case", NOW)
    with pytest.raises(PermissionDenied):
        holds.release(OLGA, "v1", NOW)


def test_a_hold_outlives_its_video_being_written_anew_in_one_transaction(holds: Holds, database: Database):
    holds.place(ANN, "v1", "case 1", NOW)
    holds.place(ANN, "v2", "case 2", NOW)
    with database.transaction() as connection, kept_holds(connection):
        forget_videos_by(connection, "olga")
        add_video(connection, video("v1"))
    assert [(each.video_id, each.reason) for each in holds.all(OLGA)] == [("v1", "case 1")]
