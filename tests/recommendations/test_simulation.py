"""Simulation: histories are priced; what is learned is of the past only."""

import json
from datetime import date

import numpy as np
import pytest

from core.__main__ import main
from core.billing.prices import load_prices
from core.errors import PriceUnknown, WrongArguments
from core.recommendations.history import History, read_history
from core.recommendations.policies.fits import Fits
from core.recommendations.policies.habits import habits_of
from core.recommendations.policies.portfolio import Portfolio
from core.recommendations.policies.walk import walk
from core.recommendations.simulation import simulate
from core.recommendations.simulator.arrays import ints
from core.recommendations.simulator.catalogue import Catalogue, added_up
from core.recommendations.simulator.prices import s3_prices
from core.recommendations.simulator.window import Window, number_of
from tests.recommendations.built import PRICES
from tests.recommendations.parquet import OBJECTS, written
from tests.recommendations.reference import GIB

FIRST = number_of(date(2025, 1, 1))


def cold_history(days: int, objects: int = 60) -> History:
    """Objects of a GB that are read in their first week and never again, but one that is read each day."""
    created = FIRST - 300 + np.arange(objects) * (days + 300) // objects
    place = ints([*np.repeat(np.arange(1, objects), 3), *[0] * days])
    day = ints([*np.concatenate([c + np.arange(3) for c in created[1:]]), *range(FIRST, FIRST + days)])
    inside = (day >= FIRST) & (day < FIRST + days)
    ones = np.ones(inside.sum())
    reads = added_up(place[inside], day[inside], ones, ones * GIB / 10)
    catalogue = Catalogue(np.arange(objects), np.full(objects, GIB), ints(created), reads)
    return History(catalogue, FIRST, FIRST + days, ())


def test_on_a_cold_catalogue_the_portfolio_is_proposed_and_costs_far_less():
    found = simulate(cold_history(300), PRICES, 4)

    usd = {each.policy.partition(":")[0]: each.usd for each in found.policies}
    assert found.chosen == "portfolio"
    assert usd["optimum"] <= usd["portfolio"] < 0.8 * usd["intelligent-tiering"]
    assert all(each.delayed_videos == 0 and each.ratio_to_optimum >= 1 for each in found.policies)


def test_what_comes_later_changes_no_decision_of_before():
    whole, part = cold_history(300), cold_history(300)
    late = part.catalogue.reads
    known = late.where(late.day < FIRST + 250)
    changed = Catalogue(part.catalogue.group, part.catalogue.size, part.catalogue.created, known)

    moves = []
    for catalogue in (whole.catalogue, changed):
        window = Window(FIRST + 200, FIRST + 300)
        habits = habits_of(catalogue, FIRST, window.first, window.end)
        portfolio = Portfolio(catalogue, habits, Fits(catalogue, habits, PRICES), FIRST)
        stays = walk(catalogue, habits, window, portfolio, PRICES)
        early = stays.start < FIRST + 250
        moves.append((stays.object[early].tolist(), stays.start[early].tolist(), stays.storage_class[early].tolist()))
    assert moves[0] == moves[1]


def test_ten_days_of_reads_teach_nothing_and_it_says_so():
    found = simulate(cold_history(10), PRICES, 12)

    assert [each.policy for each in found.policies] == ["standard", "intelligent-tiering", "portfolio", "optimum"]
    assert found.chosen == "intelligent-tiering"
    assert found.policies[1].usd == found.policies[2].usd
    assert found.remarks == (
        "There are 10 days of reads: these are priced instead of 12 months.",
        "28 days of reads are needed to learn from: no policy is learned, and Intelligent-Tiering stands.",
    )


def test_a_rule_that_archives_keeps_viewers_waiting():
    found = simulate(cold_history(200), PRICES, 3, ["age:GLACIER@0"])

    assert found.policies[0].policy == "age:GLACIER@0"
    assert found.policies[0].delayed_videos > 0


def test_a_policy_that_is_none_is_named():
    with pytest.raises(WrongArguments, match="'cheap' is no policy"):
        simulate(cold_history(100), PRICES, 3, ["cheap"])


def test_a_region_without_prices_is_one_clear_error():
    with pytest.raises(PriceUnknown, match=r"no price for storage of STANDARD .* in eu-west-1"):
        s3_prices(load_prices(), "eu-west-1")


def test_a_few_objects_are_left_to_intelligent_tiering():
    found = simulate(cold_history(300, objects=9), PRICES, 4)

    usd = {each.policy.partition(":")[0]: each.usd for each in found.policies}
    assert usd["portfolio"] == usd["intelligent-tiering"]
    assert "9 objects have 128 KB or more: of fewer than 10 nothing is chosen." in found.remarks


def test_objects_without_a_byte_cost_their_requests(tmp_path):
    objects, reads = written(tmp_path, OBJECTS.replace("1000000", "0"))

    found = simulate(read_history(objects, reads), PRICES, 1, ["standard", "intelligent-tiering"])

    assert [each.usd for each in found.policies] == pytest.approx([0.0004 / 1000] * 2)


def test_the_command_answers_for_programs(tmp_path, capsys):
    objects, reads = written(tmp_path)

    status = main(["simulate", "--objects", str(objects), "--reads", str(reads), "--policy", "standard", "--json"])

    answer = json.loads(capsys.readouterr().out)
    assert status == 0
    assert (answer["from"], answer["to"], answer["chosen"]) == ("2026-01-05", "2026-01-06", "intelligent-tiering")
    assert [each["policy"] for each in answer["policies"]] == ["standard"]
    assert answer["policies"][0]["usd"] == pytest.approx(1e6 / GIB * 0.023 / 31 + 0.0004 / 1000)
    assert set(answer["policies"][0]) == {"policy", "usd", "ratio_to_optimum", "worst_month_usd", "delayed_videos"}


def test_objects_without_reads_are_asked_wrongly(tmp_path, capsys):
    assert main(["simulate", "--objects", str(written(tmp_path)[0])]) == 2
    assert "Give both --objects and --reads" in capsys.readouterr().err
