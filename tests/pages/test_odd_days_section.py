"""The Odd days section: what was odd, why, and what people said of it; and its marks on what is spent."""

from datetime import UTC, datetime, timedelta

import pytest

from core.access.roles import Role, User, Via
from core.costs.dimensions import Dimension, Filter
from core.costs.judged import Judgements
from core.costs.period import month_of
from dashboard import format, outlooks
from dashboard.view import View
from tests.pages.bills import CLOUDFRONT, S3, words
from tests.pages.steady import odd_day, today

ANALYST = User("ana", Role.ANALYST, Via.PASSWORD)


def plain(app) -> str:
    return words(app).replace("\\", "").replace("\N{WORD JOINER}", "").replace("\u202f", " ")


def key(label: str = CLOUDFRONT) -> str:
    return f"judge service {odd_day()}={label}"


def around() -> dict[str, str]:
    return {"from_": str(odd_day() - timedelta(7)), "to": str(odd_day() + timedelta(7))}


def test_an_odd_day_is_told_with_its_label_and_what_it_cost_beyond(spiked, visit):
    text = plain(visit("costs", section="odd-days"))

    assert "**1 odd event** in the last 90 days" in text
    assert f"**CloudFront**, {format.day(odd_day())}" in text
    assert text.count("$180.00 more than expected") == 1  # 200 in place of 20
    # all costs were odd by the same 180, which is no second event
    assert f"**All costs**, {format.day(odd_day())}" not in text
    # less than a fifth is no news
    assert "$200.00 where $16.00 to $24.00 was expected." in text


def test_why_is_shown_once_it_is_asked_for_and_is_in_the_url(spiked, visit):
    app = visit("costs", section="odd-days", by="provider")
    assert not app.get("html")[0].proto.body.count("causes")
    app.button(key="event-why-0").click().run()

    assert app.query_params["event"] == f"{odd_day()}=AWS"
    tables = [each.proto.body for each in app.get("html") if 'class="causes"' in each.proto.body]
    assert len(tables) == 1
    assert CLOUDFRONT in tables[0]
    assert "$180.00<small>usually $20.00</small>" in tables[0]


def test_what_is_said_to_be_expected_is_left_out_and_can_be_shown_and_taken_back(spiked, visit):
    app = visit("costs", section="odd-days")
    app.text_input(key=f"{key()} note").set_value("the title fight")
    app.button(key=f"{key()} True").click().run()

    (said,) = Judgements(spiked.database, spiked.audit).all(ANALYST)
    assert (said.label, said.day, said.expected, said.note) == (CLOUDFRONT, odd_day(), True, "the title fight")
    assert "**No odd days** in the last 90" in plain(app)  # that of all costs is the same one

    app = visit("costs", section="odd-days", expected="yes")
    assert "says it was expected: the title fight" in plain(app)

    app.button(key=f"{key()} False").click().run()
    assert "**1 odd event**" in plain(visit("costs", section="odd-days"))


def test_who_may_not_judge_is_not_asked(spiked, visit):
    app = visit("costs", role="viewer", section="odd-days")

    assert "**1 odd event**" in plain(app)
    assert {each.key for each in app.button} == {"event-why-0"}


def test_days_without_anything_odd_say_so(steady, visit):
    assert "**No odd days** in the last 90, of all costs or of any service" in plain(visit("costs", section="odd-days"))


def test_too_few_days_say_why_nothing_can_be_odd(platform, visit):
    assert not visit("costs", section="odd-days", by="provider").exception


@pytest.mark.parametrize(
    ("filters", "marked"),
    [((), 1), ((Filter(Dimension.SERVICE, CLOUDFRONT),), 1), ((Filter(Dimension.SERVICE, S3),), 0),
     ((Filter(Dimension.SERVICE, None),), 0)],
)  # fmt: skip
def test_what_is_spent_marks_the_odd_days_of_what_it_shows(spiked, filters, marked):
    view = View(month_of(today()), filters=filters, currency="USD")

    assert len(outlooks.odd_days_of(spiked, ANALYST, view)) == marked


def test_a_mark_is_told_to_those_who_do_not_see_the_chart(spiked, visit):
    app = visit("costs", **around())
    (chart,) = app.get("plotly_chart")

    assert f"marked: odd: +$180.00 on {format.day(odd_day())}" in str(chart.proto)


def test_one_that_was_expected_is_marked_no_more(spiked, visit):
    judgements = Judgements(spiked.database, spiked.audit)
    judgements.judge(ANALYST, "service", CLOUDFRONT, odd_day(), True, datetime.now(UTC))
    app = visit("costs", **around())

    (chart,) = app.get("plotly_chart")
    assert "odd:" not in str(chart.proto)
