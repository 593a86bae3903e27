"""Portfolio: of Standard, Intelligent-Tiering, the best age rule and the learned policy the one that has proved itself.

Every 28 days it is asked what each of them would have cost in the latest months, had it been followed all along by what
was known in each week; one that does not cost less than Intelligent-Tiering there is not used.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from core.recommendations.policies.deciders import STANDARD_ONLY, TIERED
from core.recommendations.policies.fits import Fits
from core.recommendations.policies.guard import AGED, Outlook
from core.recommendations.policies.habits import Habits
from core.recommendations.policies.learned import LEAST_HISTORY_DAYS, REFIT_WEEKS, Learned
from core.recommendations.policies.places import CLASS_OF, STAY
from core.recommendations.policies.searched import Rules, Searched
from core.recommendations.policies.trials import Trials
from core.recommendations.policies.walk import Decider, Week
from core.recommendations.simulator.arrays import Ints
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.classes import STANDARD, TIERING

#: Of fewer that are large enough to be moved nothing can be told from chance, and Intelligent-Tiering stands.
LEAST_OBJECTS = 10
_SAMPLE = 20_000  #: objects that policies are tried on
#: A policy has to cost this much less than Intelligent-Tiering.
_MARGIN = 0.01
#: And an age rule so much less than the model, as it takes no heed of what is read.
_RULE_MARGIN = 0.02
#: And this much more to be left again: what lies where reads cost extra does not come back for nothing.
_KEPT = 0.05
#: Those that move objects there.
_AGED = ("age", "learned")
#: Weeks for which the model, and then an age rule, have to be tried before a trial decides.
_TRIED_WEEKS, _RULE_TRIED_WEEKS = 8, 13
#: Until then the model is followed if it says that it saves such a share; and left again where it says less than this.
_BELIEVED, _BELIEVED_ON = 0.5, 0.25


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
        self._learned = Learned(self.catalogue, self.habits, self.fits, self.known_from)
        self._deciders = self._followed(self.catalogue, self._learned)
        learned = Learned(sampled, habits, self.fits, self.known_from)
        self._trials = Trials(sampled, habits, self.fits.prices, self._followed(sampled, learned))
        self._now, self._next, self._began = "intelligent-tiering", 0, -1

    def _followed(self, catalogue: Catalogue, learned: Learned) -> dict[str, Decider]:
        return {
            "intelligent-tiering": TIERED,
            "standard": STANDARD_ONLY,
            "age": Searched(self._rules, catalogue),
            "learned": learned,
        }

    def targets(self, week: Week) -> Ints:
        self._began = week.number if self._began < 0 else self._began
        found = {name: each.targets(week) for name, each in self._deciders.items()}  # each learns in every week
        if week.number >= self._next:
            self._now, self._next = self._chosen(week), week.number + REFIT_WEEKS
            self.chosen.append((week.day, self._now))
        return self._with_promotions(week, found)

    def _with_promotions(self, week: Week, found: dict[str, Ints]) -> Ints:
        """What lies where reads cost extra is brought back as the model has it, also once something else is chosen; of
        an age rule only once it is read far more than expected, as the rule has proved itself without the model."""
        chosen, learned = found[self._now], found["learned"]
        if self._now == "learned" or (self._now == "age" and not self._learned.warm):
            return chosen
        if self._learned.stopped:
            chosen = np.where(np.isin(chosen, AGED), STAY, chosen)
        aged = np.isin(CLASS_OF[week.places], AGED)
        return np.where(aged & np.isin(learned, (STANDARD, TIERING)), learned, chosen)

    def written(self, week: Week, objects: Ints) -> Ints:
        return self._deciders[self._now].written(week, objects)

    def outlook(self, week: Week) -> Outlook:
        return self._learned.outlook(week)

    def _chosen(self, week: Week) -> str:
        if week.day - self.known_from < LEAST_HISTORY_DAYS or len(week.objects) < LEAST_OBJECTS:
            return "intelligent-tiering"
        learns = self.habits.week_of(self.known_from + LEAST_HISTORY_DAYS)
        if week.number - learns < _TRIED_WEEKS:
            return "learned" if self._promises(week) else "intelligent-tiering"
        usd = self._trials.usd(week.number, min(learns, self._began))
        if week.number - learns < _RULE_TRIED_WEEKS:
            del usd["age"]
        else:
            usd["age"] *= 1 + _RULE_MARGIN
        usd["intelligent-tiering"] *= 1 + _KEPT if self._now in _AGED else 1 - _MARGIN
        return min(usd, key=lambda name: usd[name])

    def _promises(self, week: Week) -> bool:
        """Whether the model says that it saves so much that it is believed before it could prove that."""
        if self._learned.fit is None or self._learned.stopped:
            return False
        least = _BELIEVED_ON if self._now == "learned" else _BELIEVED
        return self.fits.promised(self._learned.fit, week.number) >= least


def _sample(catalogue: Catalogue, habits: Habits) -> tuple[Catalogue, Habits]:
    """Whole videos, every so many."""
    each = len(catalogue) // _SAMPLE
    if each < 2:
        return catalogue, habits
    chosen = catalogue.group % each == 0
    return catalogue.only(chosen), replace(habits, states=habits.states[:, chosen])
