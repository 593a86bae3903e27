"""Breakdown: what was spent in a period, split along one dimension."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from core.costs.period import Period


class Metric(StrEnum):
    """Which of the three costs of a charge is counted."""

    BILLED = "billed"  #: as invoiced
    EFFECTIVE = "effective"  #: up-front commitments spread over what they cover
    LIST = "list"  #: at public prices, before any discount


class Dimension(StrEnum):
    """What charges can be told apart by; `tag:<key>` comes beside these."""

    PROVIDER = "provider"
    SERVICE = "service"
    USAGE_FAMILY = "usage_family"
    USAGE_TYPE = "usage_type"
    RESOURCE = "resource"
    STORAGE_CLASS = "storage_class"
    REGION = "region"
    CHARGE_CATEGORY = "charge_category"
    ACCOUNT = "account"


class Grain(StrEnum):
    """How long one step of a series is."""

    DAY = "day"
    WEEK = "week"  #: from Monday
    MONTH = "month"


#: What a charge without a value for the dimension is counted under.
NOT_STATED = "not stated"


@dataclass(frozen=True)
class CostLine:
    """One value of the dimension."""

    label: str
    cost: Decimal
    share: float  #: of the total, 0 to 1; 0 when the total is 0
    previous_cost: Decimal | None  #: in the period before; None when no bill covers that


@dataclass(frozen=True)
class CostBreakdown:
    """What was spent in a period, split along one dimension."""

    period: Period
    by: str  #: a Dimension, or tag:<key>
    metric: Metric
    currency: str
    total: Decimal
    lines: tuple[CostLine, ...]  #: dearest first; they add up to the total
    previous_total: Decimal | None  #: None when no bill covers the period before
    estimated: bool  #: whether any charge in it is not invoiced yet
    as_of: datetime | None  #: end of the last usage that the bills cover, at most the period's end


@dataclass(frozen=True)
class CostSeries:
    """What was spent in each step of a period, split along one dimension."""

    period: Period
    by: str
    metric: Metric
    currency: str
    grain: Grain
    starts: tuple[date, ...]  #: first day of each step, only steps that a bill covers
    costs: dict[str, tuple[Decimal, ...]]  #: label to one amount a step; dearest label first
    incomplete: frozenset[date]  #: starts of the steps that are not over, or still filling
