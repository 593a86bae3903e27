"""Searched: the age rule that would have cost the least so far, searched for anew every 28 days."""

from dataclasses import dataclass, field

from core.recommendations.policies.age_rule import AgeRule
from core.recommendations.policies.deciders import TIERED, ByAge
from core.recommendations.policies.guard import Outlook
from core.recommendations.policies.learned import LEAST_HISTORY_DAYS, REFIT_WEEKS
from core.recommendations.policies.search import best_rule
from core.recommendations.policies.walk import Decider, Week
from core.recommendations.simulator.arrays import Ints
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.prices import S3Prices
from core.recommendations.simulator.window import Window


@dataclass
class Rules:
    """The best of all days before one; each is searched for once, whoever asks for it."""

    catalogue: Catalogue
    prices: S3Prices
    known_from: int  #: day of the first read
    _found: dict[int, AgeRule] = field(default_factory=dict, init=False)

    def before(self, day: int) -> AgeRule:
        """By what was known when a day began."""
        if day not in self._found:
            self._found[day] = best_rule(self.catalogue, Window(self.known_from, day), self.prices)
        return self._found[day]


@dataclass
class Searched:
    """With too little history nothing is searched for, and Intelligent-Tiering stands."""

    rules: Rules
    catalogue: Catalogue
    _now: Decider = field(default=TIERED, init=False)
    _next: int = field(default=0, init=False)

    def targets(self, week: Week) -> Ints:
        if week.number >= self._next and week.day - self.rules.known_from >= LEAST_HISTORY_DAYS:
            self._now, self._next = ByAge(self.rules.before(week.day), self.catalogue), week.number + REFIT_WEEKS
        return self._now.targets(week)

    def written(self, week: Week, objects: Ints) -> Ints:
        return self._now.written(week, objects)

    def outlook(self, week: Week) -> Outlook:
        return self._now.outlook(week)
