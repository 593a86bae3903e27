"""Foreseen: what running migrations have yet to move enters forecasts of costs, in words."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.migration.estimate import Estimate
from core.migration.foreseen import to_be_moved
from tests.migration.place import content

TODAY = date(2026, 11, 29)
MONTH = Decimal("30.4375")


@pytest.fixture
def planned(place):
    """Three videos, $2 a month before and $1 after each, planned to take two to nine days."""
    for seed, id in enumerate(("a", "b", "c")):
        place.video(id, content(1_500, seed))
    place.plan("a", "b", "c")
    nothing = Decimal(0)
    estimate = Estimate(3, 3, 4_500, 0, 0, 0, timedelta(2), timedelta(9), "assumed", 0, nothing, nothing, nothing,
                        nothing, ())  # fmt: skip
    with place.database.transaction() as connection:
        connection.execute("UPDATE migrations SET estimate = '" + json.dumps(estimate.as_json()) + "'")
    return place


def test_a_plan_that_nobody_has_started_changes_nothing(planned):
    assert to_be_moved(planned.database, TODAY) == ()


def test_what_is_yet_to_be_moved_arrives_evenly_and_leaves_after_its_grace(planned):
    planned.start()

    arriving, leaving = to_be_moved(planned.database, TODAY)

    assert (arriving.from_day, arriving.daily, arriving.ramp_days) == (TODAY, 3 / MONTH, 9)
    assert arriving.at == {
        "provider": "AWS", "service": "Amazon Simple Storage Service", "usage_family": "storage"
    }  # fmt: skip
    assert arriving.words == (
        "move: 3 videos are yet to be moved; storing them at s3 adds 3.00 USD a month, evenly until 2026-12-08."
    )
    assert leaving.daily == -6 / MONTH
    assert leaving.from_day >= date(2026, 12, 8)
    assert leaving.at["service"] == "Supabase Storage"


def test_what_has_been_moved_is_the_bills_to_tell(planned):
    planned.start(first=2)
    planned.work()

    assert to_be_moved(planned.database, TODAY) == ()
