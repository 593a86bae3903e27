"""Charts: seven colours and Other, unfinished days marked, and nothing drawn where there is no data."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.costs.dimensions import Metric
from core.costs.period import Period
from core.costs.series import CostSeries, Grain
from core.lifecycle.standing import Standing, stages, version_stages
from core.storage.lifecycle import LifecycleRule
from dashboard import bars, charts, legend, lifecycle_chart, theme
from dashboard.charts import Flag, Part

FIRST = date(2026, 11, 1)


def series(costs: dict[str, list[str]], period_days: int = 0, incomplete: tuple[int, ...] = ()) -> CostSeries:
    days = len(next(iter(costs.values())))
    return CostSeries(
        Period(FIRST, FIRST + timedelta(max(days, period_days))),
        "service",
        Metric.BILLED,
        "USD",
        Grain.DAY,
        tuple(FIRST + timedelta(day) for day in range(days)),
        {label: tuple(map(Decimal, amounts)) for label, amounts in costs.items()},
        frozenset(FIRST + timedelta(day) for day in incomplete),
    )


def test_labels_beyond_the_seven_largest_are_added_up_as_other():
    parts = charts.main_parts({f"s{n}": (Decimal(n), Decimal(1)) for n in range(10)})

    assert [part.label for part in parts] == ["s9", "s8", "s7", "s6", "s5", "s4", "s3", "Other"]
    assert parts[-1] == Part("Other", (Decimal(3), Decimal(3)))


def test_a_large_credit_is_not_lost_in_other():
    costs = {f"s{n}": (Decimal(n),) for n in range(1, 9)} | {"credits": (Decimal(-50),)}

    assert [part.label for part in charts.main_parts(costs)][-2:] == ["credits", "Other"]


def test_parts_add_up_to_the_series():
    parts = charts.main_parts({f"s{n}": (Decimal(n), Decimal(-n)) for n in range(20)})

    assert sum(part.total for part in parts) == 0


def test_an_unfinished_day_is_hatched():
    figure: Any = charts.columns(series({"a": ["1", "2"]}, incomplete=(1,)))

    assert tuple(figure.data[0].marker.pattern.shape) == ("", "/")
    assert tuple(figure.data[0].marker.opacity) == (1, 0.45)


def test_days_after_the_data_are_empty_and_say_so():
    figure: Any = charts.columns(series({"a": ["1", "2"]}, period_days=10))

    assert len(figure.data[0].x) == 2
    assert [note.text for note in figure.layout.annotations] == ["no data yet"]
    assert figure.layout.xaxis.range == ("2026-10-31T12:00:00", "2026-11-10T12:00:00")


def test_a_day_without_a_charge_within_the_data_is_zero():
    figure: Any = charts.columns(series({"a": ["1", "0", "2"]}))

    assert figure.data[0].y == (1.0, 0.0, 2.0)


def test_the_period_before_is_a_line_as_long_as_the_period():
    figure: Any = charts.columns(series({"a": ["1", "2"]}), series({"a": ["3", "4", "5"], "b": ["1", "1", "1"]}))

    line = figure.data[-1]
    assert (line.type, line.y) == ("scatter", (4.0, 5.0))


def test_what_happened_is_written_above_its_day():
    figure: Any = charts.columns(series({"a": ["1", "2"]}), flags=[Flag(FIRST + timedelta(1), "Phyght <61>")])

    assert [(note.text, note.y) for note in figure.layout.annotations] == [("Phyght &lt;61&gt;", 2.0)]


def weeks(first: date, end: date, amounts: list[str]) -> CostSeries:
    """A period in weeks, the first one from the Monday before its first day."""
    starts = tuple(Grain.WEEK.start_of(first) + timedelta(7 * week) for week in range(len(amounts)))
    costs = {"a": tuple(map(Decimal, amounts))}
    return CostSeries(Period(first, end), "service", Metric.BILLED, "USD", Grain.WEEK, starts, costs, frozenset())


def test_what_happened_is_written_above_the_week_that_holds_it():
    september = weeks(date(2026, 9, 1), date(2026, 9, 28), ["1", "2", "3", "4"])
    figure: Any = charts.columns(
        september,
        flags=[Flag(date(2026, 9, 7), "Monday"), Flag(date(2026, 9, 13), "Sunday"), Flag(date(2026, 9, 14), "next")],
    )

    assert [(note.x, note.y, note.text) for note in figure.layout.annotations] == [
        ("2026-09-07", 2.0, "Monday<br>Sunday"),
        ("2026-09-14", 3.0, "next"),
    ]
    assert figure.data[0].customdata[1][2] == "$2.00 in all<br>Monday<br>Sunday"


def test_a_name_at_either_end_of_the_chart_stays_inside():
    figure: Any = charts.columns(
        weeks(date(2026, 8, 31), date(2026, 10, 12), ["1"] * 6),
        flags=[Flag(date(2026, 9, 5) + timedelta(7 * week), str(week)) for week in (0, 2, 5)],
    )

    assert [note.xanchor for note in figure.layout.annotations] == ["left", "center", "right"]


def test_what_happened_in_a_cut_week_but_not_in_the_period_is_not_drawn():
    september = weeks(date(2026, 9, 2), date(2026, 9, 28), ["1", "2", "3", "4"])
    figure: Any = charts.columns(september, flags=[Flag(date(2026, 9, 1), "before"), Flag(date(2026, 9, 28), "after")])

    assert not figure.layout.annotations


def test_where_there_is_no_room_for_names_marks_stand_above_the_columns():
    figure: Any = charts.columns(
        weeks(date(2026, 8, 31), date(2026, 10, 12), ["10"] * 5 + ["20"]),
        flags=[Flag(date(2026, 9, 5) + timedelta(7 * week), f"<{week}>") for week in range(5)],
    )

    marks = figure.data[-1]
    assert (marks.name, marks.mode) == ("Events", "markers")
    assert marks.y == (11.0, 11.0, 11.0, 11.0, 11.0)
    assert [names for _, names in marks.customdata] == ["&lt;0&gt;", "&lt;1&gt;", "&lt;2&gt;", "&lt;3&gt;", "&lt;4&gt;"]
    assert not figure.layout.annotations


def test_what_happened_on_a_day_without_data_is_not_drawn():
    figure: Any = charts.columns(series({"a": ["1"]}), flags=[Flag(FIRST + timedelta(9), "later")])

    assert not figure.layout.annotations


def test_a_step_that_the_period_cuts_is_not_still_filling():
    weeks = CostSeries(
        Period(date(2026, 9, 1), date(2026, 9, 14)),
        "service",
        Metric.BILLED,
        "USD",
        Grain.WEEK,
        (date(2026, 8, 31), date(2026, 9, 7)),
        {"a": (Decimal(1), Decimal(1))},
        frozenset({date(2026, 8, 31), date(2026, 9, 7)}),
    )

    assert charts.still_filling(weeks) == [date(2026, 9, 7)]


def test_the_chosen_part_is_told_by_its_full_name():
    assert charts.chosen_label({"selection": {"points": [{"customdata": ["Amazon CloudFront", "$1.00"]}]}}) == (
        "Amazon CloudFront"
    )
    assert charts.chosen_label({"selection": {"points": []}}) is None
    assert charts.chosen_label({"selection": {"points": [{"customdata": ["", "$1.00"]}]}}) is None


def test_a_waterfall_goes_from_one_total_to_the_other():
    figure: Any = bars.waterfall(
        "October", Decimal(10), [("a", Decimal(5)), ("b", Decimal(-3))], "November", Decimal(12), "USD"
    )

    (steps,) = figure.data
    assert steps.x == (10.0, 5.0, -3.0, 12.0)
    assert steps.measure == ("absolute", "relative", "relative", "total")
    assert steps.text == ("$10.00", "+$5.00", "−$3.00", "$12.00")


def test_bars_have_room_for_their_amounts_and_begin_at_zero():
    figure: Any = bars.bars(["a", "b"], [Decimal(10), Decimal(4)], ["$10.00", "$4.00"], [theme.BLUE, theme.GREY])

    assert figure.layout.xaxis.range == (0.0, 13.8)


def test_half_a_dollar_is_not_written_as_500m():
    small: Any = charts.columns(series({"a": ["0.5", "2"]}))
    large: Any = charts.columns(series({"a": ["250000", "2"]}))

    assert small.layout.yaxis.tickformat == ",.2f"
    assert large.layout.yaxis.tickformat == "~s"


def test_the_legend_of_a_hatched_bar_is_hatched(monkeypatch):
    drawn = []
    monkeypatch.setattr(legend.st, "html", drawn.append)
    rule = LifecycleRule("r", expire_after_days=9)

    legend.draw(lifecycle_chart.timeline([Standing(rule, "", stages(rule), version_stages(rule))]))

    assert drawn == [
        '<ul class="legend"><li><i class="column hue-8"></i>as written</li>'
        '<li><i class="column hatched hue-9"></i>removed</li></ul>'
    ]


def test_noncurrent_versions_have_a_row_of_their_own():
    rule = LifecycleRule("phyght-r", expire_after_days=9, expire_noncurrent_after_days=3)

    figure: Any = lifecycle_chart.timeline([Standing(rule, "", stages(rule), version_stages(rule))])

    assert figure.layout.yaxis.ticktext == ("r", "r, versions")
    assert figure.layout.xaxis.title.text == "days since an object was written, or its version replaced"


def test_the_legend_names_each_colour_with_its_mark(monkeypatch):
    drawn = []
    monkeypatch.setattr(legend.st, "html", drawn.append)
    now, before = series({"Amazon CloudFront": ["3", "2"], "<b>x</b>": ["1", "1"]}), series({"a": ["1", "1"]})

    legend.draw(charts.columns(now, before, "Before", [Flag(FIRST, "a")] * 5))

    x = theme.place(theme.colours(["<b>x</b>"])["<b>x</b>"])
    assert drawn == [
        '<ul class="legend"><li><i class="column hue-2"></i>CloudFront</li>'
        f'<li><i class="column hue-{x}"></i>&lt;b&gt;x&lt;/b&gt;</li>'
        '<li><i class="line hue-9"></i>Before</li></ul>'
    ]
