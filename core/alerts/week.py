"""Week: what a week came to, as its digest says it."""

from dataclasses import dataclass
from decimal import Decimal

from core.alerts.alert import Alert
from core.costs.comparison import ComparedLine
from core.costs.forecasted import ForecastMonth
from core.costs.period import Period


@dataclass(frozen=True)
class Spend:
    """What the days of the week that the bills cover whole have cost, beside the same days of the week before."""

    days: Period
    currency: str
    total: Decimal
    before: Decimal | None  #: None: no bill covers the week before
    services: tuple[ComparedLine, ...]  #: dearest first


@dataclass(frozen=True)
class Digest:
    """What a week came to."""

    week: Period
    spend: Spend | None  #: None: no bill covers any of it
    month_end: ForecastMonth | None  #: None: there is no forecast
    videos: tuple[tuple[str, Decimal], ...]  #: titles, dearest first
    hit_ratio: float | None
    hit_ratio_before: float | None
    alerts: tuple[Alert, ...]  #: that fired, or were over, in the week or since
