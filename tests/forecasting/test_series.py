"""Series in files, and the commands that read them."""

import json
import math
from datetime import date, timedelta

import pytest

from core.__main__ import main
from core.errors import SeriesRefused
from core.forecasting.series import read_series
from tests.forecasting.days import FIRST, write


def test_days_in_any_order_make_a_series_and_gaps_are_not_known(tmp_path):
    file = write(tmp_path / "s.csv", ["a,2026-01-03,3", "a,2026-01-01,1", "b,2026-01-02,2.5", "a,2026-01-05,NaN"])

    (a, b), left_out = read_series(file)

    assert (a.unique_id, a.first) == ("a", FIRST)
    assert [None if math.isnan(value) else value for value in a.values] == [1, None, 3]
    assert (b.first, b.values.tolist(), left_out) == (date(2026, 1, 2), [2.5], [])


def test_an_hour_is_taken_for_its_day(tmp_path):
    (a,), _ = read_series(
        write(
            tmp_path / "s.csv",
            ["a,2026-03-29T00:00:00+01:00,1", "a,2026-03-30 00:00:00,2", "a,2026-03-31T23:59:59.999Z,3"],
        )
    )

    assert (a.first, a.values.tolist()) == (date(2026, 3, 29), [1, 2, 3])


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (["a,2026-01-01,1", "a,2026-01-02,1", "a,2026-01-01,2"], "2026-01-01 is there twice."),
        (["a,2026-01-01,", "a,2026-01-02,inf", "a,2026-01-03"], "No day of it has a value."),
        (
            ["a,0026-01-01,1", "a,2026-01-02,1"],
            "It goes from 0026-01-01 to 2026-01-02, which is over sixty years: a date is wrong.",
        ),
    ],
)
def test_a_series_that_cannot_be_is_left_out_and_the_others_are_read(tmp_path, rows, reason):
    found, left_out = read_series(write(tmp_path / "s.csv", [*rows, "b,2026-01-01,1"]))

    assert [each.unique_id for each in found] == ["b"]
    assert [(each.unique_id, each.reason) for each in left_out] == [("a", reason)]


@pytest.mark.parametrize(
    ("head", "rows", "problem"),
    [
        ("unique_id,day,value", [], "has no column ds and no y"),
        ("unique_id,ds,y", ["a,yesterday,1"], "says ds='yesterday', y='1' in line 2"),
        ("unique_id,ds,y", ["a,2026-01-01junk,1"], "says ds='2026-01-01junk', y='1' in line 2"),
        ("unique_id,ds,y", ["a,2026-01-01T25:00,1"], "says ds='2026-01-01T25:00', y='1' in line 2"),
        ("unique_id,ds,y", ["a,2026-01-01,1", "a,2026-01-02,much"], "says ds='2026-01-02', y='much' in line 3"),
    ],
)
def test_a_file_that_is_no_such_csv_is_refused_in_one_sentence(tmp_path, head, rows, problem):
    with pytest.raises(SeriesRefused) as refused:
        read_series(write(tmp_path / "s.csv", rows, head))

    assert refused.value.message == f"{tmp_path / 's.csv'} {problem}."


def test_no_file_and_no_text_are_refused(tmp_path, capsys):
    (tmp_path / "film.csv").write_bytes(b"\xff\xd8\xff\x00")

    assert main(["forecast", "--series", str(tmp_path / "none.csv")]) == 1
    assert main(["forecast", "--series", str(tmp_path / "film.csv")]) == 1
    told = capsys.readouterr().err
    assert "none.csv cannot be read (No such file or directory)." in told
    assert "film.csv is no CSV file in UTF-8." in told


@pytest.fixture
def hundred_days(tmp_path):
    rows = [f"a,{FIRST + timedelta(n)},{5 if n != 80 else 50}" for n in range(130)]
    return str(write(tmp_path / "s.csv", [*rows, "short,2026-01-01,1"]))


def test_forecast_answers_programs(hundred_days, capsys):
    assert main(["forecast", "--series", hundred_days, "--horizon", "2", "--level", "80", "--json"]) == 0

    answer = json.loads(capsys.readouterr().out)
    assert [(row.pop("unique_id"), row.pop("ds")) for row in answer["rows"]] == [
        ("a", "2026-05-11"),
        ("a", "2026-05-12"),
    ]
    assert answer["rows"] == [pytest.approx({"mean": 5, "lo-80": 5, "hi-80": 5})] * 2
    assert answer["left_out"] == [
        {"unique_id": "short", "reason": "It begins on 2026-01-01: 1 days are too few, 28 are needed."}
    ]


def test_forecast_answers_with_sums(hundred_days, capsys):
    assert main(["forecast", "--series", hundred_days, "--horizon", "10", "--totals", "--json"]) == 0

    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert (row["from"], row["to"]) == ("2026-05-11", "2026-05-21")
    assert (row["mean"], row["lo-80"]) == pytest.approx((50, 50))


def test_backtest_and_anomalies_answer_people_and_programs(hundred_days, capsys):
    assert main(["anomalies", "--series", hundred_days, "--json"]) == 0
    (odd,) = json.loads(capsys.readouterr().out)["rows"]
    assert (odd["ds"], odd["y"]) == ("2026-03-22", 50)
    assert (odd["expected"], odd["impact"]) == pytest.approx((5, 45))

    assert main(["backtest", "--series", hundred_days]) == 0
    assert "80 % band: 100.0% of days lay in it" in capsys.readouterr().out


@pytest.mark.parametrize("value", ["5", "0.1", "0.3333333333", "1234567.891"])
def test_what_is_always_the_same_lies_in_every_band(tmp_path, value, capsys):
    file = write(tmp_path / "s.csv", [f"a,{FIRST + timedelta(n)},{value}" for n in range(130)])

    assert main(["backtest", "--series", str(file)]) == 0

    told = capsys.readouterr().out
    assert told.count("band: 100.0% of days lay in it, 100.0% of days 24 and later, 100.0% of sums") == 2


@pytest.mark.parametrize(
    ("value", "cell"),
    [(0.000123456, "0.0001235"), (0.5, "0.5000"), (12.346, "12.35"), (1234.5, "1,234.50"),
     (4e-9, "4.000e-09"), (0, "0.00")],
)  # fmt: skip
def test_small_values_keep_the_digits_that_count(tmp_path, value, cell, capsys):
    file = write(tmp_path / "s.csv", [f"a,{FIRST + timedelta(n)},{value}" for n in range(60)])

    assert main(["forecast", "--series", str(file), "--horizon", "1", "--level", "80"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["a", "2026-03-02", cell, cell, cell]


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("forecast", ["--by", "service"]),
        ("forecast", ["--store"]),
        ("forecast", ["--what-if", "uploads=2"]),
        ("backtest", ["--currency", "USD"]),
        ("anomalies", ["--explain", "2026-03-22"]),
        ("anomalies", ["--expected", "2026-03-22"]),
        ("anomalies", ["--label", "a"]),
    ],
)
def test_what_is_about_bills_is_refused_beside_a_file(hundred_days, command, option, capsys):
    assert main([command, "--series", hundred_days, *option]) == 2
    told = f"{option[0]} is about the bills, not about a file. Leave out {option[0]} or --series.\n"
    assert capsys.readouterr().err == told


@pytest.mark.parametrize("amount", ["nan", "inf", "-1", "much"])
def test_what_a_day_has_to_be_off_is_a_number(hundred_days, amount, capsys):
    with pytest.raises(SystemExit) as left:
        main(["anomalies", "--series", hundred_days, f"--least={amount}"])

    assert left.value.code == 2
    assert f"argument --least: '{amount}' is no amount; write a number from 0 on" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--horizon", "0"], ["--level", "80,120"], ["--level", "most"]])
def test_what_cannot_be_asked_is_said(hundred_days, wrong, capsys):
    assert main(["forecast", "--series", hundred_days, *wrong]) == 2
    assert wrong[1] in capsys.readouterr().err
