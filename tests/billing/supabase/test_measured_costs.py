"""Measured costs: a real project stands in the costs by one command, without a file made by hand."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.__main__ import main
from core.bootstrap import open_platform
from core.costs.breakdown import break_down
from core.costs.period import Period
from core.errors import SourceUnreachable
from core.schedule import jobs
from tests.support.supabase_answers import storage_error

DAY_1 = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DAY_2 = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
NOVEMBER = Period(datetime(2026, 11, 1).date(), datetime(2026, 12, 1).date())
TB = 10**12


@pytest.fixture
def platform(connected):
    return open_platform(connected)


@pytest.fixture
def measure(platform):
    """One run of the source that is measured, at a moment."""
    (source,) = platform.sources

    def measure(now):
        (delivery,) = platform.ingest(source, lambda: now).deliveries
        return delivery

    return measure


def costs(platform, by):
    return {line.label: line.cost for line in break_down(platform.warehouse, NOVEMBER, by).lines}


def test_the_first_measurement_is_priced_by_the_plan(project, platform, measure):
    project.bucket("videos").put("a.mp4", TB)

    delivery = measure(DAY_1)

    # one day of November: (1000 GB - 100 GB included) x 24 / 720 hours = 30 GB-months at 0.021 USD, and the plan's fee
    assert costs(platform, "service") == {"Supabase Plan": Decimal("25"), "Supabase Storage": Decimal("0.63")}
    assert costs(platform, "provider") == {"Supabase": Decimal("25.63")}
    assert (delivery.outcome, delivery.kind, delivery.total) == ("loaded", "supabase", Decimal("25.63"))
    assert "egress not measured" in delivery.reason


def test_the_next_day_settles_the_day_before_and_the_one_after_reprices_the_month(project, platform, measure):
    project.bucket("videos").put("a.mp4", TB)
    measure(DAY_1)
    project.bucket("videos").put("b.mp4", TB)

    assert measure(DAY_2).outcome == "unchanged"
    assert measure(datetime(2026, 11, 23, 0, 30, tzinfo=UTC)).outcome == "loaded"

    # 30 GB-months of the 21st and (2000 - 100) x 24 / 720 = 63.333... of the 22nd, at 0.021 USD
    assert costs(platform, "service")["Supabase Storage"] == Decimal("1.96")


def test_the_worker_measures_in_a_step_of_its_own(project, platform):
    project.bucket("videos").put("a.mp4", TB)
    job = next(each for each in jobs(platform) if each.name == "ingest")

    for step in job.steps.values():
        step()

    assert platform.warehouse.revision() == 1


def test_while_it_cannot_be_measured_the_costs_stay_as_they_were(project, platform, measure):
    project.bucket("videos").put("a.mp4", TB)
    measure(DAY_1)
    project.before = lambda request: storage_error("403", "Unauthorized", "no") if "list-v2" in request else None

    with pytest.raises(SourceUnreachable):
        measure(DAY_2)

    assert costs(platform, "provider") == {"Supabase": Decimal("25.63")}


def test_one_command_measures_and_says_what_it_did(project, connected, capsys):
    project.bucket("videos").put("a.mp4", TB)

    assert main(["ingest", "--json"]) == 0

    (delivery,) = json.loads(capsys.readouterr().out)["deliveries"]
    assert (delivery["kind"], delivery["outcome"]) == ("supabase", "loaded")
    assert delivery["reason"].endswith("egress not measured")


def test_the_command_says_what_is_wrong_with_the_key(project, connected, monkeypatch, capsys):
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", project.key("anon"))

    assert main(["ingest"]) == 1

    said = capsys.readouterr().err
    assert "SUPABASE_SERVICE_ROLE_KEY is a wrong or limited key: it is not the service role's." in said
    assert project.key("anon") not in said
