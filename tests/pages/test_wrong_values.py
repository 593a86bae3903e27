"""Wrong values: an address that states what cannot be shows the usual view, and says so."""

import pytest

from core.costs.dimensions import Filter
from dashboard.view import read_view
from dashboard.wrong_values import in_words
from tests.pages.bills import DOWNLOADED, tiles, words, write_euro_bill

pytestmark = pytest.mark.usefixtures("autumn")

TODAY = DOWNLOADED.date()
OCTOBER = {"from": ["2026-10-01"], "to": ["2026-11-01"]}
INSTEAD = "the days shown are 1 to 20 November 2026."


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"from": ["2026-10-01"]}, f'The address states "from=2026-10-01" without "to"; {INSTEAD}'),
        ({"to": ["2026-11-01"]}, f'The address states "to=2026-11-01" without "from"; {INSTEAD}'),
        (
            {"from": ["2026-10-01"], "to": ["2026-09-01"]},
            f'"to=2026-09-01" is not after "from=2026-10-01"; {INSTEAD}',
        ),
        ({"from": ["2026-13-01"], "to": ["2026-11-01"]}, f'"from=2026-13-01" is no day such as 2026-10-01; {INSTEAD}'),
        ({"from": ["2026-10-01"], "to": ["soon"]}, f'"to=soon" is no day such as 2026-10-01; {INSTEAD}'),
        (
            {"from": ["1900-01-01"], "to": ["2026-11-01"]},
            f"The days from 1900-01-01 to 2026-11-01 are more than 3,660, or too long ago; {INSTEAD}",
        ),
        (
            OCTOBER | {"by": ["nope"]},
            'There is nothing called "by=nope" to break costs down by; they are shown by service.',
        ),
        (OCTOBER | {"metric": ["guessed"]}, 'There is no cost "metric=guessed"; the billed cost is shown.'),
        (OCTOBER | {"grain": ["hour"]}, 'There is no column for "grain=hour"; each is a day.'),
        (OCTOBER | {"compare": ["x"]}, 'There is no "compare=x"; costs are compared with the period before.'),
        (OCTOBER | {"filter": ["nope=1"]}, 'There is nothing to filter by in "filter=nope=1"; it is left out.'),
    ],
)
def test_a_value_that_cannot_be_is_named_with_what_is_shown_instead(params, said):
    assert in_words(params, read_view(params, TODAY)) == (said,)


@pytest.mark.parametrize(
    "params",
    [
        {},
        OCTOBER,
        OCTOBER | {"by": ["Storage class"], "metric": ["LIST"], "compare": ["Year"], "filter": ["service=S3"]},
    ],
)
def test_what_is_understood_is_not_remarked_on(params):
    assert in_words(params, read_view(params, TODAY)) == ()


def test_names_are_understood_as_the_command_understands_them():
    view = read_view(OCTOBER | {"by": ["storage-class"], "filter": ["Usage family=storage"]}, TODAY)

    assert (view.by, view.filters) == ("storage_class", (Filter("usage_family", "storage"),))


def notices(app) -> list[str]:
    return [notice.value.replace("\\", "").replace("\u2060", "") for notice in app.warning]


def test_the_page_says_all_of_it_at_once_until_something_else_is_chosen(platform, visit):
    app = visit("costs", from_="2026-10-01", by="nope", currency="XYZ")

    assert notices(app) == [
        f'The address states "from=2026-10-01" without "to"; {INSTEAD} '
        'There is nothing called "by=nope" to break costs down by; they are shown by service. '
        'No bill is in "currency=XYZ"; the figures are in USD.'
    ]
    assert tiles(app)["Billed, 1 to 20 Nov"] == ("$840.00", "+40 %")
    assert notices(app.run()) == notices(app)
    assert notices(app.selectbox(key="select Break down by").set_value("provider").run()) == []


def test_a_hostile_value_is_only_text(platform, visit):
    app = visit("costs", by="<b>x</b> [a](http://evil.example) :red[r]")

    assert "[a](" not in app.warning[0].value
    assert "There is nothing called" in app.warning[0].value


def test_a_currency_is_understood_in_small_letters(platform, visit, tmp_path):
    platform.ingest(str(write_euro_bill(tmp_path)), lambda: DOWNLOADED)
    app = visit("costs", from_="2026-11-01", to="2026-11-21", currency="eur")

    assert tiles(app)["Billed, 1 to 20 Nov"][0] == "€100.00"
    assert (notices(app), app.query_params["currency"]) == ([], "EUR")


def test_the_overview_names_a_currency_that_no_bill_is_in(platform, visit):
    app = visit("overview", currency="XYZ")

    assert notices(app) == ['No bill is in "currency=XYZ"; the figures are in USD.']
    assert "November so far" in words(app)
