"""Learned: decisions of a model that is fitted anew every 28 days; where it is wrong, stopped and fitted at once."""

from dataclasses import dataclass, field

from core.recommendations.policies.deciders import TIERED, ByTable
from core.recommendations.policies.drift import drifted, is_over, warm_since, warmed
from core.recommendations.policies.fits import Fit, Fits
from core.recommendations.policies.guard import Outlook
from core.recommendations.policies.habits import Habits
from core.recommendations.policies.model import Model
from core.recommendations.policies.walk import Decider, Week
from core.recommendations.simulator.arrays import Ints
from core.recommendations.simulator.catalogue import Catalogue

#: With less history nothing is learned, and Intelligent-Tiering stands.
LEAST_HISTORY_DAYS = 28
REFIT_WEEKS = 4
#: Where the model is wrong, though not by far, what is older counts for little.
_LATEST_WEEKS = 13


@dataclass
class Learned:
    """From its first decision on it knows what was before, and never what comes."""

    catalogue: Catalogue  #: some or all of what the fits are of
    habits: Habits
    fits: Fits
    known_from: int  #: day of the first read
    model: Model | None = None  #: what it begins with, such as that of another catalogue
    fit: Fit | None = field(default=None, init=False)
    stopped: bool = field(default=False, init=False)  #: nothing moves where reads cost extra any more
    warm: bool = field(default=False, init=False)  #: what lies there is read far more than was expected
    _warm_since: int = field(default=0, init=False)  #: the week before which all counts for little
    _now: Decider = field(default=TIERED, init=False)
    _fitted: int = field(default=-REFIT_WEEKS, init=False)

    def targets(self, week: Week) -> Ints:
        self._refit(week)
        if self.fit is not None:
            self.fit = self._believed(self.fit, week.number)
            self._now = ByTable(self.fit.table, self.catalogue, self.habits, self.stopped)
        return self._now.targets(week)

    def written(self, week: Week, objects: Ints) -> Ints:
        return self._now.written(week, objects)

    def outlook(self, week: Week) -> Outlook:
        if self.fit is None:
            return Outlook()
        state = self.habits.states[week.number, week.objects]
        return Outlook(self.fit.model.bytes[state] * self.catalogue.size[week.objects], self.warm)

    def _refit(self, week: Week) -> None:
        if week.number - self._fitted < REFIT_WEEKS or week.day - self.known_from < LEAST_HISTORY_DAYS:
            return
        begins = self.model if self.fit is None else None
        self.fit = self.fits.by(begins, week.number) if begins else self.fits.before(week.number, self._warm_since)
        self._fitted = week.number

    def _believed(self, fit: Fit, week: int) -> Fit:
        """The fit, or another one where the last weeks were not as it has it."""
        habits = self.fits.habits
        self.warm = warmed(habits, fit, week)
        self.stopped = self.warm or drifted(habits, fit, week)
        if self.warm:
            self._warm_since = warm_since(habits, fit, week)
            return self.fits.before(week, self._warm_since)
        if self.stopped:
            return self.fits.before(week, max(self._warm_since, week - _LATEST_WEEKS))
        if self._warm_since and is_over(habits, fit, week):
            self._warm_since = 0
            return self.fits.before(week)
        return fit
