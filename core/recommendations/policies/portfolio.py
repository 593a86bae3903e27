"""Portfolio: of Standard, Intelligent-Tiering, the best age rule and the learned policy the one that has proved itself.

Every 28 days each is tried on the latest months, by what was known before them; one that does not cost less than
Intelligent-Tiering there is not used.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from core.recommendations.policies.age_rule import scheduled
from core.recommendations.policies.deciders import STANDARD_ONLY, TIERED, ByAge, ByTable
from core.recommendations.policies.habits import WEEK, Habits
from core.recommendations.policies.learned import LEAST_HISTORY_DAYS, REFIT_WEEKS, Learned
from core.recommendations.policies.model import Model
from core.recommendations.policies.search import best_rule
from core.recommendations.policies.tiered import intelligent_tiering
from core.recommendations.policies.walk import Decider, Week, walk
from core.recommendations.simulator.arrays import Ints
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.metering import meter
from core.recommendations.simulator.prices import S3Prices
from core.recommendations.simulator.schedule import Schedule
from core.recommendations.simulator.window import Window

_SAMPLE = 20_000  #: objects that policies are tried on
_LEAST_WEEKS, _MOST_WEEKS = 4, 26  #: that they are tried on
#: A policy has to cost this much less than Intelligent-Tiering.
_MARGIN = 0.01


@dataclass
class Portfolio:
    """What is chosen holds for 28 days."""

    catalogue: Catalogue
    habits: Habits
    prices: S3Prices
    known_from: int
    chosen: list[tuple[int, str]] = field(default_factory=list, init=False)  #: (day, policy)

    def __post_init__(self) -> None:
        self._learned = Learned(self.catalogue, self.habits, self.prices, self.known_from)
        self._decider: Decider = TIERED
        self._sampled, self._sample_habits = _sample(self.catalogue, self.habits)
        self._next = 0

    def targets(self, week: Week) -> Ints:
        found = self._learned.targets(week)  # it is fitted in the same weeks
        if week.number >= self._next:
            self._next = week.number + REFIT_WEEKS
            name, self._decider = self._choose(week)
            self.chosen.append((week.day, name))
        return found if self._decider is self._learned else self._decider.targets(week)

    def written(self, week: Week, objects: Ints) -> Ints:
        return self._decider.written(week, objects)

    def _choose(self, week: Week) -> tuple[str, Decider]:
        if week.day - self.known_from < LEAST_HISTORY_DAYS:
            return "intelligent-tiering", TIERED
        tried = min(max(week.number // 2, _LEAST_WEEKS), _MOST_WEEKS)
        window = Window(week.day - WEEK * tried, week.day)
        before = Window(self.known_from, window.first)
        rule = best_rule(self._sampled, before, self.prices)
        table = Model.of(self._sample_habits, 0, week.number - tried).decided(self.prices)
        learned = ByTable(table, self._sampled, self._sample_habits)
        usd = {
            "intelligent-tiering": self._usd(intelligent_tiering(self._sampled, window), window) * (1 - _MARGIN),
            "standard": self._usd(walk(self._sampled, self._sample_habits, window, STANDARD_ONLY), window),
            rule.name: self._usd(scheduled(rule, self._sampled, window), window),
            "learned": self._usd(walk(self._sampled, self._sample_habits, window, learned), window),
        }
        best = min(usd, key=lambda name: usd[name])
        deciders = {"standard": STANDARD_ONLY, "learned": self._learned, "intelligent-tiering": TIERED}
        return best, deciders.get(best) or ByAge(rule, self.catalogue)

    def _usd(self, schedule: Schedule, window: Window) -> float:
        return float(self.prices.daily_usd(meter(self._sampled.during(window), schedule, window).meters).sum())


def _sample(catalogue: Catalogue, habits: Habits) -> tuple[Catalogue, Habits]:
    """Whole videos, every so many."""
    videos = int(catalogue.group.max(initial=0)) + 1
    each = max(1, len(catalogue) // _SAMPLE)
    mine = np.zeros(videos, dtype=bool)
    mine[::each] = True
    chosen = mine[catalogue.group]
    return catalogue.only(chosen), replace(habits, states=habits.states[:, chosen])
