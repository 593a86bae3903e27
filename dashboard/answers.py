"""Answers: the parts of the Costs page below its controls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pyarrow as pa
import streamlit as st
from pandas.io.formats.style_render import StylerRenderer

from core.costs.breakdown import CostBreakdown, break_down
from core.costs.comparison import Comparison, compare
from core.costs.coverage import covered_months
from core.costs.dimensions import Metric
from core.costs.period import Period
from core.costs.restatements import Restatement, restatements
from core.costs.series import CostSeries, Grain, cost_series
from core.database import Database
from core.warehouse import Warehouse
from dashboard import bars, charts, controls, format, theme, widgets
from dashboard.numbers import Number
from dashboard.view import Against, View, inside

#: Lines shown; the downloads have all of them.
_MOST_LINES = 1_000
_NUMBERS = {Metric.BILLED: Number.BILLED, Metric.EFFECTIVE: Number.EFFECTIVE, Metric.LIST: Number.LIST}
_MONEY = pa.decimal128(38, 18)
OVER_TIME, CHANGED = "Over time", "What changed"


@dataclass(frozen=True)
class Answer:
    """What the view's question came to."""

    view: View
    comparison: Comparison
    series: CostSeries
    before: CostSeries | None
    first_month: date  #: that a bill covers
    flags: tuple[charts.Flag, ...]  #: what happened meanwhile
    restated: tuple[Restatement, ...]  #: in the months of the period

    @cached_property
    def figure(self) -> go.Figure:
        """The chart of the period step by step; not to be changed, as every session has the same one."""
        return charts.columns(self.series, self.before, str(self.view.against).capitalize(), self.flags)

    @property
    def currency(self) -> str:
        return self.comparison.now.currency


def answer(warehouse: Warehouse, database: Database, view: View, flags: Sequence[charts.Flag] = ()) -> Answer:
    """What the view asks, which is asked once while the bills stay as they are, whoever looks.

    Raises NoBillingData when no bill covers its period.
    """
    return _asked(str(warehouse.folder), warehouse.revision(), view, tuple(flags), warehouse, database)


@st.cache_resource(max_entries=200, show_spinner=False)
def _asked(
    folder: str,
    revision: int,
    view: View,
    flags: tuple[charts.Flag, ...],
    _warehouse: Warehouse,
    _database: Database,
) -> Answer:
    return _ask(_warehouse, _database, view, flags)


def _ask(warehouse: Warehouse, database: Database, view: View, flags: tuple[charts.Flag, ...]) -> Answer:
    current = _break_down(warehouse, view, view.period)
    first_month = covered_months(warehouse)[0]
    other = view.against.period(view.period)
    comparable = other is not None and other.start >= first_month  # half a year against a whole one would mislead
    return Answer(
        view,
        compare(current, _break_down(warehouse, view, other) if other and comparable else None),
        _series(warehouse, view, view.period),
        _series(warehouse, view, other) if other and comparable else None,
        first_month,
        flags if view.grain is Grain.DAY else (),
        _restated(database, view.period),
    )


def _break_down(warehouse: Warehouse, view: View, period: Period) -> CostBreakdown:
    return break_down(warehouse, period, view.by, view.metric, view.filters)


def _series(warehouse: Warehouse, view: View, period: Period) -> CostSeries:
    return cost_series(warehouse, period, view.by, view.grain, view.metric, view.filters)


def _restated(database: Database, period: Period) -> tuple[Restatement, ...]:
    first = period.start.replace(day=1)
    return tuple(each for each in restatements(database, since=first) if first <= each.period < period.end)


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
        return format.change(answer.comparison.now.total, None), f"bills begin in {answer.first_month:%B %Y}"
    return format.change(answer.comparison.now.total, before.total), f"vs {format.brief_period(before.period)}"


def _draw_remarks(answer: Answer) -> None:
    costs = answer.comparison.now
    with st.container(horizontal=True, vertical_alignment="center", key="remarks"):
        if costs.estimated:
            st.badge("Estimated until invoiced", icon=":material/hourglass_top:", color="orange")
        filling = charts.still_filling(answer.series) if answer.view.grain is Grain.DAY else []
        if filling:
            st.badge(f"{format.days(filling)} still filling", color="gray")
        if answer.restated:
            st.badge("Restated", icon=":material/history:", color="blue")
        if costs.as_of:
            st.caption(f"Usage to {format.instant(costs.as_of)}")
        widgets.how_made(_NUMBERS[costs.metric])


def draw_chart(answer: Answer) -> None:
    """The period step by step, or what made the difference to the other one."""
    costs, name = answer.comparison.now, controls.dimension_name(answer.view.by).lower()
    measure = f"{str(costs.metric).capitalize()}, {costs.currency}, by {name}; UTC days"
    with widgets.card("chart", "", ""):
        tabs = st.tabs([OVER_TIME, CHANGED], key="show", on_change="rerun", bind="query-params")
        if tabs[0].open:
            with tabs[0]:
                _draw_series(answer, measure)
        elif tabs[1].open:
            with tabs[1]:
                _draw_changes(answer)


def _draw_series(answer: Answer, measure: str) -> None:
    key = f"chart {hash(answer.view)}"
    parts = charts.main_parts(answer.series.costs)
    st.caption(measure)
    st.plotly_chart(
        answer.figure,
        config=charts.CONFIG,
        key=key,
        selection_mode="points",
        on_select=lambda: _drill(answer.view, charts.chosen_label(st.session_state[key])),
        alt=f"{measure}: {widgets.legend([(part.label, part.total) for part in parts], answer.currency)}",
    )


def _draw_changes(answer: Answer) -> None:
    comparison = answer.comparison
    if comparison.before is None:
        st.markdown(
            f"There is nothing to compare with: bills begin in {answer.first_month:%B %Y}. "
            "Choose a later period, or what to compare it with."
        )
        return
    drivers, rest = comparison.drivers(6)
    rows = [(line.label, line.difference) for line in drivers]
    if rest:
        rows.append((theme.OTHER, rest))
    words = "; ".join(f"{label} {format.signed_money(amount, answer.currency)}" for label, amount in rows)
    before, now = format.brief_period(comparison.before.period), format.brief_period(comparison.now.period)
    st.caption(f"{str(comparison.now.metric).capitalize()}, {answer.currency}: what made the difference")
    figure = bars.waterfall(before, comparison.before.total, rows, now, comparison.now.total, answer.currency)
    st.plotly_chart(figure, config=charts.CONFIG, key="waterfall", alt=f"What changed: {words}")
    widgets.how_made(Number.DRIVERS, "How these are made")


def draw_lines(answer: Answer) -> None:
    """Every value of the dimension; a chosen one opens."""
    name = controls.dimension_name(answer.view.by)
    lines = answer.comparison.lines
    with widgets.card("lines", f"By {name.lower()}", _hint(answer)):
        key = f"lines {hash(answer.view)}"
        st.dataframe(
            _frame(answer),
            hide_index=True,
            key=key,
            on_select=lambda: _drill(answer.view, _chosen_line(answer, st.session_state[key])),
            selection_mode="single-row",
            column_config=_columns(name),
            alt=f"Cost, share and change of each {name.lower()}",
        )
        if len(lines) > _MOST_LINES:
            st.caption(f"The {_MOST_LINES:,} dearest of {len(lines):,}; the downloads have all.")
        widgets.downloads(f"costs-by-{answer.view.by.replace(':', '-')}-{answer.view.period.start}", _table(answer))


def _hint(answer: Answer) -> str:
    following = inside(answer.view, None)
    if not following:
        return ""
    return f"Choose a row, or a colour in the chart, to see it by {controls.dimension_name(following.by).lower()}."


def _frame(answer: Answer) -> StylerRenderer:
    shown = answer.comparison.lines[:_MOST_LINES]
    frame = pd.DataFrame(
        {
            "label": [line.label or format.BLANK for line in shown],
            "cost": [float(line.cost) for line in shown],
            "share": [100 * line.share for line in shown],
            "before": [None if line.cost_before is None else float(line.cost_before) for line in shown],
            "difference": [None if line.cost_before is None else float(line.difference) for line in shown],
            "change": [str(format.change(line.cost, line.cost_before)) for line in shown],
        }
    )
    if answer.comparison.before is None:
        frame = frame.drop(columns=["before", "difference", "change"])

    def money(value: float) -> str:
        return "" if pd.isna(value) else format.cents(Decimal(str(value)), answer.currency)

    amounts = [column for column in ("cost", "before", "difference") if column in frame]
    return frame.style.format(dict.fromkeys(amounts, money))


def _columns(name: str) -> dict[str, Any]:
    config = st.column_config
    return {
        "label": config.TextColumn(name, width="medium"),
        "cost": config.NumberColumn("Cost"),
        "share": config.ProgressColumn("Share", format="%.1f %%", min_value=0, max_value=100, color="gray"),
        "before": config.NumberColumn("Before"),
        "difference": config.NumberColumn("Difference"),
        "change": config.TextColumn("Change"),
    }


def _table(answer: Answer) -> pa.Table:
    lines = answer.comparison.lines
    return pa.table(
        {
            answer.view.by: pa.array([line.label for line in lines], pa.string()),
            "currency": pa.array([answer.currency] * len(lines), pa.string()),
            "cost": pa.array([line.cost for line in lines], _MONEY),
            "share": pa.array([line.share for line in lines], pa.float64()),
            "cost_before": pa.array([line.cost_before for line in lines], _MONEY),
            "difference": pa.array(
                [line.difference if line.cost_before is not None else None for line in lines], _MONEY
            ),
        }
    )


def _chosen_line(answer: Answer, state: dict[str, Any]) -> str | None:
    rows = state["selection"]["rows"]
    return answer.comparison.lines[rows[0]].label if rows else None


def _drill(view: View, label: str | None) -> None:
    following = inside(view, controls.filter_of(view, label).value) if label and label != theme.OTHER else None
    if following:
        controls.go(following)


def draw_restatements(answer: Answer) -> None:
    """Bills of the period that came again with another total."""
    if not answer.restated:
        return
    with widgets.card(
        "restated", "Restated bills", "A newer delivery changed the total of a month that was already loaded."
    ):
        widgets.plain_table(
            {
                "Month": [f"{each.period:%B %Y}" for each in answer.restated],
                "Export": [format.export(each.export) for each in answer.restated],
                "Was": [format.cents(each.old_total or Decimal(0), each.currency) for each in answer.restated],
                "Is": [format.cents(each.new_total, each.currency) for each in answer.restated],
                "Difference": [
                    format.signed_money(each.difference or Decimal(0), each.currency) for each in answer.restated
                ],
                "Delivered": [format.instant(each.new_delivered_at) for each in answer.restated],
            },
            alt="Restated bills of the period",
        )
        widgets.how_made(Number.RESTATEMENT)
