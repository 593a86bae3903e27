"""Estimated: a month until now, what of it is billed and what is estimated, and how far off that was before."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Part(StrEnum):
    """What is continued beyond the bill."""

    CDN_TRANSFER = "CloudFront transfer"
    CDN_REQUESTS = "CloudFront requests"
    STORAGE = "S3 storage"
    S3_REQUESTS = "S3 requests"
    SUPABASE = "Supabase"


@dataclass(frozen=True)
class Moment:
    """A month that is looked at: what is billed of it, and until when it is estimated. All UTC."""

    start: datetime  #: of the month
    until: datetime  #: the bill's last covered hour; the month's beginning where it has none
    at: datetime


@dataclass(frozen=True)
class Estimate:
    """What a part came to since the bill."""

    usd: Decimal | None  #: at list price; None where nothing tells
    until: datetime | None  #: that measurements reach; None where there are none
    by: str = ""  #: who measured it
    factor: float | None = None  #: what it was multiplied by, as the bill had more or less before; None: not compared
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunningLine:
    """One part of the month."""

    part: Part
    billed: Decimal  #: as the bill has it
    billed_until: datetime
    estimate: Estimate

    @property
    def usd(self) -> Decimal:
        return self.billed + (self.estimate.usd or Decimal(0))


@dataclass(frozen=True)
class PastError:
    """What this estimate would have said in an earlier month on the same day, by the same rules."""

    month: date
    at: datetime  #: the midnight that it would have been asked at
    said: Decimal  #: the month until then: billed so far, and estimated
    became: Decimal  #: the same on the final bill
    estimated: Decimal  #: of what was said

    @property
    def error(self) -> float | None:
        """Of the final bill, 0.02 is 2 % too much; None where that has nothing."""
        return float(self.said / self.became) - 1 if self.became else None

    @property
    def estimate_error(self) -> float | None:
        """The same of what was estimated alone."""
        became = self.became - (self.said - self.estimated)
        return float(self.estimated / became) - 1 if became else None


@dataclass(frozen=True)
class RunningMonth:
    """This month until now."""

    month: date
    at: datetime
    lines: tuple[RunningLine, ...]
    others: Decimal  #: billed so far for all else: tax, support, other services; not continued
    past: tuple[PastError, ...]  #: the newest month first
    prices_of: date  #: the day that list prices were compiled

    @property
    def total(self) -> Decimal:
        return self.others + sum((line.usd for line in self.lines), Decimal(0))

    @property
    def estimated(self) -> Decimal:
        """Of the total."""
        return sum((line.estimate.usd or Decimal(0) for line in self.lines), Decimal(0))

    @property
    def is_measured(self) -> bool:
        """Whether anything tells more than the bill."""
        return any(line.estimate.usd is not None for line in self.lines)
