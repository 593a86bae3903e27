"""Answers: what the Costs page's view asks, and what it came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import plotly.graph_objects as go
import streamlit as st

from core.costs.breakdown import CostBreakdown, break_down
from core.costs.comparison import Comparison, compare
from core.costs.coverage import covered_months
from core.costs.period import Period
from core.costs.restatements import Restatement, restatements
from core.costs.series import CostSeries, Grain, cost_series
from core.database import Database
from core.warehouse import Warehouse
from dashboard import charts
from dashboard.view import View


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
    before = _break_down(warehouse, view, other) if other and comparable else None
    if before and before.currency != current.currency:
        before = None
    return Answer(
        view,
        compare(current, before),
        _series(warehouse, view, view.period),
        _series(warehouse, view, before.period) if before else None,
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
