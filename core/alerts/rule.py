"""Rule: when somebody is to be told, and how."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from core.alerts.figure import Scope
from core.alerts.quiet import QuietHours
from core.costs.dimensions import Filter

#: In the place of channels' ids: every one.
ALL_CHANNELS = ("all",)


class Severity(StrEnum):
    """How soon somebody has to look, the least first."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"  #: also in quiet hours

    @property
    def reminds_after(self) -> timedelta:
        """After how long what nobody takes on is told again, unless a rule says otherwise; 0: never."""
        return timedelta(days=1) if self is Severity.CRITICAL else timedelta(0)


class Comparison(StrEnum):
    """On which side of the threshold it is bad."""

    ABOVE = "above"
    BELOW = "below"

    def holds(self, value: Decimal, threshold: Decimal) -> bool:
        """Whether the value is beyond the threshold; on it, it is not."""
        return value > threshold if self is Comparison.ABOVE else value < threshold

    def worse(self, one: Decimal, other: Decimal) -> Decimal:
        """The one that is farther out."""
        return max(one, other) if self is Comparison.ABOVE else min(one, other)


@dataclass(frozen=True)
class Rule:
    """When somebody is to be told."""

    id: str  #: empty before it is kept
    title: str  #: what is said when it fires
    figure: str  #: its name, see core.alerts.figures.registry
    comparison: Comparison
    threshold: Decimal  #: in the figure's unit: a share of 5 % is 0.05
    resolve_at: Decimal | None = None  #: it is over once the value is not beyond this one; None: the threshold
    window: timedelta = timedelta(days=1)
    hold: timedelta = timedelta(0)  #: it must be so for that long
    severity: Severity = Severity.WARNING
    filters: tuple[Filter, ...] = ()
    by: str = ""  #: one alert for each value of this dimension; empty: one of the whole
    subject: str = ""  #: of the figure's subjects only this one; empty: any
    currency: str = ""  #: of amounts; empty: the usual one of the bills
    quiet: QuietHours | None = None
    grouped: bool = True  #: one message for all that begins, or is over, at one evaluation
    channels: tuple[str, ...] = ALL_CHANNELS  #: ids; empty: it is shown, and nobody is told
    enabled: bool = True
    remind: timedelta | None = None  #: what nobody takes on is told again after so long; 0: never; None: as is usual
    origin: str = ""  #: default:..., aws-budgets:...; empty: a person made it

    @property
    def resolves_at(self) -> Decimal:
        """What the value must not be beyond for it to be over."""
        return self.threshold if self.resolve_at is None else self.resolve_at

    @property
    def reminds_after(self) -> timedelta:
        """After how long what nobody takes on is told again; 0: never."""
        return self.severity.reminds_after if self.remind is None else self.remind

    @property
    def scope(self) -> Scope:
        """What its figure is asked about."""
        return Scope(self.window, self.filters, self.by, self.currency)


@dataclass(frozen=True)
class Standing:
    """A rule, and how it is doing."""

    rule: Rule
    changed_at: datetime
    evaluated_at: datetime | None  #: None: not yet
    problem: str  #: why it cannot be evaluated, in a sentence; empty: it can
    firing: int  #: open alerts of it, acknowledged ones too
    pending: int  #: of which it is not known yet whether they last
    seen: str = ""  #: the worst value of the latest evaluation, in words; empty: none is known

    @property
    def broken(self) -> bool:
        return bool(self.problem)
