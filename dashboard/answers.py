"""Answers: what the Costs page's view asks, and what it came to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import plotly.graph_objects as go
import streamlit as st

from core.costs.breakdown import CostBreakdown, break_down
from core.costs.comparison import Comparison, compare
from core.costs.coverage import covered_months, covered_spans
from core.costs.currencies import currencies
from core.costs.period import Period, midnight
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
    first_month: date  #: that a bill in its currency covers
    covered_before: tuple[Period, ...]  #: the days that bills cover of the period to compare with
    currencies: tuple[str, ...]  #: of all bills
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
    view = replace(view, currency=current.currency)
    first_month = covered_months(warehouse, current.currency)[0]
    other = view.against.period(view.period)
    covered = covered_spans(warehouse, other, current.currency) if other else ()
    whole = other if covered == (other,) else None
    # half a year against a whole one would mislead, whichever of them is the half
    before = _break_down(warehouse, view, whole) if whole and not current.in_part else None
    return Answer(
        view,
        compare(current, before),
        _series(warehouse, view, view.period),
        _series(warehouse, view, whole) if whole else None,
        first_month,
        covered,
        currencies(warehouse),
        _flags(flags, view, current),
        _restated(database, view),
    )


def _break_down(warehouse: Warehouse, view: View, period: Period) -> CostBreakdown:
    return break_down(warehouse, period, view.by, view.metric, view.filters, view.currency)


def _series(warehouse: Warehouse, view: View, period: Period) -> CostSeries:
    return cost_series(warehouse, period, view.by, view.grain, view.metric, view.filters, view.currency)


def _flags(flags: Sequence[charts.Flag], view: View, current: CostBreakdown) -> tuple[charts.Flag, ...]:
    """What happened before the end of the data. In columns of months there is something in each, which says nothing."""
    if view.grain is Grain.MONTH or current.as_of is None:
        return ()
    return tuple(flag for flag in flags if midnight(flag.day) < current.as_of)


def _restated(database: Database, view: View) -> tuple[Restatement, ...]:
    first = view.period.start.replace(day=1)
    return tuple(
        each
        for each in restatements(database, since=first)
        if first <= each.period < view.period.end and each.currency == view.currency
    )
