"""Trials: what policies would have cost in the latest weeks, each followed all along by what was known in each week."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.recommendations.policies.habits import Habits
from core.recommendations.policies.walk import Decider, walk
from core.recommendations.simulator.arrays import Floats
from core.recommendations.simulator.catalogue import Catalogue
from core.recommendations.simulator.metering import meter
from core.recommendations.simulator.prices import S3Prices
from core.recommendations.simulator.window import Window

#: That are looked back.
LONGEST_WEEKS = 28


@dataclass
class Trials:
    """They begin that long before they are first asked for, in Standard."""

    catalogue: Catalogue
    habits: Habits
    prices: S3Prices
    deciders: Mapping[str, Decider]
    _first: int = field(default=-1, init=False)
    _daily: dict[str, Floats] = field(default_factory=dict, init=False)

    def usd(self, week: int, least: int) -> dict[str, float]:
        """What each costs from the latest weeks on until a week begins; week `least` is the first one tried."""
        if not self._daily:
            self._run(max(least, week - LONGEST_WEEKS))
        since = max(self._first, week - LONGEST_WEEKS)
        days = slice(7 * (since - self._first), 7 * (week - self._first))
        return {name: float(usd[days].sum()) for name, usd in self._daily.items()}

    def _run(self, first: int) -> None:
        """All weeks at once: as no decision knows what comes later, neither does any day's cost."""
        self._first = first
        window = Window(self.habits.day_of(first), self.habits.day_of(len(self.habits.states)))
        during = self.catalogue.during(window)
        for name, decider in self.deciders.items():
            schedule = walk(self.catalogue, self.habits, window, decider, self.prices)
            self._daily[name] = self.prices.daily_usd(meter(during, schedule, window).meters)
