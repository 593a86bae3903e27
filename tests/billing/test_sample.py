"""The real FOCUS 1.0 sample: its totals, to the digit, through the command a person types."""

import csv
import json
import os
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal

import pytest

from core.costs.dimensions import Metric
from tests.billing.builders import Row
from tests.billing.store import Store
from tests.environment import ROOT

SAMPLE = ROOT / "tests/data/focus-1.0"


def core(*words: str) -> str:
    """What a command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "core", *words], cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def sample() -> list[Row]:
    with (SAMPLE / "focus_sample_1000.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def by_hand(column: str, cost: str = "BilledCost") -> dict[str, Decimal]:
    """The file, summed with Python's Decimal."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for row in sample():
        totals["not stated" if row[column] == "NULL" else row[column]] += Decimal(row[cost])
    return dict(totals)


def test_the_samples_totals_to_the_digit(own_environment: None):
    ingested = json.loads(core("ingest", str(SAMPLE), "--json"))
    answer = json.loads(core("costs", "--from", "2024-09-01", "--to", "2024-11-01", "--by", "provider", "--json"))

    reports = [(d["period"], d["rows"], d["outcome"]) for d in ingested["deliveries"]]
    assert reports == [("2024-09-01", 999, "loaded"), ("2024-10-01", 1, "loaded")]
    assert {line["label"]: line["cost"] for line in answer["lines"]}["AWS"] == "18.0066386184"
    assert {line["label"]: Decimal(line["cost"]) for line in answer["lines"]} == by_hand("ProviderName")
    assert Decimal(answer["total"]) == sum(by_hand("ProviderName").values())
    assert sum(line["share"] for line in answer["lines"]) == pytest.approx(1)


def test_the_sample_by_other_columns_and_costs(store: Store):
    store.ingest(SAMPLE)

    assert store.costs("region") == by_hand("RegionId")
    assert store.costs("resource") == by_hand("ResourceId")
    assert store.costs("provider", Metric.EFFECTIVE) == by_hand("ProviderName", "EffectiveCost")
    assert store.costs("provider", Metric.LIST) == by_hand("ProviderName", "ListCost")


def test_the_sample_may_be_published():
    assert "Creative Commons Attribution 4.0" in (SAMPLE / "LICENSE-CC-BY-4.0.md").read_text()
