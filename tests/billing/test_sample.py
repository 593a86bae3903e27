"""The real FOCUS 1.0 sample: its totals, to the digit, through the command a person types."""

import csv
import json
import os
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from tests.billing.builders import Row
from tests.environment import ROOT

SAMPLE = ROOT / "tests/data/focus-1.0"
PROVIDERS = {"AWS": "AWS", "Microsoft": "Microsoft", "Oracle": "Oracle"}


def core(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "core", *words], cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=120
    )


def ask(period: tuple[str, str], by: str, metric: str = "billed") -> dict:
    words = ("--from", period[0], "--to", period[1], "--by", by, "--metric", metric, "--json")
    done = core("costs", *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def sample() -> list[Row]:
    with (SAMPLE / "focus_sample_1000.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def by_hand(column: str, cost: str = "BilledCost") -> dict[str, Decimal]:
    """The file, summed with Python's Decimal."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for row in sample():
        totals["not stated" if row[column] == "NULL" else row[column]] += Decimal(row[cost])
    return dict(totals)


def lines(answer: dict) -> dict[str, Decimal]:
    return {line["label"]: Decimal(line["cost"]) for line in answer["lines"]}


WHOLE = ("2024-09-01", "2024-11-01")


@pytest.fixture
def ingested(own_environment: None) -> dict:
    done = core("ingest", str(SAMPLE), "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_samples_totals_to_the_digit(ingested: dict):
    reports = [(d["period"], d["rows"], d["outcome"]) for d in ingested["deliveries"]]
    assert reports == [("2024-09-01", 999, "loaded"), ("2024-10-01", 1, "loaded")]

    answer = ask(WHOLE, "provider")
    assert {line["label"]: line["cost"] for line in answer["lines"]}["AWS"] == "18.0066386184"
    assert lines(answer) == by_hand("ProviderName")
    assert Decimal(answer["total"]) == sum(by_hand("ProviderName").values())
    assert sum(line["share"] for line in answer["lines"]) == pytest.approx(1)


def test_the_sample_by_other_columns_and_costs(ingested: dict):
    assert lines(ask(WHOLE, "region")) == by_hand("RegionId")
    assert lines(ask(WHOLE, "resource")) == by_hand("ResourceId")
    assert lines(ask(WHOLE, "provider", "effective")) == by_hand("ProviderName", "EffectiveCost")
    assert lines(ask(WHOLE, "provider", "list")) == by_hand("ProviderName", "ListCost")


def test_the_sample_may_be_published(tmp_path: Path):
    assert "Creative Commons Attribution 4.0" in (SAMPLE / "LICENSE-CC-BY-4.0.md").read_text()
