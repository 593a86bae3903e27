"""Overview: what the month costs in one sentence, and what needs somebody."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.access.roles import Role, User, Via
from core.costs.budget_store import Budgets
from core.costs.budgets import Budget, Span
from dashboard import summary
from tests.pages.bills import tiles, words, write_bills, write_hostile_bill, write_part
from tests.pages.steady import today

pytestmark = pytest.mark.usefixtures("autumn")

BOSS = User("demo", Role.ADMIN, Via.DEMO)


def test_the_headline_compares_the_whole_days_with_the_same_days_before(platform, visit):
    text = words(visit("overview"))

    assert "November so far: **\\$840\\.00** billed, 40\u202f% more than in the same days of October." in text
    assert "Billing data: AWS to 21 Nov 00:00 UTC." in text


def test_the_tiles_hold_the_figures_of_the_bills(platform, visit):
    shown = tiles(visit("overview"))

    assert shown.pop("November will end at")[0].startswith("$1,2")  # 840, and ten days of about 42
    assert shown == {"November so far": ("$840.00", "+40 %"), "October": ("$930.00", "not compared")}


def test_a_month_that_is_over_is_not_so_far(empty, visit, tmp_path):
    write_bills(tmp_path).joinpath("november.csv").unlink()
    empty.ingest(str(tmp_path), lambda: platform_now())

    app = visit("overview")

    # thirty days of thirty dollars
    assert tiles(app) == {"October": ("$930.00", "not compared"), "November will end at": ("$900.00", "")}
    assert "October: **\\$930\\.00** billed." in words(app)


def test_two_months_that_are_over_stand_beside_each_other(empty, visit, tmp_path):
    folder = write_bills(tmp_path)
    folder.joinpath("november.csv").unlink()
    write_hostile_bill(folder)
    empty.ingest(str(folder), lambda: platform_now())

    assert list(tiles(visit("overview"))) == ["October", "November will end at", "September"]


def test_what_rose_most_is_pointed_at(platform, visit):
    platform.alerts.evaluate(platform_now())
    text = words(visit("overview")).replace("\\", "").replace("\N{WORD JOINER}", "")

    assert "**A service costs more than a month before: Amazon CloudFront**" in text
    assert "**$200.00" in text


def test_a_refused_delivery_is_pointed_at(platform, visit, tmp_path):
    folder = tmp_path / "torn"
    folder.mkdir()
    (folder / "torn.csv").write_text("BilledCost,ChargeCategory\n1,Usage\n")
    platform.ingest(str(folder), lambda: platform_now())
    platform.alerts.evaluate(platform_now())

    assert "A delivery was refused" in words(visit("overview"))


def test_without_bills_it_says_what_to_do(empty, visit):
    app = visit("overview")

    assert "No bills yet" in words(app)
    assert "PHYGHT_BILLING_SOURCES" in words(app)
    assert not app.metric


def platform_now():
    from datetime import UTC, datetime

    return datetime(2026, 11, 21, 8, tzinfo=UTC)


def test_the_weeks_before_are_drawn_only_where_bills_cover_all_of_them(platform, empty):
    answer = summary.overview(empty.warehouse, platform_now().date())

    assert answer.daily.starts[0] == date(2026, 10, 24)
    assert answer.daily_before is None


def test_two_exports_that_do_not_agree_on_a_month_are_pointed_at(platform, visit, tmp_path):
    """930 dollars in October, of which another export of the account holds CloudFront's 620 only."""
    write_part(tmp_path / "part")
    platform.ingest(str(tmp_path / "part"), lambda: platform_now())
    platform.alerts.evaluate(platform_now())

    app = visit("overview")

    assert tiles(app)["October"][0] == "$930.00"
    (apart,) = [each for each in platform.alerts.alerts.open(BOSS) if each.figure == "bills_apart"]
    assert apart.value == 310  # the rest of the month
    assert "Two exports do not agree" in words(app)


def test_exports_that_are_both_counted_are_pointed_at(platform, visit, tmp_path):
    write_part(tmp_path / "part", payer="")
    platform.ingest(str(tmp_path / "part"), lambda: platform_now())

    platform.alerts.evaluate(platform_now())

    assert "are both counted\\." in words(visit("overview"))


def test_the_tightest_budget_stands_in_one_line_with_the_ways_on(steady, visit):
    for name, amount in (("Enough", "90000"), ("Short", "100")):
        kept = Budget(name, Decimal(amount), "USD", today(), Span.YEAR)
        Budgets(steady.database, steady.audit).save(User("op", Role.OPERATOR, Via.PASSWORD), kept, datetime.now(UTC))
    text = words(visit("overview")).replace("\\", "")

    assert "Short, " in text
    assert "Enough, " not in text
