"""Job: how often it runs."""

import pytest

from core.jobs.job import Job


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
