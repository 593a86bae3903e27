"""forecast, backtest and anomalies on the bills of the demo."""

import json
import re
import shutil
from decimal import Decimal

import pytest

from core.__main__ import main


@pytest.fixture(autouse=True)
def demo(seeded_home, tmp_path, monkeypatch):
    home = tmp_path / "demo-home"
    shutil.copytree(seeded_home, home)
    monkeypatch.setenv("PHYGHT_HOME", str(home))
    monkeypatch.setenv("PHYGHT_DEMO", "on")


def asked(capsys, *words):
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_forecast_has_days_and_months_of_each_part_and_they_add_up(capsys):
    answer = asked(capsys, "forecast", "--by", "provider", "--horizon", "7", "--level", "80")

    ids = [row["unique_id"] for row in answer["rows"]]
    assert {each: ids.count(each) for each in ids} == {"AWS": 7, "Supabase": 7, "total": 7}
    for day in {row["ds"] for row in answer["rows"]}:
        *parts, total = [Decimal(row["mean"]) for row in answer["rows"] if row["ds"] == day]
        assert sum(parts) == total
    months = [row for row in answer["months"] if row["unique_id"] == "total"]
    assert len(months) in (4, 5)  # on the first days of a month the bills are in the one before
    assert all(Decimal(row["lo-80"]) <= Decimal(row["mean"]) <= Decimal(row["hi-80"]) for row in months)


def test_totals_are_one_row_a_part(capsys):
    answer = asked(capsys, "forecast", "--horizon", "30", "--totals")

    assert answer["rows"][-1]["unique_id"] == "total"
    assert len({row["unique_id"] for row in answer["rows"]}) == len(answer["rows"])


@pytest.mark.parametrize(("title", "label"), [("rung", "1080p"), ("uploaded", "2026 Q3")])
def test_groups_of_videos_and_rungs_are_forecast_and_add_up(capsys, title, label):
    answer = asked(capsys, "forecast", "--by", title, "--totals")

    means = {row["unique_id"]: Decimal(row["mean"]) for row in answer["rows"]}
    assert answer["by"] == title
    assert means[label] > 0
    assert sum(mean for name, mean in means.items() if name != "total") == means["total"]


def test_single_videos_are_not_forecast_and_nothing_is_supposed_of_rungs(capsys):
    assert main(["forecast", "--by", "video"]) == 2
    assert "Forecasts do not go by video. Give --by rung or --by uploaded." in capsys.readouterr().err
    assert main(["forecast", "--by", "rung", "--what-if", "uploads=2"]) == 2
    assert "--what-if does not go with --by rung." in capsys.readouterr().err


def test_people_read_where_months_end(capsys):
    assert main(["forecast"]) == 0

    text = capsys.readouterr().out
    assert re.match(r"month +billed +USD +lo-80 +hi-80 +lo-95 +hi-95\n\d{4}-\d\d ", text)
    assert "Supabase Plan: its monthly charge stays at 25.00 USD." in text


def test_backtests_of_bills_are_of_their_own_series(capsys):
    answer = asked(capsys, "backtest", "--by", "provider")

    assert answer["forecasts"] > 6
    assert 0.5 <= answer["covered"]["80"] <= 1


def test_event_nights_are_odd_can_be_explained_and_then_expected(capsys):
    events = [each for each in asked(capsys, "anomalies")["events"] if each["unique_id"] == "Amazon CloudFront"]
    night = max(events, key=lambda each: Decimal(each["impact"]))

    told = asked(capsys, "anomalies", "--explain", night["from"], "--label", night["unique_id"])
    assert (told["unique_id"], told["causes"][0]["dimension"]) == ("Amazon CloudFront", "resource")

    words = ["anomalies", "--expected", night["from"], "--label", "Amazon CloudFront", "--note", "the final"]
    assert main(words) == 0
    assert capsys.readouterr().out == f"Amazon CloudFront on {night['from']}: expected, remembered.\n"
    left = asked(capsys, "anomalies", "--label", "Amazon CloudFront")["events"]
    assert [each for each in left if each["from"] == night["from"]] == []


def test_what_cannot_be_is_refused_in_words(capsys):
    assert main(["anomalies", "--expected", "2026-01-01", "--label", "nothing"]) == 2
    assert "There is no service 'nothing' for --label." in capsys.readouterr().err
    assert main(["anomalies", "--explain", "2020-01-01"]) == 2
    assert "Nothing was odd on 2020-01-01." in capsys.readouterr().err
    assert main(["forecast", "--horizon", "0"]) == 2


def test_odd_days_are_of_the_label_and_as_large_as_is_asked_for(capsys):
    every = asked(capsys, "anomalies")["events"]
    cdn = asked(capsys, "anomalies", "--label", "Amazon CloudFront")
    largest = max(abs(Decimal(day["impact"])) for each in every for day in each["days"])

    assert cdn["events"] == [each for each in every if each["unique_id"] == "Amazon CloudFront"]
    beyond = asked(capsys, "anomalies", "--least", str(largest + 1))
    assert (beyond["events"], Decimal(beyond["least_money"])) == ([], round(largest + 1, 6))
    assert main(["anomalies", "--label", "nope"]) == 2
    assert "There is no service 'nope' for --label. Give one of Amazon CloudFront" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--expected", "2099-01-01"], "--expected 2099-01-01 is no day that is wholly billed. Give one from "),
        (["--expected", "2026-11-01", "--not-expected", "2026-11-01"], "--expected and --not-expected exclude"),
        (["--note", "why"], "--note says why a day was expected or not. Give --expected DAY or --not-expected DAY."),
        (["--expected", "2026-11-01", "--least", "5"], "--least finds odd days; a day is judged by itself."),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together_are_named(words, told, capsys):
    assert main(["anomalies", *words]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith(told)


def test_a_supposition_that_changes_nothing_is_named(capsys):
    assert main(["forecast", "--what-if", "price=NoSuch:+10"]) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith(
        "--what-if price=NoSuch:+10 changes nothing: no daily charge is of that service. Give one of "
    )
