"""Figure: something with a value that an alert may be about, and how it is read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.billing.prices import PriceCatalog, load_prices
from core.costs.dimensions import Filter
from core.database import Database
from core.settings import Settings
from core.storage.breaker import Condition

if TYPE_CHECKING:  # a worker that sends messages is spared what reads bills
    from core.warehouse import Warehouse


class Unit(StrEnum):
    """What a value is counted in."""

    MONEY = "money"  #: of the reading's currency
    SHARE = "share"  #: 0.05 is 5 %
    MS = "ms"
    HOURS = "hours"
    DAYS = "days"
    COUNT = "count"


class Worse(StrEnum):
    """Which way a value gets worse."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True)
class Scope:
    """What a figure is asked about."""

    window: timedelta = timedelta(days=1)  #: the time before now that it is of; figures of a day or month know theirs
    filters: tuple[Filter, ...] = ()  #: only what has these values
    by: str = ""  #: one reading for each value of this dimension; empty: one of the whole
    currency: str = ""  #: of amounts; empty: the usual one of the bills


@dataclass(frozen=True)
class Reading:
    """The value of a figure, of one subject."""

    value: Decimal | None  #: None: it is not known
    subject: str = ""  #: a service, a provider, a migration ...; empty: the whole
    detail: str = ""  #: what is behind the value, in a sentence; or why it is not known
    since: datetime | None = None  #: since when it has been so, where the figure can tell
    currency: str = ""  #: of money
    link: str = "/"  #: path and query of the page that shows it


@dataclass(frozen=True)
class About:
    """What can be said of a figure without reading it."""

    name: str  #: by which rules know it; it never changes
    title: str  #: begins a sentence: "Error rate"
    unit: Unit
    worse: Worse
    advice: str  #: what to do when it is bad, in a sentence
    window: bool = True  #: whether it is of a window
    filters: tuple[str, ...] = ()  #: dimensions that it can be filtered by; "tag:" stands for every tag
    by: tuple[str, ...] = ()  #: dimensions that it can be read by
    gone: str = "it is no longer there"  #: what has become of a subject that it has no reading of any more


class Figure(Protocol):
    """A figure; to add one, write it in a file of core/alerts/figures and name it in registry.py."""

    @property
    def about(self) -> About: ...

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        """Its value now, of each subject. Where nothing is known of any, one reading that says why.

        A subject that is left out is well. Raises PhyghtError, which is shown beside the rule.
        """
        ...


@dataclass(frozen=True)
class Handles:
    """What figures are read from."""

    database: Database
    open_warehouse: "Callable[[], Warehouse]"  #: not opened by figures that need none
    conditions: Callable[[], Sequence[Condition]]  #: how each storage provider is doing
    settings: Settings
    home: Path
    demo: bool = False  #: it is the demo platform, whose sources are its own

    @property
    def warehouse(self) -> "Warehouse":
        return self.open_warehouse()

    @property
    def prices(self) -> PriceCatalog:
        return load_prices(self.settings.phyght_price_catalog)


#: Measurements come hours late; where the newest are older than this, and the window, nothing is said of now.
STALE = timedelta(days=2)

#: Makes a figure that reads from the handles.
MakeFigure = Callable[[Handles], Figure]


def decimal(value: float | None) -> Decimal | None:
    """A measured value as it is compared and kept: to six places."""
    return None if value is None else Decimal(repr(round(float(value), 6)))
