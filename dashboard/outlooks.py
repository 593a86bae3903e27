"""Outlooks: what the Costs page tells of days to come, of budgets and of odd days, each worked out once.

Each answer is kept while the bills stay as they are and the day does, whoever looks.
"""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from core.access.roles import User
from core.actions.foreseen import known_changes
from core.bootstrap import Platform
from core.costs.accuracy import Accuracy, accuracy
from core.costs.anomalies import TOTAL, Anomalies, Anomaly, anomalies
from core.costs.budget_standing import Standing, standing
from core.costs.budget_store import Budgets
from core.costs.budgets import Budget
from core.costs.causes import Cause, causes
from core.costs.dimensions import Dimension, Filter, Metric
from core.costs.each_budget import each_budget
from core.costs.forecast import Outlook, look_ahead, retold
from core.costs.forecasted import CostForecast, KnownChange
from core.costs.judged import Judgement, Judgements
from core.costs.known import on_charges
from core.costs.mix import mix_of
from core.costs.past import PastCosts, past_costs
from core.costs.past_titles import titles_of
from core.costs.period import midnight
from core.costs.reconciled import reconciled
from core.costs.scenario import Prices
from core.costs.stored_forecasts import stored_months
from core.costs.titles import FORECAST, Title, title_named
from core.costs.what_if import Base
from core.errors import PhyghtError
from core.warehouse import Warehouse
from dashboard.view import View


def dimension_of(view: View) -> str:
    """What odd days are told apart by: what the view is, where bills name it."""
    return Dimension.SERVICE if title_named(view.by) else view.by


def ahead_by(view: View) -> str:
    """What days to come are told apart by: rungs and groups of videos too, of all charges; never single videos."""
    return view.by if title_named(view.by) in FORECAST and not view.filters else dimension_of(view)


_Asked = tuple[str, Metric, tuple[Filter, ...], str | None]
_Known = tuple[KnownChange, ...]


def outlook(platform: Platform, view: View, horizon: int, today: date) -> Outlook:
    """The slow step of the forecast of what a view shows. Raises what `forecast_costs` does."""
    known = _known(platform, view, today)
    return _outlook(*_state_of(platform.warehouse), _asked(view), known, horizon, today, platform)


def forecast(platform: Platform, view: View, horizon: int, today: date) -> CostForecast:
    """What is expected of what a view shows."""
    known = _known(platform, view, today)
    return _forecast(*_state_of(platform.warehouse), _asked(view), known, horizon, today, platform)


def base(platform: Platform, view: View, horizon: int, today: date) -> Base:
    """What suppositions change, of all costs."""
    known = _known(platform, view, today)
    return _base(*_state_of(platform.warehouse), _asked(view), known, horizon, today, platform)


def _asked(view: View) -> _Asked:
    return ahead_by(view), view.metric, view.filters, view.currency


def _known(platform: Platform, view: View, today: date) -> _Known:
    """What running migrations will change of what a view shows."""
    return on_charges(known_changes(platform.database, platform.warehouse, platform.prices, today), view.filters)


@st.cache_resource(max_entries=40, show_spinner=False)
def _past(folder: str, revision: int, asked: _Asked, _warehouse: Warehouse) -> PastCosts:
    return past_costs(_warehouse, *asked)


@st.cache_resource(max_entries=10, show_spinner=False)
def _past_titles(folder: str, revision: int, asked: _Asked, today: date, _platform: Platform) -> PastCosts:
    by, metric, _, currency = asked
    return titles_of(_platform.warehouse, _platform.database, Title(by), metric, currency)


@st.cache_resource(max_entries=40, show_spinner="Forecasting …")
def _outlook(
    folder: str, revision: int, asked: _Asked, known: _Known, horizon: int, today: date, _platform: Platform
) -> Outlook:
    if not title_named(asked[0]):
        return look_ahead(_past(folder, revision, asked, _platform.warehouse), today, horizon, known=known)
    services = (Dimension.SERVICE, *asked[1:])
    guide = _outlook(folder, revision, services, known, horizon, today, _platform)
    return reconciled(look_ahead(_past_titles(folder, revision, asked, today, _platform), today, horizon), guide)


@st.cache_resource(max_entries=40, show_spinner=False)
def _forecast(
    folder: str, revision: int, asked: _Asked, known: _Known, horizon: int, today: date, _platform: Platform
) -> CostForecast:
    return retold(_outlook(folder, revision, asked, known, horizon, today, _platform))


@st.cache_resource(max_entries=20, show_spinner=False)
def _base(
    folder: str, revision: int, asked: _Asked, known: _Known, horizon: int, today: date, _platform: Platform
) -> Base:
    found = _outlook(folder, revision, asked, known, horizon, today, _platform)
    return Base(found, mix_of(_platform.warehouse, found.past), Prices.of(_platform.prices))


def labels(warehouse: Warehouse, by: str, currency: str | None) -> tuple[str, ...]:
    """What the bills of the last year and a half state of a dimension, the dearest of late first."""
    asked = (by, Metric.BILLED, (), currency)
    return _past(*_state_of(warehouse), asked, warehouse).labels


def measured(platform: Platform, currency: str, today: date) -> Accuracy:
    """How good forecasts of month-ends of all costs in a currency were."""
    return _measured(*_state_of(platform.warehouse), currency, today, platform)


@st.cache_resource(max_entries=10, show_spinner=False)
def _measured(folder: str, revision: int, currency: str, today: date, _platform: Platform) -> Accuracy:
    past = _past(folder, revision, (Dimension.SERVICE, Metric.BILLED, (), currency), _platform.warehouse)
    return accuracy(past, stored_months(_platform.database, currency))


def standings(platform: Platform, today: date) -> tuple[list[Standing], list[tuple[Budget, PhyghtError]]]:
    """Where each budget stands, by name; and those of which that cannot be told, and why."""
    known = known_changes(platform.database, platform.warehouse, platform.prices, today)
    state = _state_of(platform.warehouse)
    return each_budget(
        Budgets(platform.database, platform.audit).all(),
        lambda budget: _standing(*state, budget, known, today, platform.warehouse),
    )


def _state_of(warehouse: Warehouse) -> tuple[str, int]:
    return str(warehouse.folder), warehouse.revision()


@st.cache_resource(max_entries=100, show_spinner="Forecasting …")
def _standing(
    folder: str, revision: int, budget: Budget, known: _Known, today: date, _warehouse: Warehouse
) -> Standing:
    return standing(_warehouse, budget, midnight(today), known)


def odd_days(platform: Platform, user: User, view: View, with_expected: bool = False) -> Anomalies:
    """What was odd of all costs and of each value of the view's dimension, in the last 90 days; filters do not count,
    as what was said of a day was said of all of its value.
    """
    judged = Judgements(platform.database, platform.audit).all(user)
    by = dimension_of(view)
    said = tuple(each for each in judged if each.by == by)
    asked = (by, view.metric, (), view.currency)
    return _odd_days(*_state_of(platform.warehouse), asked, said, with_expected, platform.warehouse)


@st.cache_resource(max_entries=40, show_spinner="Looking for odd days …")
def _odd_days(
    folder: str,
    revision: int,
    asked: _Asked,
    said: tuple[Judgement, ...],
    with_expected: bool,
    _warehouse: Warehouse,
) -> Anomalies:
    return anomalies(_past(folder, revision, asked, _warehouse), said, with_expected=with_expected)


def odd_days_of(platform: Platform, user: User, view: View) -> Sequence[Anomaly]:
    """Odd days of the sum that a view shows: of all costs, or of the one value that it is filtered by."""
    if len(view.filters) > 1 or any(each.value is None for each in view.filters):
        return ()
    by = view.filters[0].dimension if view.filters else Dimension.SERVICE
    label = (view.filters[0].value if view.filters else None) or TOTAL
    found = odd_days(platform, user, View(view.period, by, view.metric, currency=view.currency))
    return [each for each in found.events if each.label == label]


def causes_of(warehouse: Warehouse, event: Anomaly, metric: Metric) -> tuple[Cause, ...]:
    """What explains an event, best first."""
    return _causes(*_state_of(warehouse), event, metric, warehouse)


@st.cache_resource(max_entries=100, show_spinner="Looking for what explains it …")
def _causes(folder: str, revision: int, event: Anomaly, metric: Metric, _warehouse: Warehouse) -> tuple[Cause, ...]:
    return causes(_warehouse, event, metric)
