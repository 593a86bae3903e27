"""Performance answers: what the Performance page asks of a view, once while the measurements stay as they are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import plotly.graph_objects as go
import streamlit as st

from core.costs.period import Period
from core.performance import viewing
from core.performance.closed import Closed, closed_by_viewers
from core.performance.coverage import Coverage, coverage, sampled_share
from core.performance.crowds import Crowd, Crowds
from core.performance.delivery import By, Delivery, Line, Only, delivered_total, deliveries
from core.performance.experience import Experience, ExperienceAnswer, ExperienceBy, experience, experience_lines
from core.performance.interest import Interest, interest
from core.performance.paths import Paths, Trouble, worst_paths
from core.performance.told import Told, told
from core.performance.worst import BadEdge, worst_edges
from core.telemetry.edges import Edge, places
from core.warehouse import Warehouse
from dashboard import performance_figures, performance_map, viewing_figures
from dashboard.performance_view import PerformanceView

#: Periods of more days are drawn by day.
_HOURLY_DAYS = 3
#: Lines of a breakdown.
_MOST = 100
_Answer = TypeVar("_Answer")
_About = TypeVar("_About")


@dataclass(frozen=True)
class Delivered:
    """How delivery went."""

    view: PerformanceView
    covered: Coverage
    now: Delivery  #: by what the view breaks down by
    before: Line | None  #: all of the period before; None where the logs do not tell of nearly all of it
    grain: By  #: of the course: hours or days
    steps: tuple[Line, ...]  #: each of them in which there was a request
    countries: tuple[Line, ...]
    edges: tuple[Line, ...]  #: empty under a filter by video or rung, unless it is broken down by edge: see has_edges
    located: dict[str, Edge]
    misses: Paths
    errors: Paths
    closed: Closed
    sampled: float | None  #: which share of the requests the logs tell of; None: all

    @cached_property
    def figure(self) -> go.Figure:
        """The course; not to be changed, as every session has the same one."""
        return performance_figures.delivery_panels(
            self.view.period, self.grain, self.steps, self.covered.requests_until, self.now.timed
        )

    @cached_property
    def map(self) -> go.Figure:
        """Not to be changed, either."""
        bad = [each.line.label for each in self.worst]
        return performance_map.figure(self.countries, self.edges, self.located, bad)

    @cached_property
    def worst(self) -> tuple[BadEdge, ...]:
        """Edges that stand out, the worst first."""
        return worst_edges(self.edges)


@dataclass(frozen=True)
class Experienced:
    """How watching went."""

    view: PerformanceView
    covered: Coverage
    now: ExperienceAnswer  #: by what the view breaks down by
    days: ExperienceAnswer
    told: Told  #: what became of the events of all players, whatever the filter

    @property
    def before(self) -> Experience | None:
        """The period before; None where not nearly all of it is known."""
        return self.now.before if self.covered.compares_sessions(self.view.period) else None

    @cached_property
    def figure(self) -> go.Figure:
        """The course; not to be changed, as every session has the same one."""
        return performance_figures.experience_panels(self.days, self.covered.sessions_until)


@dataclass(frozen=True)
class Viewed:
    """What was watched."""

    view: PerformanceView
    covered: Coverage
    now: viewing.Audience
    before: viewing.Audience | None
    completion: tuple[viewing.Reached, ...]
    qualities: tuple[viewing.Quality, ...]
    crowds: Crowds
    hours: tuple[viewing.Hour, ...]
    nights: tuple[viewing.Night, ...]
    interest: tuple[Interest, ...]

    @cached_property
    def concurrency(self) -> go.Figure:
        """Viewers at once; not to be changed, as every session has the same one."""
        return viewing_figures.concurrency(self.crowds, self.view.period, self.covered.session_days)

    @cached_property
    def calendar(self) -> go.Figure:
        """Views of each day, by week."""
        return viewing_figures.calendar(self.hours, self.view.period, self.covered.session_days)

    @cached_property
    def curve(self) -> go.Figure:
        """How many were still there."""
        return viewing_figures.completion(self.completion)

    @property
    def peak(self) -> Crowd | None:
        """When most watched at once."""
        return self.crowds.peak()

    @property
    def today(self) -> date:
        """The day of the newest session that is known."""
        return self.covered.sessions_until.date() if self.covered.sessions_until else self.view.period.end


def covered(warehouse: Warehouse) -> Coverage:
    """Of which time anything is known."""
    return coverage(warehouse)


def delivered(warehouse: Warehouse, view: PerformanceView) -> Delivered:
    return _kept(warehouse, view, _delivered)


def experienced(warehouse: Warehouse, view: PerformanceView) -> Experienced:
    return _kept(warehouse, view, _experienced)


def viewed(warehouse: Warehouse, view: PerformanceView) -> Viewed:
    return _kept(warehouse, view, _viewed)


def _kept(warehouse: Warehouse, about: _About, ask: Callable[[Warehouse, _About], _Answer]) -> _Answer:
    return _asked(str(warehouse.folder), warehouse.revision(), about, ask.__name__, warehouse, ask)


@st.cache_resource(max_entries=500, show_spinner=False)
def _asked(folder: str, revision: int, about: object, what: str, _warehouse: Warehouse, _ask: Any) -> Any:
    return _ask(_warehouse, about)


def _delivered(warehouse: Warehouse, view: PerformanceView) -> Delivered:
    known, period, only = coverage(warehouse), view.period, view.only
    grain = By.HOUR if period.days <= _HOURLY_DAYS else By.DAY
    before = period.previous
    always = (grain, By.COUNTRY, *([By.EDGE] if has_edges(view) else []))
    drawn = _kept(warehouse, (period, always, only, None), _split)
    apart = {} if view.by in drawn else _kept(warehouse, (period, (view.by,), only, _MOST), _split)
    now = (drawn | apart)[view.by].first(_MOST)
    edges = drawn[By.EDGE].lines if By.EDGE in drawn else ()
    misses, errors = _kept(warehouse, (period, only.of_paths), _paths)
    return Delivered(
        view,
        known,
        now,
        delivered_total(warehouse, before, only) if known.compares_requests(period) else None,
        grain,
        drawn[grain].lines,
        drawn[By.COUNTRY].lines,
        edges,
        places(line.label for line in edges),
        misses,
        errors,
        closed_by_viewers(warehouse, period, only, now.total.answers),
        sampled_share(warehouse, period),
    )


def _split(warehouse: Warehouse, about: tuple[Period, tuple[By, ...], Only, int | None]) -> dict[By, Delivery]:
    return deliveries(warehouse, *about)


def _paths(warehouse: Warehouse, about: tuple[Period, Only]) -> tuple[Paths, Paths]:
    period, only = about
    return worst_paths(warehouse, period, Trouble.MISS, only), worst_paths(warehouse, period, Trouble.ERROR, only)


def has_edges(view: PerformanceView) -> bool:
    """Whether edges are asked for: those of a video or rung take every line of the logs, so only by themselves."""
    return view.by is By.EDGE or not (view.only.video or view.only.rung)


def _experienced(warehouse: Warehouse, view: PerformanceView) -> Experienced:
    video = view.only.video
    now = experience(warehouse, view.period, view.experience_by, video)
    days = _kept(warehouse, (view.period, video), _experienced_days)
    return Experienced(
        view, coverage(warehouse), now, replace(now, by=ExperienceBy.DAY, lines=days), told(warehouse, view.period)
    )


def _experienced_days(warehouse: Warehouse, about: tuple[Period, str | None]) -> tuple[Experience, ...]:
    period, video = about
    return experience_lines(warehouse, period, ExperienceBy.DAY, video)


def _viewed(warehouse: Warehouse, view: PerformanceView) -> Viewed:
    known, period, video = coverage(warehouse), view.period, view.only.video
    before = period.previous
    today = known.sessions_until.date() if known.sessions_until else period.end
    crowds, hours = viewing.crowds(warehouse, period, video), viewing.hours(warehouse, period, video)
    return Viewed(
        view,
        known,
        viewing.audience(warehouse, period, video),
        viewing.audience(warehouse, before, video) if known.compares_sessions(period) else None,
        viewing.completion(warehouse, period, video),
        viewing.qualities(warehouse, period, video),
        crowds,
        hours,
        viewing.nights_among(period, hours, crowds, known.session_days),
        _kept(warehouse, (today, video), _interest),
    )


def _interest(warehouse: Warehouse, about: tuple[date, str | None]) -> tuple[Interest, ...]:
    return interest(warehouse, *about)
