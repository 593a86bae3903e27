"""Kills: which of them count."""

import pytest

from benchmarks.kills.round import Kill


@pytest.mark.parametrize(
    ("inside", "progress", "landed"),
    [({"copying": 2}, True, True), ({"copying": 2}, False, False), ({}, True, False)],
    ids=["inside the work", "nothing was done since the last", "it was between two videos"],
)
def test_a_kill_counts_inside_the_work_once_that_has_gone_on(inside, progress, landed):
    kill = Kill("one worker, to S3", "worker", 0.5, inside, parts=3, done=4, progress=progress)

    assert kill.landed is landed
