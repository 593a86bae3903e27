"""Fits: what the model decides by the weeks before one; each is made once, whoever asks for it."""

from dataclasses import dataclass, field

from core.recommendations.policies.habits import Habits
from core.recommendations.policies.model import Model
from core.recommendations.policies.sizes import sizes_before
from core.recommendations.policies.values import decided, promised
from core.recommendations.simulator.arrays import Ints
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.prices import S3Prices


@dataclass(frozen=True)
class Fit:
    """A model, and the table that it decides by."""

    model: Model
    table: Ints  #: by size, state and place: the class to move to, or STAY
    usual: int  #: the bin of sizes that holds most bytes


@dataclass
class Fits:
    """Of one catalogue."""

    catalogue: Catalogue
    habits: Habits
    prices: S3Prices
    _made: dict[tuple[int, int], Fit] = field(default_factory=dict, init=False)

    def before(self, week: int, since: int = 0) -> Fit:
        """By all that was known when a week began; what was before week `since` counts for little."""
        since = max(0, since)
        if (since, week) not in self._made:
            self._made[since, week] = self.by(Model.of(self.habits, week, since), week)
        return self._made[since, week]

    def by(self, model: Model, week: int) -> Fit:
        """By a model that may come from elsewhere, of objects as they were when a week began."""
        sizes = sizes_before(self.catalogue, self.habits.day_of(week))
        return Fit(model, decided(model, self.prices, sizes), sizes.usual)

    def promised(self, fit: Fit, week: int) -> float:
        """The share of Intelligent-Tiering's cost that a fit says it saves, of objects as they were a week before."""
        sizes = sizes_before(self.catalogue, self.habits.day_of(week))
        return promised(fit.model, self.prices, sizes, self.habits.objects[max(0, week - 1)])
