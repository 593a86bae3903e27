"""View: a URL says what is shown, and what is shown says its URL."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.costs.dimensions import Dimension, Filter, Metric
from core.costs.period import Period
from core.costs.series import Grain
from dashboard.view import Against, Preset, View, inside, read_view, usual_grain

TODAY = date(2026, 11, 22)


def as_params(view: View) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in view.query().items()}


def test_a_first_visit_shows_this_month_by_service():
    assert read_view({}, TODAY) == View(Period(date(2026, 11, 1), date(2026, 11, 22)))


@pytest.mark.parametrize(
    ("preset", "start", "end"),
    [
        (Preset.THIS_MONTH, date(2026, 11, 1), date(2026, 11, 22)),
        (Preset.LAST_MONTH, date(2026, 10, 1), date(2026, 11, 1)),
        (Preset.LAST_30_DAYS, date(2026, 10, 23), date(2026, 11, 22)),
        (Preset.LAST_3_MONTHS, date(2026, 8, 1), date(2026, 11, 1)),
        (Preset.LAST_6_MONTHS, date(2026, 5, 1), date(2026, 11, 1)),
        (Preset.LAST_12_MONTHS, date(2025, 11, 1), date(2026, 11, 1)),
    ],
)
def test_presets(preset, start, end):
    assert preset.period(TODAY) == Period(start, end)
    assert View(preset.period(TODAY)).preset(TODAY) is preset


def test_on_the_first_of_a_month_this_month_is_that_day():
    assert Preset.THIS_MONTH.period(date(2026, 12, 1)) == Period(date(2026, 12, 1), date(2026, 12, 2))


@pytest.mark.parametrize(
    ("preset", "until", "start", "end"),
    [
        (Preset.THIS_MONTH, date(2026, 11, 21), date(2026, 11, 1), date(2026, 11, 21)),
        (Preset.LAST_30_DAYS, date(2026, 11, 21), date(2026, 10, 22), date(2026, 11, 21)),
        (Preset.LAST_MONTH, date(2026, 11, 21), date(2026, 10, 1), date(2026, 11, 1)),
        (Preset.THIS_MONTH, date(2026, 11, 30), date(2026, 11, 1), date(2026, 11, 22)),
        (Preset.THIS_MONTH, date(2024, 10, 1), date(2026, 11, 1), date(2026, 11, 22)),
    ],
    ids=["this month", "last days", "whole months stay", "the future is not waited for", "nor bills that stopped"],
)
def test_days_that_are_still_filling_are_left_out(preset, until, start, end):
    assert preset.period(TODAY, until) == Period(start, end)
    assert View(preset.period(TODAY, until)).preset(TODAY, until) is preset


def test_while_no_day_of_a_month_is_whole_this_month_is_its_first_day():
    assert Preset.THIS_MONTH.period(date(2026, 12, 1), date(2026, 11, 30)) == Period(
        date(2026, 12, 1), date(2026, 12, 2)
    )


def test_a_first_visit_shows_the_newest_month_that_has_whole_days():
    assert read_view({}, TODAY, date(2024, 10, 1)).period == Period(date(2024, 9, 1), date(2024, 10, 1))
    assert read_view({}, TODAY, date(2026, 11, 21)).period == Period(date(2026, 11, 1), date(2026, 11, 21))


def test_any_other_period_is_custom():
    assert View(Period(date(2026, 1, 5), date(2026, 1, 9))).preset(TODAY) is Preset.CUSTOM


@pytest.mark.parametrize(
    ("against", "other"),
    [
        (Against.BEFORE, Period(date(2026, 10, 1), date(2026, 10, 22))),
        (Against.YEAR, Period(date(2025, 11, 1), date(2025, 11, 22))),
        (Against.NOTHING, None),
    ],
)
def test_what_a_period_is_compared_with(against, other):
    assert against.period(Period(date(2026, 11, 1), date(2026, 11, 22))) == other


def test_a_year_before_a_leap_day_is_the_last_of_february():
    assert Against.YEAR.period(Period(date(2024, 2, 29), date(2024, 3, 1))) == Period(
        date(2023, 2, 28), date(2023, 3, 1)
    )


@pytest.mark.parametrize(
    ("days", "grain"), [(1, Grain.DAY), (62, Grain.DAY), (63, Grain.WEEK), (190, Grain.WEEK), (191, Grain.MONTH)]
)
def test_the_columns_fit_the_period(days, grain):
    start = date(2026, 1, 1)

    assert usual_grain(Period(start, date.fromordinal(start.toordinal() + days))) is grain


DIMENSIONS = st.sampled_from([*map(str, Dimension), "tag:team", "tag:cost=center", "tag:a b/c:d"])
FILTERS = st.builds(Filter, DIMENSIONS, st.none() | st.text(max_size=20))


@given(
    start=st.dates(date(2020, 1, 1), date(2026, 12, 1)),
    days=st.integers(1, 3_000),
    by=DIMENSIONS,
    metric=st.sampled_from(Metric),
    grain=st.sampled_from(Grain),
    against=st.sampled_from(Against),
    filters=st.lists(FILTERS, max_size=3).map(tuple),
)
def test_a_view_comes_back_from_its_url(start, days, by, metric, grain, against, filters):
    view = View(Period(start, date.fromordinal(start.toordinal() + days)), by, metric, grain, against, filters)

    assert read_view(as_params(view), TODAY) == view


@given(
    st.dictionaries(st.sampled_from(["from", "to", "by", "metric", "grain", "compare", "filter"]), st.lists(st.text()))
)
def test_any_url_gives_a_view(params):
    assert read_view(params, TODAY).period.days >= 1


def opened(view: View, value: str) -> View:
    following = inside(view, value)
    assert following
    return following


def test_a_line_opens_along_the_path_from_service_to_resource():
    view = View(Period(date(2026, 11, 1), date(2026, 11, 22)))
    path = []
    for value in ("S3", "storage", "TimedStorage-ByteHrs"):
        view = opened(view, value)
        path.append(view.by)

    assert path == ["usage_family", "usage_type", "resource"]
    assert view.filters == (
        Filter("service", "S3"),
        Filter("usage_family", "storage"),
        Filter("usage_type", "TimedStorage-ByteHrs"),
    )


def test_what_is_filtered_by_already_is_not_asked_for_again():
    view = View(Period(date(2026, 11, 1), date(2026, 11, 22)), by="region", filters=(Filter("service", "S3"),))

    assert opened(view, "us-east-1").by == "usage_family"


def test_a_new_filter_takes_the_place_of_one_on_the_same_dimension():
    view = View(Period(date(2026, 11, 1), date(2026, 11, 22)), filters=(Filter("service", "S3"),))

    assert view.filtered(Filter("service", "Lambda")).filters == (Filter("service", "Lambda"),)
