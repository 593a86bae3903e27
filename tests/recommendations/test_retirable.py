"""Retirable copies: those that viewers do not get any more."""

from datetime import datetime
from decimal import Decimal

from core.actions.action import Action, Kind
from core.catalog.catalog import serve_from
from core.recommendations.recommendation import LeftOut, Recommendation
from core.recommendations.rules.retirable import find
from tests.recommendations.small import GIB, NOW, Small, an_object, only


def moved(small: Small, video: str, since: datetime) -> None:
    """From one S3 bucket to another."""
    small.knows(video, *(an_object(video, name, 10 * GIB) for name in ("original", "1080p")), provider="s3-old")
    small.knows(video, an_object(video, "original", 10 * GIB), serves=False)
    with small.store.database.transaction() as connection:
        serve_from(connection, video, "s3", since)


def test_a_copy_that_nobody_gets_for_a_week_costs_storage(small: Small):
    moved(small, "a", NOW.replace(month=10))
    moved(small, "b", NOW)

    found = only(list(find(small.grounds(small.provider, small.at("s3-old")))))

    assert found.monthly_saving_usd == Decimal("0.46")  # 20 GiB of a
    assert found.evidence.objects == 2
    assert found.evidence.left_out == (LeftOut(2, "Viewers get another copy for less than 7 days."),)
    assert found.action is None
    assert found.by_hand.startswith(
        "No migration has moved 1 video, so nothing here proves that the other copy is whole"
    )


def test_what_a_migration_has_moved_can_be_retired_as_an_action(small: Small):
    moved(small, "a", NOW.replace(month=10))
    moved(small, "b", NOW.replace(month=10))
    with small.store.database.transaction() as connection:
        connection.execute(
            "insert into migrations (id, name, source, target, options, estimate, adopts, timetable, grace_days, "
            "state, created_by, created_at, changed_at) values ('m', 'm', 's3-old', 's3', '{}', '{}', false, '', 7, "
            "'running', 'olga', '2026-09-01', '2026-09-01')"
        )
        connection.execute(
            "insert into migration_videos (migration_id, video_id, position, state, objects, size_bytes, "
            "monthly_before_usd, monthly_after_usd, one_off_usd, changed_at) "
            "values ('m', 'a', 1, 'done', 2, 1, '0', '0', '0', '2026-10-01')"
        )

    said = list(find(small.grounds(small.provider, small.at("s3-old"))))
    found, by_hand = (each for each in said if isinstance(each, Recommendation))

    assert found.action == Action(Kind.RETIRE_COPY, "s3-old", {"videos": ["a"]})
    assert (found.evidence.objects, found.monthly_saving_usd, found.by_hand) == (2, Decimal("0.46"), "")
    assert (by_hand.action, by_hand.monthly_saving_usd) == (None, Decimal("0.46")), "what is not proved stands apart"
    assert by_hand.by_hand.startswith("No migration has moved 1 video")


def test_supabase_is_priced_by_its_plan_also_where_it_is_not_connected(small: Small):
    small.knows("a", an_object("a", "original", 10**9), provider="supabase")
    small.knows("a", an_object("a", "original", 10**9))

    found = only(list(find(small.grounds())))

    assert found.monthly_saving_usd == Decimal("0.021")
    assert found.action is None
    assert found.by_hand.startswith("supabase is not connected here")


def test_where_everything_is_served_nothing_is_said(small: Small):
    small.knows("a", an_object("a", "original", GIB))

    assert list(find(small.grounds())) == []
