"""Simulation: histories of every make are priced, or refused in a sentence; what is learned is of the past only."""

import json
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from core.__main__ import main
from core.billing.prices import load_prices
from core.errors import HistoryRefused, PriceUnknown, WrongArguments
from core.recommendations.history import History, read_history
from core.recommendations.policies.habits import habits_of
from core.recommendations.policies.portfolio import Portfolio
from core.recommendations.policies.walk import walk
from core.recommendations.simulation import simulate
from core.recommendations.simulator.arrays import ints
from core.recommendations.simulator.catalogue import Catalogue, added_up
from core.recommendations.simulator.prices import s3_prices
from core.recommendations.simulator.window import Window, number_of
from tests.recommendations.built import PRICES
from tests.recommendations.reference import GIB

FIRST = number_of(date(2025, 1, 1))
OBJECTS = "SELECT 'a' AS object, 'v' AS \"group\", 1000000 AS bytes, DATE '2026-01-01' AS created"
READS = "SELECT 'a' AS object, DATE '2026-01-05' AS day, 1 AS gets, 10 AS bytes"

UUID = "7f8b4c7e-0000-4000-8000-000000000001"


def written(folder: Path, objects: str = OBJECTS, reads: str = READS) -> tuple[Path, Path]:
    files = folder / "objects.parquet", folder / "reads.parquet"
    for file, select in zip(files, (objects, reads), strict=True):
        duckdb.connect().execute(f"COPY ({select}) TO '{file}' (FORMAT parquet)")
    return files


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
        stays = walk(catalogue, habits, window, Portfolio(catalogue, habits, PRICES, FIRST))
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
        "60 days of reads are needed to learn from: no policy is learned, and Intelligent-Tiering stands.",
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


@pytest.mark.parametrize(
    ("objects", "reads"),
    [
        (
            "7::BIGINT, 1, 5e6::BIGINT, TIMESTAMP '2026-01-01 23:00:00'",
            "7::TINYINT, TIMESTAMPTZ '2026-01-05 01:00:00+00', 1, 10",
        ),
        ("7.0::DOUBLE, 1.5, 5e6::DOUBLE, '2026-01-01T23:00:00Z'", "7, '2026-01-05', 1.0, 10.0"),
        (f"'{UUID}'::UUID, NULL, 5e6, 20454", f"'{UUID}', 1767571200, 1, 10"),
        ("'a', 'v', 5e6::HUGEINT, 1767225600000", "'a', 1767571200000000, 1, 10"),
    ],
    ids=["numbers and timestamps", "fractions and texts", "UUIDs, days and seconds", "milliseconds and microseconds"],
)  # fmt: skip
def test_ids_and_days_may_be_of_any_type(tmp_path, objects, reads):
    names = 't(object, "group", bytes, created)', "t(object, day, gets, bytes)"
    files = written(
        tmp_path, f"SELECT * FROM (VALUES ({objects})) {names[0]}", f"SELECT * FROM (VALUES ({reads})) {names[1]}"
    )

    found = read_history(*files)

    assert found.catalogue.created.tolist() == [number_of(date(2026, 1, 1))]
    assert found.catalogue.reads.day.tolist() == [number_of(date(2026, 1, 5))]
    assert found.remarks == ()


def test_what_cannot_be_used_is_counted_and_told(tmp_path):
    objects = f"""{OBJECTS} UNION ALL BY NAME
        SELECT * FROM (VALUES ('none', 'v', NULL, DATE '2026-01-01'), ('less', 'v', -1, DATE '2026-01-01'),
        ('huge', 'v', 9e18, DATE '2026-01-01'), ('ever', 'v', 1, NULL), ('a', 'v', 2000000, DATE '2026-01-02'))
        t(object, "group", bytes, created)"""
    reads = f"""{READS} UNION ALL BY NAME
        SELECT * FROM (VALUES ('a', DATE '2026-01-05', 1, 10), ('b', DATE '2026-01-05', 1, 10),
        ('less', DATE '2026-01-05', 1, 10), ('a', DATE '2025-12-31', 1, 10), ('a', NULL, 1, 10),
        ('a', DATE '2026-01-05', -1, 10)) t(object, day, gets, bytes)"""

    found = read_history(*written(tmp_path, objects, reads))

    assert found.catalogue.size.tolist() == [1000000]
    assert found.catalogue.reads.gets.tolist() == [2]
    assert sorted(found.remarks) == [
        "1 objects are larger than the 50 TB that S3 takes: they are left out.",
        "1 objects have a size below 0: they are left out.",
        "1 objects have no day of creation from 1970 to 2099: they are left out.",
        "1 objects have no size: they are left out.",
        "1 reads are from before their object's creation: they are left out.",
        "1 reads are of objects that are left out: they are left out too.",
        "1 reads are of objects that are not listed: they are left out.",
        "1 reads have a number of GETs or bytes below 0: they are left out.",
        "1 reads have no day from 2000 to 2099: they are left out.",
        "1 rows list an object again: the earliest of each counts.",
        "1 rows of reads tell of an object and day again: they are added up.",
    ]


@pytest.mark.parametrize(
    ("objects", "reads", "said"),
    [
        (f"{OBJECTS} LIMIT 0", READS, "has no object with a size and a day of creation"),
        (OBJECTS, f"{READS} LIMIT 0", "has no read of an object in"),
        (OBJECTS, "SELECT 'a' AS object, 1 AS gets", "has no column day and no bytes"),
    ],
    ids=["no objects", "no reads", "no columns"],
)
def test_a_file_that_tells_nothing_is_refused_in_a_sentence(tmp_path, objects, reads, said):
    with pytest.raises(HistoryRefused, match=said):
        read_history(*written(tmp_path, objects, reads))


@pytest.mark.parametrize("content", [b"", b"object,group", b"PAR1broken"], ids=["empty", "CSV", "broken"])
def test_a_file_that_is_no_parquet_is_refused(tmp_path, content):
    file = tmp_path / "objects.parquet"
    file.write_bytes(content)

    with pytest.raises(HistoryRefused, match="cannot be read as Parquet"):
        read_history(file, file)
    with pytest.raises(HistoryRefused, match="cannot be read as Parquet"):
        read_history(tmp_path / "nowhere.parquet", file)


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
