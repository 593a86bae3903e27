"""The Forecast section: where months end, how sure that is, what it rests on, and what if."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.costs.budgets import Budget
from core.costs.period import month_of
from core.costs.supposed import scenario_of
from dashboard import forecast_chart, outlooks, supposed_words
from dashboard.forecast_chart import Ahead
from dashboard.view import View
from tests.billing.builders import deliver_cur2
from tests.costs.measurements import measure, served
from tests.costs.twelve import cdn
from tests.pages.bills import CLOUDFRONT, DOWNLOADED, HOSTILE, S3, tiles, words, write_hostile_bill, write_steady

pytestmark = pytest.mark.usefixtures("autumn")

#: Bills of thirty dollars a day, from 22 September to 20 November.
UNTIL = date(2026, 11, 21)


@pytest.fixture
def november(empty, tmp_path):
    empty.ingest(str(write_steady(tmp_path / "steady", UNTIL)), lambda: DOWNLOADED)
    return empty


def plain(app) -> str:
    return words(app).replace("\\", "").replace("\N{WORD JOINER}", "")


def parts(app) -> list[list]:
    (table,) = app.dataframe
    return table.value[["label", "now", "next", "days"]].round(2).to_numpy().tolist()


def test_the_tiles_say_where_months_and_the_days_ahead_end(november, visit):
    shown = tiles(visit("costs", section="forecast"))

    assert shown["November will end at"][0] == "$900.00"  # 30 days of 30
    assert shown["December"][0] == "$930.00"
    assert shown["21 Nov to 20 Dec"][0] == "$900.00"


def test_parts_add_up_and_each_has_its_months(november, visit):
    app = visit("costs", section="forecast")

    assert parts(app) == [[CLOUDFRONT, 600, 620, 600], [S3, 300, 310, 300], ["Total", 900, 930, 900]]


def test_ninety_days_are_in_the_url(november, visit):
    app = visit("costs", section="forecast", horizon="90")

    assert tiles(app)["21 Nov to 18 Feb"][0] == "$2,700"


def test_a_filter_of_what_is_spent_holds_for_the_forecast(november, visit):
    app = visit("costs", section="forecast", filter=[f"service={S3}"])

    assert tiles(app)["November will end at"][0] == "$300.00"
    assert "Typically off by" not in tiles(app)  # that is measured of all costs


def test_how_good_it_was_says_since_when_where_no_month_can_be_looked_back_on(platform, visit):
    app = visit("costs", section="forecast")

    assert tiles(app)["Typically off by"][0] == "–"


def test_with_too_few_days_there_is_no_number_and_why(empty, visit, tmp_path):
    empty.ingest(str(write_steady(tmp_path, UNTIL, days=20)), lambda: DOWNLOADED)
    app = visit("costs", section="forecast")

    assert "The bills begin on 2026-11-01: 20 whole days are too few, 28 are needed." in plain(app)
    assert not app.metric


def test_hostile_names_are_shown_and_do_nothing(november, visit, tmp_path):
    november.ingest(str(write_hostile_bill(tmp_path / "hostile", date(2026, 11, 15))), lambda: DOWNLOADED)
    app = visit("costs", section="forecast")

    assert HOSTILE not in words(app)
    assert not app.exception


def test_what_is_supposed_is_in_the_url_and_changes_tiles_and_says_what_is_assumed(november, visit):
    app = visit("costs", section="forecast", if_=["price=Amazon CloudFront:+10"])

    assert tiles(app)["December"] == ("$992.00", "+6.7 %")  # 62 more
    assert "Amazon CloudFront costs +10 % from the first day on." in plain(app)


def test_an_input_supposes_and_the_reset_takes_it_back(november, visit):
    app = visit("costs", section="forecast")
    app.selectbox(key="if-service").set_value(CLOUDFRONT).run()
    app.number_input(key="if-percent").set_value(-50.0).run()
    assert app.query_params["if"] == "price=Amazon CloudFront:-50"
    assert tiles(app)["December"][0] == "$620.00"

    app.button(key="if-reset").click().run()

    assert "if" not in app.query_params
    assert tiles(app)["December"][0] == "$930.00"


def test_a_word_that_is_not_understood_supposes_nothing(november, visit):
    app = visit("costs", section="forecast", if_=["uploads=nan"])

    assert tiles(app)["December"][0] == "$930.00"
    assert any("Nothing is supposed" in str(each.value).replace("\\", "") for each in app.warning)


def test_what_changes_nothing_is_said_beside_what_does(november, visit):
    app = visit("costs", section="forecast", if_=["price=NoSuch:+10", "price=Amazon CloudFront:+10"])

    assert tiles(app)["December"][0] == "$992.00"
    (told,) = (str(each.value).replace("\\", "").replace("\u2060", "") for each in app.warning)
    assert told.startswith('"price=NoSuch:+10" changes nothing: no daily charge is of that service. Give one of ')


@pytest.mark.parametrize(
    "word", ["event=1999-01-01:3x0", "migrated=9999-12-31", "uploads=900", "move=1:GLACIER>STANDARD"]
)
def test_odd_words_of_the_url_are_no_reason_to_fail(november, visit, word):
    app = visit("costs", section="forecast", if_=[word])

    assert not app.exception
    assert "December" in tiles(app)
    assert "nan" not in plain(app).lower().split()


@pytest.mark.parametrize(
    "said", [["uploads=2", "viewing=1.5"], ["event=2026-12-12:3x2"], ["move=0.5:STANDARD>GLACIER_IR"],
             ["price=A:B:+10", "migrated=2027-01-31"]],
)  # fmt: skip
def test_a_scenario_is_told_in_the_words_that_it_is_read_from(said):
    assert supposed_words.words_of(scenario_of(said)) == said


def test_the_chart_goes_on_from_what_is_billed_and_shows_the_budget_of_a_day(november):
    view = View(month_of(UNTIL), currency="USD")
    found = outlooks.forecast(november, view, 30, UNTIL)
    past = outlooks.outlook(november, view, 30, UNTIL).past
    budget = Budget("B", Decimal(600), "USD", UNTIL)
    assert found.total

    traces: Any = forecast_chart.figure(Ahead(past, found.total, UNTIL, budget)).data
    drawn = {trace.name: trace for trace in traces}

    assert drawn["Billed"].y == (30.0,) * 60
    assert drawn["Expected"].x[0] == date(2026, 11, 20)
    assert drawn["Expected"].y == pytest.approx((30.0,) * 31)
    assert drawn["B, a day"].y[-30:-19] == pytest.approx((20.0,) * 10 + (600 / 31,))


def test_a_section_that_is_unknown_is_what_is_spent(november, visit):
    app = visit("costs", section="nowhere")

    assert "By service" in words(app)
    assert "section" not in app.query_params


def test_rungs_are_forecast_of_all_charges_and_nothing_is_supposed_of_them(empty, visit, tmp_path):
    """Each day of October CloudFront sends for 4 dollars, three quarters of it in 1080p."""
    deliver_cur2(tmp_path / "bills", [cdn(day, "4", "US-DataTransfer-Out-Bytes") for day in range(1, 32)])
    empty.ingest(str(tmp_path / "bills"), lambda: DOWNLOADED)
    logs = [served("A", size, day, rung=rung) for day in range(1, 32) for rung, size in (("1080p", 3), ("720p", 1))]
    measure(empty, "request_titles", logs)

    app = visit("costs", section="forecast", by="rung", **{"if": "uploads=2"})

    assert [row for row in parts(app) if any(row[1:])] == [
        ["1080p", 90, 93, 90], ["720p", 30, 31, 30], ["Total", 120, 124, 120],
    ]  # fmt: skip
    assert "What if is for what bills name themselves, such as services: nothing is supposed here." in plain(app)


def test_with_a_filter_days_ahead_are_told_by_service(november, visit):
    app = visit("costs", section="forecast", by="rung", filter=[f"service={S3}"])

    assert parts(app)[0][0] == S3
