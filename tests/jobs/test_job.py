"""Job: how often it runs."""

from datetime import UTC, datetime, timedelta

import pytest
from croniter import croniter

from core.jobs.job import Job
from tests.jobs.far_off import FarOff


@pytest.mark.parametrize(
    ("minutes", "cron"),
    [
        (5, "*/5 * * * *"),
        (7, "*/6 * * * *"),
        (30, "*/30 * * * *"),
        (59, "*/30 * * * *"),
        (60, "0 */1 * * *"),
        (90, "0 */1 * * *"),
        (180, "0 */3 * * *"),
        (600, "0 */8 * * *"),
        (1_440, "0 */24 * * *"),
        (100_000, "0 */24 * * *"),
    ],
)
def test_it_runs_as_often_as_asked_or_a_little_more(minutes, cron):
    assert Job("ingest", minutes, {}).cron == cron


def test_one_that_is_far_off_does_not_begin_by_itself_while_a_test_runs():
    now = datetime.now(UTC)

    assert croniter(FarOff("ingest", 5, {}).cron, now).get_next(datetime) > now + timedelta(days=100)
