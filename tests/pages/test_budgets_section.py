"""The Budgets section: where budgets stand, and how they are added, changed and removed."""

from calendar import monthrange
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from core.access.roles import Role, User, Via
from core.costs.budget_store import Budgets
from core.costs.budgets import Budget, Span
from core.costs.dimensions import Dimension, Filter
from core.costs.period import month_of
from core.errors import PermissionDenied
from dashboard import budget_bar, budget_course, outlooks
from tests.pages.bills import CLOUDFRONT, HOSTILE, S3, words
from tests.pages.steady import today

OPERATOR = User("op", Role.OPERATOR, Via.PASSWORD)


def budgets(platform) -> Budgets:
    return Budgets(platform.database, platform.audit)


def keep(platform, name: str, amount: str, *filters: Filter, span: Span = Span.MONTH, currency: str = "USD") -> None:
    kept = Budget(name, Decimal(amount), currency, today(), span, filters)
    budgets(platform).save(OPERATOR, kept, datetime.now(UTC))


def plain(app) -> str:
    return words(app).replace("\\", "").replace("\N{WORD JOINER}", "").replace("\u202f", " ")


def fill(app, **typed):
    """Type into the dialog that is open, and save."""
    for name, text in typed.items():
        app.text_input(key=f"budget-{name}").set_value(text)
    return app.button(key="budget-yes").click().run()


def test_without_a_budget_the_section_says_what_one_is_good_for(steady, visit):
    app = visit("costs", section="budgets")

    assert "A budget says what may be spent in a month, a quarter or a year" in plain(app)
    assert [each.label for each in app.button] == ["Add a budget"]


def test_a_budget_that_is_not_enough_stands_first_and_says_so(steady, visit):
    days = monthrange(today().year, today().month)[1]
    keep(steady, "Enough", "9000")
    keep(steady, "Short", str(30 * days - 15))
    text = plain(visit("costs", section="budgets"))

    assert "1 of 2 budgets will more likely than not be overrun: **Short**." in text
    assert text.index("**Short**\n") < text.index("**Enough**\n")
    assert "Almost certainly enough" in text
    last = 30 * days
    assert f"Ends at ${last:,}.00" in text or f"Ends at ${last:,}" in text


def test_a_budget_on_one_service_counts_only_that(steady, visit):
    keep(steady, "Storage", "1000", Filter(Dimension.SERVICE, S3))
    text = plain(visit("costs", section="budgets"))

    assert "Service: S3" in text
    used = 10 * (today().day - 1)
    assert f"${used:,.2f} of $1,000 used" in text


def test_its_course_is_opened_by_the_url_and_closed_again(steady, visit):
    keep(steady, "All costs", "1000")
    app = visit("costs", section="budgets", budget="All costs")
    assert len(app.get("plotly_chart")) == 1

    app.button(key="budget-course-0").click().run()

    assert "budget" not in app.query_params
    assert not app.get("plotly_chart")


def test_one_is_added_in_a_dialog(steady, visit):
    app = visit("costs", section="budgets")
    app.button(key="budget-add-").click().run()
    app = fill(app, name="All costs", amount="1,500.50")

    (kept,) = budgets(steady).all()
    assert (kept.name, kept.amount, kept.currency, kept.span) == ("All costs", Decimal("1500.50"), "USD", Span.MONTH)
    assert "**All costs**" in plain(app)


def test_what_is_filtered_by_is_what_a_new_budget_is_for(steady, visit):
    app = visit("costs", section="budgets", filter=[f"service={CLOUDFRONT}"])
    app.button(key="budget-add-").click().run()
    fill(app, name="CDN", amount="600")

    assert budgets(steady).all()[0].filters == (Filter(Dimension.SERVICE, CLOUDFRONT),)


@pytest.mark.parametrize(
    ("name", "amount", "why"),
    [
        ("", "100", "A budget needs a name."),
        ("A", "1500,50", "'1500,50' is no number."),
        ("A", "-5", "-5 is no amount to spend."),
        ("A", "NaN", "'NaN' is no number."),
        ("There", "5", "There is a budget There already."),
    ],
)
def test_what_cannot_be_a_budget_is_refused_with_the_reason(steady, visit, name, amount, why):
    keep(steady, "There", "7")
    app = visit("costs", section="budgets")
    app.button(key="budget-add-").click().run()
    app = fill(app, name=name, amount=amount)

    assert why in plain(app)
    assert [each.amount for each in budgets(steady).all()] == [7]


def test_one_that_is_renamed_is_the_same_one(steady, visit):
    keep(steady, "Old", "100", span=Span.QUARTER)
    app = visit("costs", section="budgets")
    app.button(key="budget-change-Old").click().run()
    fill(app, name="New")

    assert [(each.name, each.span) for each in budgets(steady).all()] == [("New", Span.QUARTER)]


def test_one_is_removed_after_it_was_said_what_goes(steady, visit):
    keep(steady, "Gone", "100")
    app = visit("costs", section="budgets")
    app.button(key="budget-remove-Gone").click().run()
    assert "**Gone** is forgotten" in plain(app)

    app.button(key="budget-yes").click().run()

    assert budgets(steady).all() == ()


def test_who_may_not_manage_budgets_sees_them_only(steady, visit):
    keep(steady, "All costs", "1000")
    app = visit("costs", role="viewer", section="budgets")

    assert {each.key for each in app.button} == {"budget-course-0"}
    with pytest.raises(PermissionDenied):
        budgets(steady).remove(User("v", Role.VIEWER, Via.PASSWORD), "All costs", datetime.now(UTC))


def test_one_in_a_currency_of_no_bill_says_so_and_hides_no_other(steady, visit):
    keep(steady, "All costs", "1000")
    keep(steady, "Euros", "5", currency="EUR")
    text = plain(visit("costs", section="budgets"))

    assert "**Euros**" in text
    assert "EUR" in text
    assert "**All costs**" in text


def test_hostile_names_are_shown_and_do_nothing(steady, visit):
    keep(steady, HOSTILE, "1000", Filter(Dimension.SERVICE, HOSTILE))
    app = visit("costs", section="budgets", budget=HOSTILE)

    assert not app.exception
    assert HOSTILE not in words(app)


def test_the_bar_is_read_to_those_who_do_not_see_it_and_its_marks_are_in_place(steady):
    keep(steady, "Twice", str(2 * 30 * monthrange(today().year, today().month)[1]))
    ((found,), _) = outlooks.standings(steady, today())
    drawn = budget_bar.html(found)

    assert 'role="img"' in drawn
    assert 'class="amount" style="left:96.15%"' in drawn  # 1 / 1.04
    assert 'class="end" style="left:48.0' in drawn


def test_the_course_ends_where_the_budget_does(steady):
    keep(steady, "All costs", "1000")
    ((found,), _) = outlooks.standings(steady, today())
    traces: Any = budget_course.figure(found).data
    drawn = {trace.name: trace for trace in traces}

    month = month_of(today())
    assert drawn["Expected"].y[-1] == pytest.approx(30 * month.days, abs=0.01)
    assert drawn["Budget $1,000"].x[0] == month.start
