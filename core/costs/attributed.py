"""Attributed: what each video, or each rung, costs, and what is left of the bill that none of them causes."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from core.costs.audience import Audience
from core.costs.dimensions import Metric
from core.costs.period import Period
from core.costs.pools import Measure, Pool
from core.costs.shares import in_cents
from core.costs.titles import Title
from core.units import GIB

_MS_AN_HOUR = 3_600_000


class Reason(StrEnum):
    """Why a part of the bill is no title's."""

    NO_LOGS = "no CloudFront logs of these days"
    NO_FIELDS = "the CloudFront logs of these days lack fields for it"
    NO_INVENTORY = "no inventory within a week"
    NO_ACCESS_LOGS = "no S3 access logs of these days"
    NO_VIDEO = "belongs to no known video"
    NOTHING_MEASURED = "measured, and nothing like it was there"
    NOTHING_ENCODED = "no packaging at MediaConvert ended on these days"
    UNKNOWN_USE = "nobody knows what it is for"
    GOES_WITH_IT = "goes with costs that are unallocated"
    NOTHING_TO_FOLLOW = "nothing was spent that it would go with"
    FINER = "finer than the unit of sharing"


@dataclass(frozen=True)
class Whole:
    """What all titles have of a pool, by one measure."""

    pool: Pool
    measure: Measure
    driver: int
    cost: Decimal


class Share(NamedTuple):
    """What one title has of a pool, by one measure."""

    pool: Pool
    measure: Measure
    cost: Decimal
    driver: int  #: the title's; bytes stored are added up over the days
    whole: int  #: of all titles, and of what is no title's
    pool_cost: Decimal  #: what is shared out by that whole

    @property
    def share(self) -> float:
        """Of what is shared out, 0 to 1."""
        return float(self.cost) / float(self.pool_cost) if self.pool_cost else 0.0


@dataclass(frozen=True)
class Columns:
    """The shares of all titles, those of one title after another.

    As objects they would take longer to make than to find out: there are several hundred thousand, and few are seen.
    """

    wholes: tuple[Whole, ...] = ()
    costs: tuple[Decimal, ...] = ()
    drivers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TitleCost:
    """What one title costs."""

    title: str  #: id of a video, or name of a rung
    total: Decimal  #: sum of the shares
    audience: Audience  #: in the same period
    columns: Columns = field(default=Columns(), repr=False)
    rows: range = range(0)  #: those of the columns that are its own

    @property
    def shares(self) -> tuple[Share, ...]:
        """Dearest first."""
        columns = self.columns.wholes, self.columns.costs, self.columns.drivers
        own = zip(*(column[self.rows.start : self.rows.stop] for column in columns), strict=True)
        return tuple(
            Share(whole.pool, whole.measure, cost, driver, whole.driver, whole.cost) for whole, cost, driver in own
        )

    @property
    def per_view(self) -> Decimal | None:
        """None where there is no view, or none was measured."""
        return self.total / self.audience.views if self.audience.views else None

    @property
    def per_hour(self) -> Decimal | None:
        """For each hour watched; None where none was."""
        return self.total * _MS_AN_HOUR / self.audience.watched_ms if self.audience.watched_ms else None

    @property
    def per_gib(self) -> Decimal | None:
        """For each GB (2^30 bytes) that was sent to viewers; None where none was."""
        return self.total * GIB / self.audience.sent_bytes if self.audience.sent_bytes else None

    @property
    def is_unwatched(self) -> bool:
        """Whether it costs something, and was measured not to be watched: by sessions, or else by what was sent."""
        watched = self.audience.views if self.audience.views is not None else self.audience.sent_bytes
        return watched == 0 and self.total > 0

    def pool(self, pool: Pool) -> Decimal:
        """What it costs in one pool."""
        return sum((share.cost for share in self.shares if share.pool is pool), Decimal(0))


@dataclass(frozen=True)
class Unallocated:
    """A part of the bill that is no title's, and why."""

    pool: Pool
    reason: Reason
    cost: Decimal
    days: int  #: that have it; 0 where it is not of certain days
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True)
class Attribution:
    """A period's bill, shared out: the titles and what is unallocated add up to it, to the last digit."""

    period: Period
    by: Title
    metric: Metric
    currency: str
    total: Decimal  #: of the bill
    titles: tuple[TitleCost, ...]  #: dearest first
    unallocated: tuple[Unallocated, ...]  #: dearest first
    estimated: bool  #: some of it is on no invoice yet
    as_of: datetime | None  #: end of the last usage in it

    @property
    def allocated_total(self) -> Decimal:
        return sum((title.total for title in self.titles), Decimal(0))

    @property
    def unallocated_total(self) -> Decimal:
        return sum((each.cost for each in self.unallocated), Decimal(0))

    @cached_property
    def _cents(self) -> tuple[Decimal, ...]:
        return in_cents([each.total for each in self.titles] + [each.cost for each in self.unallocated])

    @property
    def title_cents(self) -> tuple[Decimal, ...]:
        """What each title costs in whole cents: with `unallocated_cents` they add up to the rounded total."""
        return self._cents[: len(self.titles)]

    @property
    def unallocated_cents(self) -> tuple[Decimal, ...]:
        """The same of what is unallocated."""
        return self._cents[len(self.titles) :]

    @cached_property
    def _by_title(self) -> dict[str, TitleCost]:
        return {each.title: each for each in self.titles}

    def of(self, title: str) -> TitleCost:
        """What one title costs, each share with its driver; nothing where the bill has nothing for it."""
        return self._by_title.get(title, TitleCost(title, Decimal(0), Audience()))

    def dearest_per_view(self, most: int) -> tuple[TitleCost, ...]:
        """Those that were watched, the dearest view first."""
        watched = [(each.per_view, each) for each in self.titles if each.per_view is not None]
        return tuple(each for _, each in sorted(watched, key=lambda pair: (-pair[0], pair[1].title))[:most])

    def unwatched(self, most: int) -> tuple[TitleCost, ...]:
        """Those that cost something and were not watched, dearest first."""
        return tuple(islice((each for each in self.titles if each.is_unwatched), most))
