"""Costs: the URL says what is shown, and the figures are those of the bills."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from core.costs.dimensions import Filter
from core.costs.period import Period, month_of
from core.costs.series import Grain
from dashboard import answer_lines, answers, charts, controls
from dashboard.view import Against, View, read_view
from tests.pages.bills import CLOUDFRONT, DOWNLOADED, HOSTILE, S3, tiles, words, write_hostile_bill

OCTOBER = {"from_": "2026-10-01", "to": "2026-11-01"}
NOVEMBER = {"from_": "2026-11-01", "to": "2026-11-21"}


def lines(app) -> list[list]:
    (table,) = app.dataframe
    return table.value[["label", "cost"]].to_numpy().tolist()


def test_a_link_shows_the_period_it_states(platform, visit):
    app = visit("costs", **OCTOBER)

    assert tiles(app)["Billed, October"] == ("$930.00", "not compared")
    assert lines(app) == [[CLOUDFRONT, 620.0], [S3, 310.0]]


def test_the_period_is_compared_with_the_same_days_of_the_month_before(platform, visit):
    app = visit("costs", **NOVEMBER)

    assert tiles(app) == {
        "Billed, 1 to 20 Nov": ("$840.00", "+40 %"),
        "Difference": ("+$240.00", ""),
        "Changed most": ("+$200.00", ""),
    }


def test_a_filter_leaves_only_what_it_lets_through(platform, visit):
    app = visit("costs", **OCTOBER, by="resource", filter=[f"service={S3}"])

    assert lines(app) == [["films", 310.0]]
    assert [button.label for button in app.button if button.key == "chip-0"] == ["Service\\:\u2060 S3"]


def test_removing_a_filter_can_be_undone(platform, visit):
    app = visit("costs", **OCTOBER, filter=[f"service={S3}"])
    app.button(key="chip-0").click().run()
    assert len(lines(app)) == 2

    app.button(key="chips-undo").click().run()

    assert lines(app) == [[S3, 310.0]]


def test_a_control_states_its_change_in_the_url(platform, visit):
    app = visit("costs", **OCTOBER)
    app.selectbox(key="select Break down by").set_value("provider").run()

    assert app.query_params["by"] == "provider"
    assert app.query_params["from"] == "2026-10-01"
    assert lines(app) == [["AWS", 930.0]]


def test_a_preset_sets_the_period_and_fitting_columns(platform, visit):
    app = visit("costs", **OCTOBER)
    app.selectbox(key="select Period").set_value("Last 12 months").run()

    assert app.query_params["grain"] == "month"


def test_what_was_looked_at_is_there_again_after_a_look_at_another_page(platform, visit):
    app = visit("costs", **OCTOBER, by="provider")
    app.switch_page("../pages/overview.py").run()
    for name in list(app.query_params):
        if name != "view_as":
            del app.query_params[name]

    app.switch_page("../pages/costs.py").run()

    assert lines(app) == [["AWS", 930.0]]


def test_a_year_that_bills_do_not_cover_is_not_compared_with(platform, visit):
    text = words(visit("costs", **OCTOBER, compare="year", show="What changed"))

    assert "There is nothing to compare with: bills begin in October 2026." in text


@pytest.mark.parametrize(
    ("days", "why"),
    [
        (OCTOBER, "no bills in September 2026"),
        ({"from_": "2026-10-16", "to": "2026-11-10"}, "bills cover 1 to 15 Oct 2026 only"),
    ],
)
def test_days_that_bills_cover_in_part_are_not_compared_with(platform, visit, tmp_path, days, why):
    platform.ingest(str(write_hostile_bill(tmp_path, date(2026, 8, 1))), lambda: DOWNLOADED)
    app = visit("costs", **days, show="What changed")

    assert [tile.delta for tile in app.metric] == ["not compared"]
    assert f"There is nothing to compare with: {why}." in words(app)


@pytest.mark.parametrize(
    ("days", "covered"),
    [
        ({"from_": "2026-11-11", "to": "2026-12-01"}, "ills cover 11 to 20 Nov 2026 only"),
        ({"from_": "2026-11-25", "to": "2026-12-01"}, "o bill covers these days yet"),
    ],
)
def test_a_total_of_days_that_bills_cover_in_part_says_which_and_is_not_compared(platform, visit, days, covered):
    app = visit("costs", **days)

    assert covered in "".join(str(badge.value) for badge in app.markdown)
    assert [tile.delta for tile in app.metric] == ["not compared"]


def test_a_total_of_days_that_bills_cover_says_nothing_of_it(platform, visit):
    assert "Bills cover" not in words(visit("costs", **NOVEMBER))


def test_a_period_without_a_bill_says_what_there_is(platform, visit):
    app = visit("costs", from_="2020-01-01", to="2020-02-01")

    assert "No bill covers January 2020" in words(app)
    assert "There are bills from 2026\\-10 to 2026\\-11\\." in words(app)

    app.button(key="no-bill-newest").click().run()
    assert tiles(app)["Billed, 1 to 20 Nov"] == ("$840.00", "+40 %")


def test_a_first_visit_shows_the_same_days_as_the_overview(platform, visit):
    app = visit("costs")

    assert tiles(app)["Billed, 1 to 20 Nov"] == tiles(visit("overview"))["November so far"]
    assert (app.query_params["from"], app.query_params["to"]) == ("2026-11-01", "2026-11-21")


@pytest.mark.parametrize(
    "nonsense",
    [
        {"from_": "yesterday", "to": "today"},
        {"from_": "2026-11-01", "to": "2026-10-01"},
        {"from_": "0001-01-01", "to": "9999-12-31"},
        {"by": "moon"},
        {"metric": "free", "grain": "hour", "compare": "mars"},
        {"filter": ["", "moon=1", "="]},
    ],
)
def test_a_link_with_nonsense_in_it_shows_the_usual(platform, visit, nonsense):
    app = visit("costs", **nonsense)

    assert not app.exception
    assert not app.error


def test_a_tag_that_no_charge_carries_is_explained(platform, visit):
    app = visit("costs", **OCTOBER, by="tag:moon")

    assert "No charge carries a tag" in app.error[0].value


def test_hostile_names_are_shown_and_do_nothing(platform, visit, tmp_path):
    platform.ingest(str(write_hostile_bill(tmp_path / "hostile")), lambda: DOWNLOADED)
    app = visit("costs", from_="2026-09-01", to="2026-10-01", by="resource", filter=[f"service={HOSTILE}"])

    assert lines(app) == [[HOSTILE, 7.0]]
    (chip,) = [button.label for button in app.button if button.key == "chip-0"]
    assert "<b>" not in chip
    assert "](" not in chip


def flags_of(platform, grain: Grain, end: str = "2026-11-21") -> list[str]:
    """Which of three nights are marked in a view of November."""
    nights = {"last month": date(2026, 10, 31), "now": date(2026, 11, 14), "to come": date(2026, 11, 21)}
    view = View(Period(date(2026, 11, 1), date.fromisoformat(end)), grain=grain)
    flags = [charts.Flag(day, name) for name, day in nights.items()]
    answer = answers.answer(platform.warehouse, platform.database, view, flags)
    return [flag.name for flag in charts.shown_flags(answer.series, answer.flags)]


def test_nights_are_marked_in_days_and_weeks_up_to_the_end_of_the_data(platform):
    assert flags_of(platform, Grain.DAY) == ["now"]
    assert flags_of(platform, Grain.WEEK) == ["now"]
    assert flags_of(platform, Grain.WEEK, end="2026-12-01") == ["now"]
    assert flags_of(platform, Grain.MONTH) == []


def test_days_without_usage_yet_say_so(platform, visit):
    assert "No usage in these days yet" in words(visit("costs", from_="2026-11-21", to="2026-11-24"))
    assert "Usage to 21 Nov 00:00 UTC" in words(visit("costs", **NOVEMBER))


def test_a_year_ago_that_lies_in_a_gap_between_bills_is_not_compared_with(platform, tmp_path):
    platform.ingest(str(write_hostile_bill(tmp_path, date(2025, 1, 1))), lambda: DOWNLOADED)
    view = View(month_of(date(2026, 11, 1)), against=Against.YEAR)

    assert answers.answer(platform.warehouse, platform.database, view).comparison.before is None


def test_the_download_has_every_digit(platform):
    view = View(Period(date(2026, 11, 1), date(2026, 11, 21)), filters=(Filter("service", S3),))
    answer = answers.answer(platform.warehouse, platform.database, view)

    table = answer_lines._table(answer)

    assert table.schema.field("cost").type == pa.decimal128(38, 18)
    assert table.column("cost").to_pylist() == [Decimal(240)]
    assert table.column("cost_before").to_pylist() == [Decimal(200)]


def test_a_chosen_line_opens_what_it_is_made_of():
    october = read_view({"from": ["2026-10-01"], "to": ["2026-11-01"]}, DOWNLOADED.date())

    assert controls.filter_of(october, "not stated") == Filter("service", None)
    assert controls.filter_of(october, S3) == Filter("service", S3)
