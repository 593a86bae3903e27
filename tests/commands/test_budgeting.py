"""Budgets from the command line: set, told, and removed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.billing.builders import cur2, deliver_cur2
from tests.commands.test_commands import Terminal, terminal

__all__ = ["terminal"]


@pytest.fixture
def october(terminal: Terminal, bucket: Path) -> Terminal:
    deliver_cur2(bucket, [cur2("12.5")], delivered_at=datetime(2026, 11, 3, tzinfo=UTC))
    assert terminal.run("ingest", bucket) == 0
    return terminal


def test_a_budget_is_set_told_and_removed(october: Terminal):
    words = ("--amount", "1500.50", "--each", "quarter", "--only", "service=Amazon CloudFront", "--growth", "0.05")

    assert october.run("budgets", "set", "CDN", *words) == 0
    assert october.out == "CDN: 1500.5 USD a quarter.\n"
    (told,) = october.json("budgets", "list")["budgets"]
    assert (told["name"], told["amount"], told["each"]) == ("CDN", "1500.5", "quarter")
    assert told["only"] == [{"dimension": "service", "value": "Amazon CloudFront"}]
    assert (told["expected"], told["chance_of_overrun"]) == (None, None)
    assert "Nothing was charged by the day" in told["why_not"]
    assert october.run("budgets", "remove", "CDN") == 0
    assert october.json("budgets", "list") == {"budgets": [], "untold": []}


def test_one_that_cannot_be_told_hides_no_other(october: Terminal):
    october.run("budgets", "set", "All", "--amount", "9")
    october.run("budgets", "set", "Euro", "--amount", "9", "--currency", "EUR")

    told = october.json("budgets", "list")

    assert [each["name"] for each in told["budgets"]] == ["All"]
    assert [each["name"] for each in told["untold"]] == ["Euro"]
    assert october.run("budgets", "list") == 0
    assert "Euro: No bill is in 'EUR'." in october.err


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("--amount", "much"), 2, "'much' is no number"),
        (("--amount", "0"), 1, "0 is no amount to spend. Give more than zero"),
        (("--amount", "5", "--each", "day"), 2, "'day' is none of month, quarter, year"),
        (("--amount", "5", "--only", "colour=red"), 2, "colour"),
        (("--amount", "5", "--only", "service"), 2, "--only service has no value"),
    ],
)
def test_what_is_no_budget_is_refused_in_a_sentence(october: Terminal, words: tuple[str, ...], status: int, said: str):
    assert october.run("budgets", "set", "X", *words) == status
    assert said in october.err
    assert october.json("budgets", "list")["budgets"] == []
