"""Portfolio: of Standard, Intelligent-Tiering, the best age rule and the learned policy the one that has proved itself.

Every 28 days it is asked what each of them would have cost in the latest months, had it been followed all along by what
was known in each week; one that does not cost less than Intelligent-Tiering there is not used.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from core.recommendations.policies.deciders import STANDARD_ONLY, TIERED
from core.recommendations.policies.fits import Fits
from core.recommendations.policies.habits import Habits
from core.recommendations.policies.learned import LEAST_HISTORY_DAYS, REFIT_WEEKS, Learned
from core.recommendations.policies.places import CLASS_OF
from core.recommendations.policies.searched import Rules, Searched
from core.recommendations.policies.trials import Trials
from core.recommendations.policies.walk import Decider, Week
from core.recommendations.simulator.arrays import Ints
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.classes import INFREQUENT, INSTANT, STANDARD, TIERING

#: Of fewer that are large enough to be moved nothing can be told from chance, and Intelligent-Tiering stands.
LEAST_OBJECTS = 10
_SAMPLE = 20_000  #: objects that policies are tried on
#: A policy has to cost this much less than Intelligent-Tiering.
_MARGIN = 0.01
#: And this much more to be left again: what lies where reads cost extra does not come back for nothing.
_KEPT = 0.05
#: Those that move objects there.
_AGED = ("age", "learned")


@dataclass
class Portfolio:
    """What is chosen holds for 28 days."""

    catalogue: Catalogue
    habits: Habits
    fits: Fits
    known_from: int
    chosen: list[tuple[int, str]] = field(default_factory=list, init=False)  #: (day, policy)

    def __post_init__(self) -> None:
        sampled, habits = _sample(self.catalogue, self.habits)
        self._rules = Rules(sampled, self.fits.prices, self.known_from)
        self._deciders = self._followed(self.catalogue, self.habits)
        self._trials = Trials(sampled, habits, self.fits.prices, self._followed(sampled, habits))
        self._now, self._next, self._began = "intelligent-tiering", 0, -1

    def _followed(self, catalogue: Catalogue, habits: Habits) -> dict[str, Decider]:
        return {
            "intelligent-tiering": TIERED,
            "standard": STANDARD_ONLY,
            "age": Searched(self._rules, catalogue),
            "learned": Learned(catalogue, habits, self.fits, self.known_from),
        }

    def targets(self, week: Week) -> Ints:
        self._began = week.number if self._began < 0 else self._began
        found = {name: each.targets(week) for name, each in self._deciders.items()}  # each learns in every week
        if week.number >= self._next:
            self._now, self._next = self._chosen(week), week.number + REFIT_WEEKS
            self.chosen.append((week.day, self._now))
        return self._with_promotions(week, found)

    def _with_promotions(self, week: Week, found: dict[str, Ints]) -> Ints:
        """What lies where reads cost extra is brought back as the model has it, also once something else is chosen."""
        chosen, learned = found[self._now], found["learned"]
        if self._now in _AGED:
            return chosen
        aged = np.isin(CLASS_OF[week.places], (INFREQUENT, INSTANT))
        return np.where(aged & np.isin(learned, (STANDARD, TIERING)), learned, chosen)

    def written(self, week: Week, objects: Ints) -> Ints:
        return self._deciders[self._now].written(week, objects)

    def _chosen(self, week: Week) -> str:
        if week.day - self.known_from < LEAST_HISTORY_DAYS or len(week.objects) < LEAST_OBJECTS:
            return "intelligent-tiering"
        learns = self.habits.week_of(self.known_from + LEAST_HISTORY_DAYS)
        usd = self._trials.usd(week.number, min(learns, self._began))
        usd["intelligent-tiering"] *= 1 + _KEPT if self._now in _AGED else 1 - _MARGIN
        return min(usd, key=lambda name: usd[name])


def _sample(catalogue: Catalogue, habits: Habits) -> tuple[Catalogue, Habits]:
    """Whole videos, every so many."""
    each = len(catalogue) // _SAMPLE
    if each < 2:
        return catalogue, habits
    chosen = catalogue.group % each == 0
    return catalogue.only(chosen), replace(habits, states=habits.states[:, chosen])
