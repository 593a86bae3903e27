"""Learned: decisions of a model that is fitted anew every 28 days, and stopped where it is wrong."""

from dataclasses import dataclass, field

import numpy as np

from core.recommendations.policies.deciders import TIERED, ByTable
from core.recommendations.policies.habits import Habits
from core.recommendations.policies.model import ENTERED, SIZES, Model
from core.recommendations.policies.walk import Decider, Week
from core.recommendations.simulator.arrays import Bools, Ints
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.classes import INFREQUENT, INSTANT, STANDARD
from core.recommendations.simulator.prices import S3Prices

#: With less history nothing is learned, and Intelligent-Tiering stands.
LEAST_HISTORY_DAYS = 60
REFIT_WEEKS = 4
#: Reads of cold objects beyond what the model expects, as a multiple, at which demotions are stopped.
_DRIFT = 1.5


@dataclass
class Learned:
    """From its first decision on it knows what was before, and never what comes."""

    catalogue: Catalogue
    habits: Habits
    prices: S3Prices
    known_from: int  #: day of the first read
    model: Model | None = None  #: what it begins with, such as that of another catalogue
    _table: Ints | None = field(default=None, init=False)
    _fitted: int = field(default=-REFIT_WEEKS, init=False)

    def targets(self, week: Week) -> Ints:
        self._refit(week)
        return self._now(week.number).targets(week)

    def written(self, week: Week, objects: Ints) -> Ints:
        return self._now(week.number).written(week, objects)

    def _refit(self, week: Week) -> None:
        if week.number - self._fitted < REFIT_WEEKS or week.day - self.known_from < LEAST_HISTORY_DAYS:
            return
        begins = self._table is None and self.model is not None
        model = self.model if begins and self.model else Model.of(self.habits, 0, week.number)
        self.model, self._table, self._fitted = model, model.decided(self.prices), week.number

    def _now(self, week: int) -> Decider:
        if self._table is None or self.model is None:
            return TIERED
        return ByTable(self._table, self.catalogue, self.habits, drifted(self.habits, self.model, self._table, week))


def drifted(habits: Habits, model: Model, table: Ints, week: int) -> bool:
    """Whether cold objects were read more in the last four weeks than the model expects: by bytes, or by GETs."""
    last, cold = slice(max(0, week - REFIT_WEEKS), week), _cold(table)
    read, gets = habits.read_bytes[last].sum(0)[cold].sum(), habits.gets[last].sum(0)[cold].sum()
    expected = (habits.bytes[last].sum(0) * model.bytes)[cold].sum()
    expected_gets = (habits.objects[last].sum(0) * model.gets)[cold].sum()
    return bool(read > _DRIFT * expected or gets > _DRIFT * expected_gets)


def _cold(table: Ints) -> Bools:
    """States in which objects of middle size are moved to where reads cost extra."""
    return np.isin(table[len(SIZES) // 2, :, ENTERED[STANDARD]], (INFREQUENT, INSTANT))
