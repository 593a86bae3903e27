"""Forecasted: what costs will come to, by day and by month, how sure that is, and what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import inf
from statistics import NormalDist

from core.costs.dimensions import Metric
from core.forecasting.series import LeftOut

#: What parts are called together that have no forecast of their own.
OTHERS = "all others"


@dataclass(frozen=True)
class Band:
    """From where to where an amount will lie, so many times of a hundred."""

    lo: Decimal
    hi: Decimal


Bands = Mapping[int, Band]  # by level in percent


@dataclass(frozen=True)
class ForecastDay:
    """One day to come, or one that some providers have billed already."""

    day: date
    expected: Decimal  #: with the charges that stand on the first of a month
    bands: Bands


@dataclass(frozen=True)
class ForecastSum:
    """A number of days from the first one that is not billed, together."""

    days: int
    expected: Decimal  #: the sum of what is expected of each day
    bands: Bands  #: made of sums, so narrower than the days' bands added up


@dataclass(frozen=True)
class ForecastMonth:
    """A month: the one that is under way, or one to come."""

    month: date  #: its first day
    billed: Decimal  #: of its whole days so far, and charges for the month, exactly as billed; 0 for a month to come
    to_come: Decimal  #: of the days that are not billed yet
    monthly_to_come: Decimal  #: of fees and tax for the whole month, beyond what of them is billed
    bands: Bands  #: of `expected`

    @property
    def expected(self) -> Decimal:
        """What the month will come to in all."""
        return self.billed + self.to_come + self.monthly_to_come

    def chance_above(self, amount: Decimal) -> float:
        """How likely it is, 0 to 1, that the month comes to more, as its bands say."""
        return chance_above(self.expected, self.bands, amount)


@dataclass(frozen=True)
class PartForecast:
    """One value of the dimension, or the total."""

    label: str
    days: tuple[ForecastDay, ...]  #: as many as were asked for
    months: tuple[ForecastMonth, ...]  #: the one that is under way, the three to come, and those of the horizon
    sums: tuple[ForecastSum, ...]  #: of 30 days, of 90, and of as many as were asked for
    earlier: int  #: earlier days that were forecast from, to make the bands of

    @property
    def this_month(self) -> ForecastMonth:
        """The month that is under way by the bills."""
        return self.months[0]

    def sum_of(self, days: int) -> ForecastSum:
        """So many days together: 30, 90, or what was asked for."""
        return next(each for each in self.sums if each.days == days)


@dataclass(frozen=True)
class KnownChange:
    """Something that will change costs, and that no bill can know of: a planned move, a new price, a rule.

    `at` names the label that it changes in each dimension where that is known: {"provider": "Supabase",
    "service": "Supabase Storage"}. By another dimension it is a part of its own, so that the total has it anyway.
    """

    from_day: date
    words: str  #: one sentence for people
    at: Mapping[str, str]
    daily: Decimal = Decimal(0)  #: that a day costs more (below 0: less), once all of it is there
    factor: float = 1.0  #: what the label's days are multiplied by, once all of it is there
    ramp_days: int = 0  #: over which it comes in evenly, from `from_day` on
    lasts: int | None = None  #: days; None: for good
    under_way: bool = False  #: it has begun: the bills' own trend is part of it, and is not drawn on besides

    def share_on(self, day: date) -> float:
        """How much of it is there on a day, 0 to 1."""
        gone = (day - self.from_day).days + 1
        if self.lasts is not None and gone > self.lasts:
            return 0.0
        return 0.0 if gone <= 0 else min(gone / (self.ramp_days + 1), 1.0)


@dataclass(frozen=True)
class CostForecast:
    """What costs will come to, split along one dimension. Parts add up to the total, to the last digit, in every
    `expected`, `billed`, `to_come` and `monthly_to_come`; bands do not, as parts seldom miss the same way together.
    """

    by: str
    metric: Metric
    currency: str
    first: date  #: the first day that is not wholly billed by every provider that still bills
    levels: tuple[int, ...]  #: of the bands, in percent
    total: PartForecast | None  #: None where there is too little history
    parts: tuple[PartForecast, ...]  #: dearest first; OTHERS last, where there is any
    left_out: tuple[LeftOut, ...]  #: labels without a forecast of their own, and why, in one sentence each
    known: tuple[str, ...]  #: the changes that entered, in words
    notes: tuple[str, ...]  #: how charges for whole months were taken, in words

    def part(self, label: str) -> PartForecast | None:
        """The forecast of one label; None where it has none of its own."""
        return next((each for each in self.parts if each.label == label), None)


def chance_above(expected: Decimal, bands: Bands, amount: Decimal) -> float:
    """How likely an amount is exceeded, as the bands say: half of what lies outside of each lies on either side.

    Between their ends, deviations of a normal distribution are even; where the bands have no width, it is 1 or 0.
    """
    beyond = amount - expected
    deviations = _deviations(float(abs(beyond)), expected, bands)
    return 1 - NormalDist().cdf(deviations if beyond >= 0 else -deviations)


def _deviations(distance: float, expected: Decimal, bands: Bands) -> float:
    """How many standard deviations a distance from what is expected is; infinitely many beyond bands of no width."""
    near_width = near = 0.0
    for level in sorted(bands):
        width = max(near_width, _half(expected, bands[level]))
        deviations = NormalDist().inv_cdf((1 + level / 100) / 2)
        if distance < width:
            return near + (deviations - near) * (distance - near_width) / (width - near_width)
        near_width, near = width, deviations
    if not near_width:
        return inf if distance else 0.0
    return near * distance / near_width


def _half(expected: Decimal, band: Band) -> float:
    """The farther end, as a band may be cut off at 0."""
    return float(max(band.hi - expected, expected - band.lo))
