"""What the Performance page draws: colours of the map, steps of time, and how measures are read."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from core.costs.period import Period
from core.performance.coverage import Days
from core.performance.crowds import Crowd, Crowds
from core.performance.delivery import By, Line, Only
from core.performance.viewing import Hour, nights_among
from dashboard import countries, format, measured_days, scales, theme, viewing_figures
from dashboard.performance_map import Class, classes
from dashboard.performance_panels import Curve, Panel, days_of, hours_of
from dashboard.performance_view import PerformanceView, Section, first_period, read_performance_view
from dashboard.scales import Unit
from dashboard.viewing_figures import peaks

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


def line(country: str, requests: int) -> Line:
    return Line(country, requests, 0, None, None, 0, 0, requests, None, None)


def test_each_colour_of_the_map_is_for_as_many_countries():
    lines = [line(code, 10**at) for at, code in enumerate("DE AT CH FR IT ES PT GB US BR".split())]  # noqa: SIM905

    assert classes(lines) == [Class(10**at, 10 ** (at + 1)) for at in (0, 2, 4, 6, 8)]


def test_countries_with_as_many_requests_have_one_colour():
    lines = [line(code, 5) for code in ("DE", "AT", "CH")] + [line("FR", 9)]

    assert classes(lines) == [Class(5, 5), Class(9, 9)]


def test_what_is_no_country_has_no_colour():
    assert classes([line("", 7), line("??", 9)]) == []


def test_countries_have_a_name_and_three_letters():
    assert countries.country("GB") == countries.Country("GB", "GBR", "United Kingdom")
    assert countries.name("NA") == "Namibia"
    assert countries.name("??") == "??"


def test_days_after_the_data_are_not_drawn_as_nothing():
    steps = days_of(NOVEMBER, datetime(2026, 11, 3, 15, tzinfo=UTC))

    assert steps.starts == (date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 3))
    assert steps.unfinished == {date(2026, 11, 3)}


def test_a_day_that_ends_at_midnight_is_over():
    steps = days_of(NOVEMBER, datetime(2026, 11, 3, tzinfo=UTC))

    assert steps.starts == (date(2026, 11, 1), date(2026, 11, 2))
    assert not steps.unfinished


def test_hours_end_with_the_data():
    steps = hours_of(Period(date(2026, 11, 1), date(2026, 11, 3)), datetime(2026, 11, 1, 2, tzinfo=UTC))

    assert steps.starts == (datetime(2026, 11, 1), datetime(2026, 11, 1, 1))


def test_a_crowd_is_held_until_it_changes():
    def at(minutes: int) -> datetime:
        return datetime(2026, 11, 1, 0, minutes, tzinfo=UTC)

    crowds = Crowds.of([Crowd(at(0), 3), Crowd(at(10), 5), Crowd(at(15), 0)])
    found = peaks(crowds, Period(date(2026, 11, 1), date(2026, 11, 2)))

    assert [(each.minute, viewers) for each, viewers in found] == [(0, 3), (5, 3), (10, 5), (15, 5)]


def test_days_that_were_not_measured_are_no_days_without_views():
    """Of four weeks two days were measured: the others are gaps, and a night stands out by those two."""
    period = Period(date(2026, 11, 2), date(2026, 11, 30))
    measured = {date(2026, 11, 13), date(2026, 11, 14), date(2026, 11, 15)}
    hours = tuple(
        Hour(datetime(2026, 11, day, 20, tzinfo=UTC), views, 0) for day, views in ((13, 5), (14, 50), (15, 5))
    )
    crowds = Crowds.of([Crowd(datetime(2026, 11, 3, tzinfo=UTC), 0), Crowd(datetime(2026, 11, 14, 20, tzinfo=UTC), 9)])

    drawn: Any = viewing_figures.calendar(hours, period, measured).data
    curve: Any = viewing_figures.concurrency(crowds, period, measured).data

    assert sum(cell is not None for row in drawn[0].z for cell in row) == 3
    assert {count for count in curve[0].y if count is not None} == {0, 9}
    assert [night.times for night in nights_among(period, hours, crowds, measured)] == [10]
    assert nights_among(period, hours, crowds) == ()


def test_a_url_states_the_whole_view():
    view = PerformanceView(NOVEMBER, Section.DELIVERY, By.VIDEO, Only(edge="FRA", country=""))
    stated = view.query()

    assert stated == {
        "from": "2026-11-01", "to": "2026-12-01", "section": "delivery", "by": "video",
        "edge": "FRA", "country": "unknown",
    }  # fmt: skip
    assert read_performance_view({name: [value] for name, value in stated.items()}, date(2027, 1, 1), None) == view


def test_what_a_url_states_wrongly_is_as_on_a_first_visit():
    wrong = {"from": ["x"], "section": ["nothing"], "by": ["result"], "edge": ["F" * 300]}
    until = datetime(2026, 11, 28, 15, tzinfo=UTC)

    assert read_performance_view(wrong, date(2026, 11, 29), until) == PerformanceView(
        Period(date(2026, 11, 15), date(2026, 11, 29))
    )


def test_a_first_visit_shows_two_weeks_up_to_the_newest():
    period = Period(date(2026, 11, 14), date(2026, 11, 28))
    assert first_period(date(2027, 6, 1), datetime(2026, 11, 28, tzinfo=UTC)) == period


def written(low: float, high: float, unit: Unit) -> list[str]:
    return [text.replace("\u202f", " ") for text in scales.texts(scales.marks(low, high, unit), unit)]


@pytest.mark.parametrize(
    ("low", "high", "unit", "texts"),
    [
        (0.9385, 0.9512, Unit.SHARE, ["94.0 %", "94.5 %", "95.0 %"]),
        (0.93996, 0.94008, Unit.SHARE, ["94.000 %", "94.005 %"]),
        (0.0, 1.0, Unit.SHARE, ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]),
        (0.0, 740, Unit.MILLISECONDS, ["0 ms", "200 ms", "400 ms", "600 ms"]),
        (0.0, 4_300, Unit.MILLISECONDS, ["0 s", "1 s", "2 s", "3 s", "4 s"]),
        (0.0, 3.2, Unit.COUNT, ["0", "1", "2", "3"]),
        (0.0, 1_300_000, Unit.COUNT, ["0", "500K", "1.0M"]),
        (0.0, 1.7 * 1024**4, Unit.BYTES, ["0 TiB", "0.5 TiB", "1.0 TiB", "1.5 TiB"]),
    ],
)
def test_marks_beside_a_chart_are_round_and_differ_from_each_other(low, high, unit, texts):
    assert written(low, high, unit) == texts


def test_a_target_is_seen_though_everything_is_far_below_it():
    startup = Panel("Start-up", [Curve("p50", [200.0, 300.0], ["", ""], theme.SKY)], Unit.MILLISECONDS, 1_000.0)

    assert startup.span == (0.0, 1_080.0)


def test_a_scale_without_a_value_is_there():
    assert Panel("Start-up", [Curve("p50", [None], ["–"], theme.SKY)], Unit.MILLISECONDS, 1_000.0).span == (0.0, 1.0)


@pytest.mark.parametrize(
    ("measured", "said"),
    [
        (5, "No comparison: only 5 of 30 days were measured before, in 1 to 30 Oct 2026."),
        (0, "No comparison: nothing was measured in 1 to 30 Oct 2026."),
    ],
)
def test_why_nothing_is_compared(measured, said):
    period = Period(date(2026, 10, 31), date(2026, 11, 30))

    assert measured_days.why_not(period, Days(measured, 30)) == said


def test_nearly_all_of_a_period_is_nine_in_ten_of_its_days():
    assert [Days(number, 30).nearly_all for number in (26, 27, 30)] == [False, True, True]


def test_what_is_measured_is_no_news_where_it_differs_by_less_than_two_in_a_hundred():
    changes = [format.measured_change(now, 100.0) for now in (99.2, 97.9, 102.1)]

    assert [change.direction for change in changes] == ["steady", "down", "up"]


@pytest.mark.parametrize(
    ("now", "before", "text", "direction"),
    [
        (0.9, 0.85, "+5.0 pp", "up"),
        (0.0012, 0.0010, "+0.02 pp", "up"),
        (0.9, 0.9005, "−0.05 pp", "steady"),
        (0.0, 0.0, "0.00 pp", "steady"),
        (0.9, None, "not compared", "unknown"),
    ],
)
def test_shares_differ_by_points(now, before, text, direction):
    found = format.points(now, before)

    assert (str(found).replace("\u202f", " "), found.direction) == (text, direction)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (format.rate(0.9725), "97.2 %"),
        (format.rate(0.0014), "0.14 %"),
        (format.rate(0.00001), "<0.01 %"),
        (format.rate(0.0), "0 %"),
        (format.rate(None), "–"),
        (format.compact(12_400), "12,400"),
        (format.compact(812_345), "812K"),
        (format.compact(1_234_567), "1.2M"),
        (format.compact(3_400_000_000), "3.4B"),
        (format.milliseconds(4.23), "4.2 ms"),
        (format.milliseconds(38.4), "38 ms"),
        (format.milliseconds(1_240), "1.24 s"),
        (format.watched(2_400_000), "40 min"),
        (format.watched(44_640_000), "12.4 h"),
        (format.watched(4_464_000_000), "1,240 h"),
    ],
)
def test_measures_as_a_person_reads_them(text, read):
    assert text.replace("\u202f", " ") == read
