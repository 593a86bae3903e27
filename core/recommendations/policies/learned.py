"""Learned: decisions of a model that is fitted anew every 28 days; where it is wrong, stopped and fitted at once."""

from dataclasses import dataclass, field

from core.recommendations.policies.deciders import TIERED, ByTable
from core.recommendations.policies.drift import drifted
from core.recommendations.policies.fits import Fit, Fits
from core.recommendations.policies.habits import Habits
from core.recommendations.policies.model import Model
from core.recommendations.policies.walk import Decider, Week
from core.recommendations.simulator.arrays import Ints
from core.recommendations.simulator.catalogue import Catalogue

#: With less history nothing is learned, and Intelligent-Tiering stands.
LEAST_HISTORY_DAYS = 60
REFIT_WEEKS = 4


@dataclass
class Learned:
    """From its first decision on it knows what was before, and never what comes."""

    catalogue: Catalogue  #: some or all of what the fits are of
    habits: Habits
    fits: Fits
    known_from: int  #: day of the first read
    model: Model | None = None  #: what it begins with, such as that of another catalogue
    _fit: Fit | None = field(default=None, init=False)
    _now: Decider = field(default=TIERED, init=False)
    _fitted: int = field(default=-REFIT_WEEKS, init=False)

    def targets(self, week: Week) -> Ints:
        self._refit(week)
        if self._fit is not None:
            stopped = drifted(self.fits.habits, self._fit, week.number)
            self._fit = self.fits.latest(week.number) if stopped else self._fit
            self._now = ByTable(self._fit.table, self.catalogue, self.habits, stopped)
        return self._now.targets(week)

    def written(self, week: Week, objects: Ints) -> Ints:
        return self._now.written(week, objects)

    def _refit(self, week: Week) -> None:
        if week.number - self._fitted < REFIT_WEEKS or week.day - self.known_from < LEAST_HISTORY_DAYS:
            return
        begins = self.model if self._fit is None else None
        self._fit = self.fits.by(begins, week.number) if begins else self.fits.before(week.number)
        self._fitted = week.number
