"""Recommendations from the command line: found, shown, dismissed and brought back."""

from pathlib import Path

import pytest

from core.settings import Settings
from tests.billing.store import Store
from tests.commands.test_commands import Terminal, terminal
from tests.costs.measurements import measure
from tests.recommendations.small import Small, asked, listed

__all__ = ["terminal"]


@pytest.fixture
def cold(terminal: Terminal, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """An original of 100 GiB in S3 that nobody reads, and 31 days of logs."""
    monkeypatch.setenv("S3_BUCKET", "local")
    store = Store.fresh(settings.phyght_home, settings)
    Small(store, tmp_path / "buckets").holds(listed("a", 100))
    measure(store, "request_titles", [asked("other", day, result="hit") for day in range(1, 32)])
    return terminal


def test_what_is_found_is_listed_with_its_proof(cold: Terminal):
    told = cold.json("recommendations")

    (found,) = told["recommendations"]
    assert (found["rule"], found["place"]) == ("original class", "s3")
    assert (found["monthly_saving_usd"], found["counted_usd"]) == ("1.89999935", "1.89999935")
    assert told["monthly_saving_usd"] == "1.89999935"  # a tag of the object is billed, too
    assert {"name": "Reads", "value": "0", "unit": "reads"} in found["evidence"]["lines"]
    assert found["evidence"]["fees"][0] == {"part": "Storage", "now_usd": "2.3", "then_usd": "0.4"}
    assert found["action"]["terms"]["storage_class"] == "GLACIER_IR"
    assert {each["rule"] for each in told["remarks"]} >= {"unfinished uploads", "unwatched rungs"}


def test_one_is_shown_dismissed_and_brought_back(cold: Terminal):
    id = cold.json("recommendations")["recommendations"][0]["id"]

    assert cold.run("recommendations", "show", id) == 0
    assert "Saves 1.90 USD a month, and costs 0.00 USD once." in cold.out
    assert cold.json("recommendations", "show", id)["id"] == id
    assert cold.run("recommendations", "dismiss", id, "--reason", "edited each week") == 0
    assert cold.run("recommendations") == 0
    assert "Nothing was found that would cost less." in cold.out
    assert f"{id} was dismissed by" in cold.err
    assert cold.json("recommendations")["dismissed"][0]["reason"] == "edited each week"
    assert cold.run("recommendations", "back", id) == 0
    assert len(cold.json("recommendations", "--refresh")["recommendations"]) == 1


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("show", "x"), 1, "There is no recommendation 'x'."),
        (("dismiss", "x", "--reason", "no"), 1, "There is no recommendation 'x'."),
        (("dismiss", "x"), 2, "--reason"),
        (("back", "x"), 1, "No recommendation 'x' was dismissed."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(cold: Terminal, words: tuple[str, ...], status: int, said: str):
    assert cold.run("recommendations", *words) == status
    assert said in cold.err
