"""Currencies: where bills are in several, a page shows one, says what the others come to, and never ends there."""

from datetime import date
from decimal import Decimal

import pytest

from core.billing.reports import Outcome
from core.costs.dimensions import Filter
from core.costs.period import month_of
from dashboard import answer_lines, answers, summary
from dashboard.view import View, inside
from tests.pages.bills import CLOUDFRONT, DOWNLOADED, S3, tiles, words, write_euro_bill, write_hostile_bill

pytestmark = pytest.mark.usefixtures("autumn")

OCTOBER = {"from_": "2026-10-01", "to": "2026-11-01"}
NOVEMBER = {"from_": "2026-11-01", "to": "2026-11-21"}


@pytest.fixture
def mixed(platform, tmp_path):
    """Dollars in October and November, and 100 euros in November."""
    (report,) = platform.ingest(str(write_euro_bill(tmp_path / "euros")), lambda: DOWNLOADED).deliveries
    assert report.outcome is Outcome.LOADED
    return platform


def lines(app) -> list[list]:
    (table,) = app.dataframe
    return table.value[["label", "cost"]].to_numpy().tolist()


def switches(app) -> list[str]:
    """What may be chosen by the control of the currency; empty where there is none."""
    return [option for group in app.button_group if group.key == "switch Currency" for option in group.options]


def choose(app, currency: str):
    (switch,) = [group for group in app.button_group if group.key == "switch Currency"]
    return switch.set_value(currency).run()


def test_a_first_visit_shows_the_usual_currency_and_says_what_is_not_in_it(mixed, visit):
    app = visit("costs", **NOVEMBER)

    assert tiles(app)["Billed, 1 to 20 Nov"] == ("$840.00", "+40 %")
    assert lines(app) == [[CLOUDFRONT, 600.0], [S3, 240.0]]
    assert "Not in these figures: 20 charges in EUR (€100\\.00)." in words(app)
    assert app.query_params["currency"] == "USD"


@pytest.mark.parametrize("way", ["control", "button", "link"])
def test_another_currency_is_a_click_or_a_link_away(mixed, visit, way):
    app = visit("costs", **NOVEMBER, **({"currency": "EUR"} if way == "link" else {}))
    if way == "control":
        assert switches(app) == ["USD", "EUR"]
        app = choose(app, "EUR")
    if way == "button":
        app = app.button(key="show EUR").click().run()

    assert app.query_params["currency"] == "EUR"
    assert tiles(app)["Billed, 1 to 20 Nov"] == ("€100.00", "not compared")
    assert lines(app) == [["Server", 100.0]]
    assert "Not in these figures: 40 charges in USD (\\$840\\.00)." in words(app)


def test_a_period_that_a_currency_has_no_bill_for_leads_to_those_that_have(mixed, visit):
    app = visit("costs", **OCTOBER, currency="EUR")
    assert "No bill in EUR covers October 2026" in words(app)

    assert lines(app.button(key="show USD").click().run()) == [[CLOUDFRONT, 620.0], [S3, 310.0]]


def test_a_period_that_no_bill_covers_leads_to_the_newest_in_the_currency(mixed, visit):
    app = visit("costs", from_="2020-01-01", to="2020-02-01", currency="EUR")

    assert lines(app.button(key="no-bill-newest").click().run()) == [["Server", 100.0]]


def test_what_a_filter_leaves_to_another_currency_is_said(mixed, visit):
    app = visit("costs", **NOVEMBER, filter=["service=Server"])

    assert tiles(app)["Billed, 1 to 20 Nov"][0] == "$0.00"
    assert "Not in these figures: 20 charges in EUR (€100\\.00)." in words(app)


def test_what_only_the_days_before_leave_out_is_said(mixed, visit, tmp_path):
    mixed.ingest(str(write_hostile_bill(tmp_path / "december", date(2026, 12, 1))), lambda: DOWNLOADED)
    app = visit("costs", from_="2026-12-01", to="2026-12-02")

    assert "Not in those of 1 Nov 2026: 1 charge in EUR (€5\\.00)." in words(app)


@pytest.mark.parametrize("page", ["costs", "overview"])
def test_with_one_currency_there_is_no_choice_of_it(platform, visit, page):
    app = visit(page)

    assert switches(app) == []
    assert "Not in" not in words(app)


@pytest.mark.parametrize("page", ["costs", "overview"])
@pytest.mark.parametrize("nonsense", ["XYZ", "", "[a](http://evil.example)"])
def test_a_link_with_a_currency_that_no_bill_is_in_shows_the_usual(mixed, visit, page, nonsense):
    app = visit(page, currency=nonsense)

    assert next(iter(tiles(app).values()))[0] == "$840.00"
    assert app.query_params["currency"] == "USD"


def test_overview_shows_the_usual_currency_and_says_what_is_not_in_it(mixed, visit):
    app = visit("overview")

    shown = tiles(app)
    assert shown.pop("November will end at")[0].startswith("$1,2")  # euros do not count there either
    assert shown == {"November so far": ("$840.00", "+40 %"), "October": ("$930.00", "not compared")}
    assert "Not in the figures of this page: 20 charges in EUR (€100\\.00) since 1 Oct." in words(app)


def test_overview_in_another_currency(mixed, visit):
    app = choose(visit("overview"), "EUR")

    assert app.query_params["currency"] == "EUR"
    assert tiles(app) == {"November so far": ("€100.00", "not compared")}
    assert "November so far: **€100\\.00** billed." in words(app)
    assert "Not in the figures of this page: 56 charges in USD (\\$1\\,080\\.00) since 24 Oct." in words(app)


def test_what_a_tebibyte_costs_is_said_to_be_of_one_currency_only_where_there_are_others(platform, tmp_path):
    today = DOWNLOADED.date()
    assert summary._only(summary.overview(platform.warehouse, today).last_days) == ""

    platform.ingest(str(write_euro_bill(tmp_path / "euros")), lambda: DOWNLOADED)

    assert summary._only(summary.overview(platform.warehouse, today).last_days) == ", USD only"


def test_the_other_page_shows_the_same_currency(mixed, visit):
    app = choose(visit("overview"), "EUR")
    for name in [name for name in app.query_params if name != "view_as"]:
        del app.query_params[name]

    assert lines(app.switch_page("../pages/costs.py").run()) == [["Server", 100.0]]


def test_a_line_opens_in_its_currency():
    euros = View(month_of(DOWNLOADED.date()), currency="EUR")

    assert inside(euros, "Server").query()["currency"] == "EUR"
    assert euros.filtered(Filter("service", "Server")).currency == "EUR"


def test_the_download_is_in_the_currency_and_its_name_says_so(mixed):
    answer = answers.answer(mixed.warehouse, mixed.database, View(month_of(DOWNLOADED.date()), currency="EUR"))

    assert answer_lines._table(answer).select(["service", "currency", "cost"]).to_pylist() == [
        {"service": "Server", "currency": "EUR", "cost": Decimal(100)}
    ]
    assert answer_lines._file_name(answer) == "costs-by-service-2026-11-01-EUR"


@pytest.mark.parametrize("page", ["costs", "overview"])
def test_a_hostile_currency_is_shown_and_does_nothing(platform, visit, tmp_path, page):
    hostile = "<b>[E](//evil.example):red[R]"
    platform.ingest(str(write_euro_bill(tmp_path / "hostile", hostile)), lambda: DOWNLOADED)

    text = words(visit(page)) + words(visit(page, currency=hostile))

    assert "20 charges in bEevilexampl (bEevilexampl 100\\.00)" in text
    assert "evil.example" not in text
