"""Deciders: Standard, Intelligent-Tiering, an age rule, a table of a model; each week by week."""

from dataclasses import dataclass

import numpy as np

from core.recommendations.policies.age_rule import AgeRule
from core.recommendations.policies.guard import Outlook
from core.recommendations.policies.habits import NEW, Habits
from core.recommendations.policies.places import CLASS_OF, ENTERED, STAY
from core.recommendations.policies.sizes import bin_of
from core.recommendations.policies.walk import Week
from core.recommendations.simulator.arrays import Ints
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.classes import INFREQUENT, INSTANT, STANDARD, TIERING, tiered


@dataclass(frozen=True)
class Kept:
    """New objects into one class; what lies in Standard goes there too."""

    number: int

    def targets(self, week: Week) -> Ints:
        return np.where(CLASS_OF[week.places] == STANDARD, self.number, STAY)

    def written(self, week: Week, objects: Ints) -> Ints:
        return np.full(len(objects), self.number)

    def outlook(self, week: Week) -> Outlook:
        return Outlook()


STANDARD_ONLY, TIERED = Kept(STANDARD), Kept(TIERING)


@dataclass(frozen=True)
class ByAge:
    """An age rule; what lies in a colder class stays there, and so does what was brought back from one."""

    rule: AgeRule
    catalogue: Catalogue

    def targets(self, week: Week) -> Ints:
        target = np.full(len(week.objects), STANDARD)
        for days, number in self.rule.steps:
            target = np.where(self.catalogue.created[week.objects] + days <= week.day, number, target)
        return np.where((target > CLASS_OF[week.places]) & ~week.back, target, STAY)

    def written(self, week: Week, objects: Ints) -> Ints:
        return np.full(len(objects), STANDARD)

    def outlook(self, week: Week) -> Outlook:
        return Outlook()


@dataclass(frozen=True)
class ByTable:
    """What a model has decided for each size, state and place."""

    table: Ints
    catalogue: Catalogue
    habits: Habits
    stopped: bool = False  #: nothing moves to a class whose reads cost extra any more

    def targets(self, week: Week) -> Ints:
        state = self.habits.states[week.number, week.objects]
        found = self.table[bin_of(self.catalogue.size[week.objects]), state, week.places]
        return self._without_demotions(found, CLASS_OF[week.places]) if self.stopped else found

    def _without_demotions(self, found: Ints, now: Ints) -> Ints:
        colder = np.isin(found, (INFREQUENT, INSTANT))  # also by copy, out of Intelligent-Tiering into IA
        return np.where(colder, np.where(now == STANDARD, TIERING, STAY), found)

    def written(self, week: Week, objects: Ints) -> Ints:
        asked = self.table[bin_of(self.catalogue.size[objects]), NEW, ENTERED[STANDARD]]
        into = np.where(asked == STAY, STANDARD, asked)
        into = np.where(self.stopped & np.isin(into, (INFREQUENT, INSTANT)), TIERING, into)
        return np.where(tiered(self.catalogue.size[objects]), into, STANDARD)

    def outlook(self, week: Week) -> Outlook:
        return Outlook()
