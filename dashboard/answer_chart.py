"""Answer, drawn: its total, how that compares, and its chart."""

from decimal import Decimal

import streamlit as st

from core.costs.dimensions import Metric
from core.costs.series import Grain
from dashboard import bars, charts, controls, currency_choice, format, legend, theme, widgets
from dashboard.answers import Answer
from dashboard.numbers import Number
from dashboard.view import Against

_NUMBERS = {Metric.BILLED: Number.BILLED, Metric.EFFECTIVE: Number.EFFECTIVE, Metric.LIST: Number.LIST}
OVER_TIME, CHANGED = "Over time", "What changed"


def draw_total(answer: Answer) -> None:
    """The sum, and how it compares."""
    costs = answer.comparison.now
    change, against = _change(answer)
    with st.container(horizontal=True, key="tiles"):
        widgets.tile(
            f"{str(costs.metric).capitalize()}, {format.short_period(costs.period)}",
            format.money(costs.total, costs.currency),
            _NUMBERS[costs.metric],
            change,
            against,
        )
        if answer.comparison.before:
            difference = answer.comparison.difference or Decimal(0)
            widgets.tile("Difference", format.signed_money(difference, costs.currency), Number.CHANGE, None, against)
            _draw_main_driver(answer)
    _draw_left_out(answer)
    _draw_remarks(answer)


def _draw_main_driver(answer: Answer) -> None:
    drivers, _ = answer.comparison.drivers(1)
    for line in drivers:
        amount = format.signed_money(line.difference, answer.currency)
        widgets.tile("Changed most", amount, Number.DRIVERS, None, format.label(line.label))


def _change(answer: Answer) -> tuple[format.Change | None, str]:
    if answer.view.against is Against.NOTHING:
        return None, ""
    before = answer.comparison.before
    if before is None:
        return format.change(answer.comparison.now.total, None), _why_not(answer)
    return format.change(answer.comparison.now.total, before.total), f"vs {format.brief_period(before.period)}"


def _why_not(answer: Answer) -> str:
    """Why there is nothing to compare with."""
    if answer.comparison.now.in_part:
        return format.covered(answer.comparison.now.covered)
    other = answer.view.against.period(answer.view.period)
    bills = f"bills in {format.currency_name(answer.currency)}" if len(answer.currencies) > 1 else "bills"
    if other and other.start >= answer.first_month:
        return (
            format.covered(answer.covered_before)
            if answer.covered_before
            else f"no {bills} in {format.brief_period(other)}"
        )
    return f"{bills} begin in {answer.first_month:%B %Y}"


def _draw_left_out(answer: Answer) -> None:
    """What the figures do not count, because it is in other currencies; and the ways to it."""
    now, before = answer.comparison.now, answer.comparison.before
    only_before = {each.currency: each for each in before.left_out} if before else {}
    for each in now.left_out:
        only_before.pop(each.currency, None)
    if not (now.left_out or only_before):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="left-out"):
        if now.left_out:
            st.caption(
                f":material/info: Not in these figures: {currency_choice.in_words(now.left_out)}.", width="content"
            )
        if before and only_before:
            other = currency_choice.in_words(tuple(only_before.values()))
            st.caption(
                f":material/info: Not in those of {format.brief_period(before.period)}: {other}.", width="content"
            )
        controls.draw_ways(answer.view, [each.currency for each in now.left_out] or list(only_before))


def _draw_remarks(answer: Answer) -> None:
    costs = answer.comparison.now
    with st.container(horizontal=True, vertical_alignment="center", key="remarks"):
        if costs.estimated:
            st.badge("Estimated until invoiced", icon=":material/hourglass_top:", color="orange")
        if costs.in_part:
            covered = format.covered(costs.covered)
            st.badge(covered[0].upper() + covered[1:], icon=":material/data_alert:", color="orange")
        filling = charts.still_filling(answer.series) if answer.view.grain is Grain.DAY else []
        if filling:
            st.badge(f"{format.days(filling)} still filling", color="gray")
        if answer.restated:
            st.badge("Restated", icon=":material/history:", color="blue")
        st.caption(f"Usage to {format.instant(costs.as_of)}" if costs.as_of else "No usage in these days yet")
        widgets.how_made(_NUMBERS[costs.metric])


def draw_chart(answer: Answer) -> None:
    """The period step by step, or what made the difference to the other one."""
    costs, name = answer.comparison.now, controls.dimension_name(answer.view.by).lower()
    measure = f"{str(costs.metric).capitalize()}, {format.currency_name(costs.currency)}, by {name}; UTC days"
    with widgets.card("chart", "", ""):
        widgets.sections(
            {OVER_TIME: lambda: _draw_series(answer, measure), CHANGED: lambda: _draw_changes(answer)}, "show"
        )


def _draw_series(answer: Answer, measure: str) -> None:
    key = f"chart {hash(answer.view)}"
    parts = [(part.label, part.total) for part in charts.main_parts(answer.series.costs)]
    st.caption(measure)
    st.plotly_chart(
        answer.figure,
        config=charts.CONFIG,
        key=key,
        selection_mode="points",
        on_select=lambda: controls.drill(answer.view, charts.chosen_label(st.session_state[key])),
        alt=f"{measure}: {legend.in_words(parts, answer.currency)}{_events(answer)}",
    )
    legend.draw(answer.figure)


def _events(answer: Answer) -> str:
    """What the marks in the chart stand for, for those who do not see them."""
    events = [f"{flag.name} on {format.day(flag.day)}" for flag in charts.shown_flags(answer.series, answer.flags)]
    return f"; marked: {', '.join(events)}" if events else ""


def _draw_changes(answer: Answer) -> None:
    comparison = answer.comparison
    if comparison.before is None:
        st.markdown(
            f"There is nothing to compare with: {_why_not(answer)}. Choose other days, or what to compare them with."
        )
        return
    drivers, rest = comparison.drivers(6)
    rows = [(line.label, line.difference) for line in drivers]
    if rest:
        rows.append((theme.OTHER, rest))
    words = "; ".join(f"{label} {format.signed_money(amount, answer.currency)}" for label, amount in rows)
    before, now = format.brief_period(comparison.before.period), format.brief_period(comparison.now.period)
    measure = f"{str(comparison.now.metric).capitalize()}, {format.currency_name(answer.currency)}"
    st.caption(f"{measure}: what made the difference")
    figure = bars.waterfall(before, comparison.before.total, rows, now, comparison.now.total, answer.currency)
    st.plotly_chart(figure, config=charts.CONFIG, key="waterfall", alt=f"What changed: {words}")
    widgets.how_made(Number.DRIVERS, "How these are made")
