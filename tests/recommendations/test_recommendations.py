"""Recommendations: kept, dismissed with a reason, and told again once they have changed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.actions import store
from core.actions.action import Item, Preview, Promise, Undo
from core.actions.expected import bare
from core.errors import PermissionDenied, RecommendationNotFound, RecommendationRefused
from core.recommendations.recommendations import Kept, Recommendations
from tests.recommendations.small import NOW, Small, listed

OLGA = User("olga", Role.OPERATOR, Via.PASSWORD)
ADA = User("ada", Role.ADMIN, Via.PASSWORD)
VIC = User("vic", Role.VIEWER, Via.PASSWORD)


class Desk:
    """Of the small platform."""

    def __init__(self, small: Small) -> None:
        self.small = small
        grounds = small.grounds()
        self.audit = AuditLog(grounds.database)
        self.recommendations = Recommendations(
            grounds.database, self.audit, grounds.providers, grounds.prices, grounds.settings, lambda: grounds.warehouse
        )

    def refresh(self) -> Kept:
        self.recommendations.refresh(NOW)
        found = self.recommendations.kept(VIC)
        assert found is not None
        return found

    def told(self) -> list[str]:
        return [each.recommendation.title for each in self.refresh().counted]


@pytest.fixture
def desk(small: Small) -> Desk:
    small.holds(listed("a", 100, day=30))
    small.logs()
    return Desk(small)


def only_id(desk: Desk) -> str:
    (found,) = desk.refresh().counted
    return found.recommendation.id


def test_what_was_found_is_kept_with_its_time_and_revision(desk: Desk):
    assert desk.recommendations.kept(VIC) is None

    found = desk.refresh()

    assert found.computed_at == NOW
    assert found.revision == desk.small.store.warehouse.revision()
    assert [each.recommendation.title for each in found.counted] == ["Keep 1 original in Glacier Instant Retrieval"]
    assert found.saving_usd == pytest.approx(Decimal("1.89999935"), abs=Decimal("1e-9"))  # a tag is billed, too


def test_one_that_is_dismissed_stays_away_with_its_reason(desk: Desk):
    id = only_id(desk)

    desk.recommendations.dismiss(OLGA, id, " they are  edited each week ", NOW)

    found = desk.refresh()
    assert found.counted == ()
    ((away, dismissal),) = found.dismissed
    assert (away.id, dismissal.by, dismissal.reason) == (id, "olga", "they are edited each week")
    (entry,) = desk.audit.latest(ADA)
    assert (entry.actor, entry.action, entry.subject, entry.detail) == (
        "olga", "dismiss recommendation", id, "they are edited each week",
    )  # fmt: skip


@pytest.mark.parametrize(("gib", "told"), [(119, False), (121, True), (79, True)])
def test_it_is_told_again_once_its_saving_has_moved_by_a_fifth(desk: Desk, gib: int, told: bool):
    desk.recommendations.dismiss(OLGA, only_id(desk), "no", NOW)

    desk.small.holds(listed("a", gib))

    found = desk.refresh()
    assert bool(found.counted) is told
    assert [why for _, why in found.returned] == (
        [f"It would save {gib * 0.019:.2f} USD a month by now; when it was dismissed, 1.90."] if told else []
    )


def test_it_is_told_again_once_it_is_about_other_objects(desk: Desk):
    desk.recommendations.dismiss(OLGA, only_id(desk), "no", NOW)

    desk.small.holds(listed("b", 100))

    assert [why for _, why in desk.refresh().returned] == [
        "It is about other objects by now than when it was dismissed."
    ]


def test_one_can_be_brought_back(desk: Desk):
    id = only_id(desk)
    desk.recommendations.dismiss(OLGA, id, "no", NOW)

    desk.recommendations.bring_back(OLGA, id, NOW + timedelta(hours=1))

    assert len(desk.told()) == 1
    with pytest.raises(RecommendationNotFound, match="was dismissed"):
        desk.recommendations.bring_back(OLGA, id, NOW)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_reason_is_needed(desk: Desk, reason: str):
    id = only_id(desk)

    with pytest.raises(RecommendationRefused):
        desk.recommendations.dismiss(OLGA, id, reason, NOW)


def test_one_that_is_not_there_cannot_be_dismissed_or_shown(desk: Desk):
    only_id(desk)

    for ask in (lambda: desk.recommendations.dismiss(OLGA, "x", "no", NOW), lambda: desk.recommendations.one(VIC, "x")):
        with pytest.raises(RecommendationNotFound):
            ask()


def test_who_may_only_look_dismisses_nothing(desk: Desk):
    id = only_id(desk)

    with pytest.raises(PermissionDenied):
        desk.recommendations.dismiss(VIC, id, "no", NOW)
    with pytest.raises(PermissionDenied):
        desk.recommendations.bring_back(VIC, id, NOW)
    assert len(desk.told()) == 1
    assert [entry.outcome for entry in desk.audit.latest(ADA)] == ["refused", "refused"]


@pytest.mark.parametrize(
    ("ago", "saves"), [(timedelta(0), False), (timedelta(days=1), False), (timedelta(days=3), True)]
)
def test_what_was_applied_of_late_is_not_there_to_be_saved_again(desk: Desk, ago: timedelta, saves: bool):
    (each,) = desk.refresh().counted
    action = each.recommendation.action
    assert action
    item = Item("videos/a/original.mp4", 100, {}, {})
    with desk.small.grounds().database.transaction() as connection:
        preview = Preview(bare(action), "Moves one.", (item,), None, None, Undo("", possible=True))
        id = store.add(connection, OLGA, preview, Promise(), NOW - ago)

    found = desk.recommendations.kept(VIC)

    assert found
    assert [one.recommendation.id for one in found.counted] == [each.recommendation.id]
    assert bool(found.saving_usd) == saves
    assert [one.id for one in found.applied.values()] == ([] if saves else [id])
