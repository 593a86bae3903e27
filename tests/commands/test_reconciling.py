"""python -m core reconcile, costs --now: for programs and for people."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.bootstrap import open_platform
from core.settings import load_settings
from tests.billing.builders import deliver_cur2
from tests.commands.test_commands import Terminal, terminal
from tests.costs.measurements import measure
from tests.reconciliation.sides import DAYS, GIB, logged, sent

__all__ = ["terminal"]

FOUR_DAYS = ("--from", "2026-10-10", "--to", "2026-10-14")


@pytest.fixture
def october(terminal: Terminal, bucket: Path) -> Terminal:
    """1 GB a day by the bill, of which the logs have the last two."""
    deliver_cur2(bucket, [sent(day, 1) for day in DAYS])
    assert terminal.run("ingest", bucket) == 0, terminal.err
    measure(open_platform(load_settings()), "request_places", [logged(12, 1), logged(13, 1)])
    return terminal


def test_sides_for_programs(october: Terminal):
    told = october.json("reconcile", *FOUR_DAYS)

    assert (told["estimated"], len(told["billed_days"])) == (False, 4)
    (line,) = [each for each in told["lines"] if each["figure"] == "CloudFront bytes"]
    (logs,) = [each for each in line["counted"] if each["by"] == "logs"]
    assert (line["billed"], logs["value"], logs["difference"], logs["verdict"]) == (4 * GIB, 2 * GIB, -0.5, "agrees")
    assert (logs["difference_on_days_of_both"], logs["days_of_both"]) == (0.0, 2)
    assert logs["missing"] == logs["outside"] == ["2026-10-10", "2026-10-11"]
    assert logs["difference_within"] == 0.0
    assert [each["cause"] for each in logs["because"]] == ["not from the beginning"]


def test_sides_for_people(october: Terminal):
    assert october.run("reconcile", *FOUR_DAYS) == 0
    assert "CloudFront bytes 4,294,967,296 logs 2,147,483,648 -50.0 % +0.0 %" in " ".join(october.out.split())
    assert "CloudFront bytes by logs: nothing by logs before 2026-10-12: 2 of 4 days" in october.out
    assert "Bills cover 4 of 4 days whole" in october.out


def test_where_nothing_was_counted(terminal: Terminal):
    assert terminal.run("reconcile", *FOUR_DAYS) == 0
    assert "Neither a bill nor anything else" in terminal.err


def test_a_period_that_ends_before_it_begins_is_refused(terminal: Terminal):
    assert terminal.run("reconcile", "--from", "2026-10-14", "--to", "2026-10-10") == 2


def test_this_month_for_programs_and_people(october: Terminal):
    """The bills are of another month: nothing is billed, and nothing was measured."""
    told = october.json("costs", "--now")

    assert told["month"] == f"{datetime.now(UTC):%Y-%m}"
    assert (told["total"], told["lines"], told["past"]) == ("0", [], [])
    assert october.run("costs", "--now") == 0
    assert "Tax, support and other services are as billed" in october.out


def test_this_month_goes_with_no_period(october: Terminal):
    assert october.run("costs", "--now", *FOUR_DAYS) == 2
    assert "--now goes with none of --from, --to, --only and --by" in october.err
