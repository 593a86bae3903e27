"""Reports: what an ingestion says of each delivery it looked at."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from core.sources.rest import Measurements


class Outcome(StrEnum):
    """What became of a delivery."""

    LOADED = "loaded"
    UNCHANGED = "unchanged"  #: it is what the store holds
    SUPERSEDED = "superseded"  #: a newer one is there
    REFUSED = "refused"  #: it cannot be trusted; the store keeps what it had


@dataclass(frozen=True)
class DeliveryReport:
    """What became of one delivery for one billing period."""

    export: str
    kind: str | None  #: None where it was refused before its files were read
    period: date | None  #: first of the month; None where only the rows would have told
    execution: str
    outcome: Outcome
    reason: str  #: empty where the outcome says it all
    rows: int | None  #: of the bill; None where they were not read
    total: Decimal | None  #: billed cost in currency; None where it was not read
    currency: str | None
    complete: bool  #: a manifest vouches for it


@dataclass(frozen=True)
class IngestReport:
    """What became of a source."""

    source: str
    started_at: datetime
    ended_at: datetime
    deliveries: tuple[DeliveryReport, ...]
    left_alone: str  #: which files were not looked into, and why; empty where none

    @property
    def refused(self) -> tuple[DeliveryReport, ...]:
        return tuple(report for report in self.deliveries if report.outcome is Outcome.REFUSED)


@dataclass(frozen=True)
class IngestionRun:
    """One run of the ingestion, as the database remembers it."""

    id: str
    source: str
    started_at: datetime
    ended_at: datetime | None  #: None while it runs, or where it was killed and none has begun since
    outcome: str  #: running | done | refused | failed
    deliveries: tuple[DeliveryReport, ...]
    error: str  #: why it failed as a whole; empty otherwise
    left_alone: str  #: which files were not looked into, and why; empty where none
    measured: Measurements | None  #: what became of the measurements beside the bills; None where there were none
