"""Recommendation: a way to spend less, its proof, and the action that does it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from core.actions.action import Action

NOTHING = Decimal(0)


class Unit(StrEnum):
    """What a line's number counts."""

    USD = "USD"
    MONTHLY_USD = "USD a month"
    OBJECTS = "objects"
    BYTES = "bytes"
    READS = "reads"
    REQUESTS = "requests"
    VIDEOS = "videos"
    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    SHARE = "share"  #: 0 to 1
    TIMES = "times"
    TIMES_A_MONTH = "times a month"


class Confidence(StrEnum):
    """How far the saving can be relied on."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class Line:
    """One number of the proof."""

    name: str
    value: Decimal | None  #: None: nobody knows
    unit: Unit


@dataclass(frozen=True)
class Fee:
    """A part of the bill, USD a month at list price, as it is and as it would be."""

    part: str
    now_usd: Decimal
    then_usd: Decimal

    @property
    def saving_usd(self) -> Decimal:
        return self.now_usd - self.then_usd


@dataclass(frozen=True)
class LeftOut:
    """Objects that it is not about."""

    objects: int
    reason: str


@dataclass(frozen=True)
class Evidence:
    """What the saving rests on."""

    objects: int
    size_bytes: int
    fees: tuple[Fee, ...]
    confidence: Confidence
    because: str  #: of the confidence, one sentence
    days: int | None = None  #: of history that was looked at
    reads: int | None = None  #: of the objects in those days; None: nobody counts them
    break_even: Line | None = None  #: where it begins, or ceases, to pay
    worst_month_usd: Decimal | None = None  #: saved in the dearest month of the history; below 0: it costs more
    if_doubled_usd: Decimal | None = None  #: saved a month if twice as much were read; None: that changes nothing
    left_out: tuple[LeftOut, ...] = ()
    besides: tuple[Line, ...] = ()  #: what this rule tells besides

    @property
    def saving_usd(self) -> Decimal:
        """A month."""
        return sum((each.saving_usd for each in self.fees), NOTHING)

    @property
    def lines(self) -> tuple[Line, ...]:
        """All of its numbers, in the order in which they are read."""
        return tuple(self._lines())

    def _lines(self) -> Iterator[Line]:
        yield Line("Objects", Decimal(self.objects), Unit.OBJECTS)
        yield Line("Size", Decimal(self.size_bytes), Unit.BYTES)
        if self.days is not None:
            yield Line("History", Decimal(self.days), Unit.DAYS)
        yield Line("Reads", None if self.reads is None else Decimal(self.reads), Unit.READS)
        yield from self.besides
        if self.break_even:
            yield self.break_even
        if self.worst_month_usd is not None:
            yield Line("Saved in the worst month", self.worst_month_usd, Unit.USD)
        if self.if_doubled_usd is not None:
            yield Line("Saved if reads double", self.if_doubled_usd, Unit.MONTHLY_USD)


@dataclass(frozen=True)
class Recommendation:
    """Something that would cost less."""

    rule: str  #: the name of its rule
    place: str  #: the provider, bucket or distribution that it is at
    about: str  #: what there: with rule and place it says which recommendation this is, from one day to the next
    title: str  #: what to do, a few words
    words: str  #: why, one or two sentences
    one_off_usd: Decimal  #: what it costs once, at least
    evidence: Evidence
    action: Action | None  #: None: nothing here does it
    by_hand: str = ""  #: where there is no action: why, and what to do instead
    catch: str = (
        ""  #: what somebody has to accept first, such as a wait of 12 hours; empty: nothing changes for anybody
    )
    portions: tuple[tuple[str, Decimal], ...] = field(default=())  #: of the bill, and what it saves a month of each
    sketch: str = ""  #: of the set of objects; see core.recommendations.sketch
    one_off_more_usd: Decimal = NOTHING  #: up to so much more once: nobody knows since when objects lie in their class
    at: str = ""  #: the bucket with its place in parentheses; empty where the place says it all

    @property
    def monthly_saving_usd(self) -> Decimal:
        """At list price."""
        return self.evidence.saving_usd

    @property
    def id(self) -> str:
        """The same in each run."""
        told = "\n".join((self.rule, self.place, self.about))
        return f"{self.rule.replace(' ', '-')}-{sha256(told.encode()).hexdigest()[:8]}"

    @property
    def where(self) -> str:
        """What people are told of where it is."""
        return self.at or self.place

    @property
    def pays_back_months(self) -> Decimal | None:
        """After how many months it has paid for what it costs once, at most; None where it never does."""
        saving = self.monthly_saving_usd
        return (self.one_off_usd + self.one_off_more_usd) / saving if saving > 0 else None


@dataclass(frozen=True)
class Remark:
    """Why a rule has nothing to say, or not all that it could."""

    rule: str
    words: str
    place: str = ""  #: empty: of all places


Said = Recommendation | Remark
