"""Audit: every change is there, found by words and outcome, page by page, for those who may see it."""

from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.access.audit import Outcome
from core.access.roles import Role, User, Via
from core.bootstrap import Platform
from tests.pages.bills import words

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ANN = User("ann", Role.ADMIN, Via.PASSWORD, "192.0.2.7")


@pytest.fixture
def logged(empty: Platform) -> Platform:
    for number in range(150):
        at = NOW + timedelta(minutes=number)
        outcome = Outcome.REFUSED if number == 7 else Outcome.DONE
        empty.audit.write(ANN, "start migration", f"move {number}", at, outcome, "because <b>it</b> had to be")
    return empty


def plain(text: str) -> str:
    return text.replace("\\", "")


def rows(app: AppTest) -> list[str]:
    """What each line was of."""
    return list(app.table[0].value["Of"])


def test_the_newest_hundred_stand_first_and_the_older_ones_one_click_away(logged: Platform, visit):
    app = visit("audit")
    assert rows(app)[0] == "move 149"
    assert len(rows(app)) == 100
    app = app.button(key="audit-older").click().run()
    assert rows(app) == [f"move {number}" for number in range(49, -1, -1)]
    assert rows(app.button(key="audit-newest").click().run())[0] == "move 149"


def test_lines_are_found_by_words_and_by_outcome(logged: Platform, visit):
    assert rows(visit("audit", find="MOVE 14")) == [
        f"move {number}" for number in (149, 148, 147, 146, 145, 144, 143, 142, 141, 140, 14)
    ]
    assert rows(visit("audit", outcome="Refused")) == ["move 7"]
    assert "Nothing was found." in words(visit("audit", find="nobody did that"))


def test_each_line_says_who_what_when_and_from_where(logged: Platform, visit):
    app = visit("audit")
    line = {name: plain(text) for name, text in app.table[0].value.iloc[0].items()}
    assert (line["Who"], line["What"], line["Outcome"], line["From"]) == ("ann", "start migration", "done", "192.0.2.7")
    assert line["Detail"] == "because <b>it</b> had to be"


def test_on_a_phone_each_line_says_as_much(logged: Platform, visit):
    drawn = [each.proto.body for each in visit("audit").get("html")]
    (table,) = [each for each in drawn if '<table class="narrow-table"' in each]
    said = "30 Nov 2026 14:29 UTC · move 149 because &lt;b&gt;it&lt;/b&gt; had to be · from 192.0.2.7"
    assert f"start migration: done<small>{said}</small>" in table


@pytest.mark.parametrize("nonsense", ["x", "-1", "9" * 30, "0"])
def test_a_number_that_is_none_shows_the_newest_or_nothing(logged: Platform, visit, nonsense: str):
    app = visit("audit", before=nonsense)
    assert not app.exception
    assert app.table or "Nothing was found." in words(app)


@pytest.mark.parametrize("role", ["viewer", "analyst", "operator"])
def test_it_is_for_administrators(logged: Platform, visit, role: str):
    app = visit("audit", role=role)
    assert not app.table
    assert not [each for each in app.text_input if each.key == "find"]
