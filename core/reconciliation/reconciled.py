"""Reconciled: a figure as the bill has it and as others counted it, how far they are apart, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.costs.period import Period

#: Up to which figures agree, of the bill's.
AGREED = 0.01


class Figure(StrEnum):
    """What is counted more than once."""

    BYTES = "CloudFront bytes"  #: sent to viewers
    REQUESTS = "CloudFront requests"
    STORED = "S3 byte-hours"  #: with padding and overheads


class Counter(StrEnum):
    """Who counted it, besides the bill."""

    CLOUDWATCH = "CloudWatch"
    LOGS = "logs"
    INVENTORY = "inventory"


class Cause(StrEnum):
    """Why what was counted is not what was billed."""

    NOT_BEFORE = "not from the beginning"
    NOT_SINCE = "none since"
    DAYS_MISSING = "days missing"
    GAPS = "hours missing"
    OTHER_PLACES = "other distributions or buckets"
    SAMPLED = "sampled"
    NOT_FINAL = "bill not final"
    FLAT_RATE = "flat-rate plan"
    SNAPSHOTS = "days between snapshots"
    PADDING = "padding of small objects"
    VERSIONS = "older versions"
    UNFINISHED = "unfinished uploads"
    NOT_TOLD = "nothing tells"


#: That days lie before the first or after the last one that a counter has anything of.
_OUTSIDE = (Cause.NOT_BEFORE, Cause.NOT_SINCE)


class Verdict(StrEnum):
    """What comes of the comparison."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNKNOWN = "cannot be told"


@dataclass(frozen=True)
class Finding:
    """A cause that the data shows."""

    cause: Cause
    words: str  #: with its days and amounts, as a part of a sentence


@dataclass(frozen=True)
class Badge:
    """How far a figure may be relied on, shown beside what rests on it."""

    verdict: Verdict
    figure: Figure
    by: Counter
    difference: float | None  #: of the bill's, on days that are not outside; None where it cannot be told
    because: tuple[Finding, ...] = ()
    days: int = 0  #: that the bill covers
    outside: tuple[date, ...] = ()  #: of these, before the counter's first day or after its last: not compared

    @property
    def words(self) -> str:
        """As a sentence: `CloudFront bytes by logs: differs by -5.0 % because ...`."""
        if not self.outside or self.difference is None:
            return self._words
        return f"{self._words}; not compared, as nothing is known by {self.by}: {spans(self.outside)}"

    @property
    def days_text(self) -> str:
        """On how many of the bill's days it was compared; empty where on all."""
        return f"on {self.days - len(self.outside)} of {self.days} days" if self.outside else ""

    @property
    def _words(self) -> str:
        on = f" {self.days_text}" if self.outside else ""
        why = "; ".join(finding.words for finding in self.because)
        if self.verdict is Verdict.UNKNOWN or self.difference is None:
            told = f"{Verdict.UNKNOWN}: {why}" if why else str(Verdict.UNKNOWN)
        elif self.verdict is Verdict.AGREES:
            told = f"agrees with the bill within {AGREED:.0%}{on}"
        else:
            told = f"differs by {percent(self.difference)}{on} because {why}"
        return f"{self.figure} by {self.by}: {told}"


@dataclass(frozen=True)
class Counted:
    """What one counter has of a line, beside the bill."""

    by: Counter
    value: int | None  #: on the days that the bill covers; None where it has nothing
    difference: float | None  #: of the bill's on all these days; None where either is missing or the bill has nothing
    same: float | None  #: the same on the days, and of the distributions, that both have
    same_days: int
    missing: tuple[date, ...]  #: days of the bill that it has nothing of, or not all hours
    findings: tuple[Finding, ...] = ()
    days: int = 0  #: that the bill covers
    outside: tuple[date, ...] = ()  #: of those that are missing, before its first day or after its last
    within: float | None = None  #: the difference on all other days, of all distributions

    def badge(self, figure: Figure) -> Badge:
        """In short: what lies outside its days is no difference, and is named."""
        if self.difference is None or self.within is None:
            return Badge(Verdict.UNKNOWN, figure, self.by, None, self.findings)
        agrees = abs(self.within) <= AGREED
        why = () if agrees else tuple(each for each in self.findings if each.cause not in _OUTSIDE)
        verdict = Verdict.AGREES if agrees else Verdict.DIFFERS
        return Badge(verdict, figure, self.by, self.within, why, self.days, self.outside)


@dataclass(frozen=True)
class Line:
    """One figure of all distributions, or of one bucket and storage class, or of all of them."""

    figure: Figure
    bucket: str  #: empty: all, or the bill names none
    storage_class: str  #: empty: all
    billed: int | None  #: None where the bill has nothing like it
    counted: tuple[Counted, ...]

    def by(self, counter: Counter) -> Counted | None:
        return next((each for each in self.counted if each.by is counter), None)


@dataclass(frozen=True)
class Reconciliation:
    """A period's figures side by side; what the bill does not cover yet is not compared."""

    period: Period
    billed_days: tuple[date, ...]  #: whole days that AWS's bills cover
    estimated: bool  #: some of the bill is on no invoice yet
    lines: tuple[Line, ...]  #: the figures of all; then each bucket and class, the most first

    def line(self, figure: Figure) -> Line | None:
        """A figure of all distributions, or of all buckets and classes."""
        return next((each for each in self.lines if each.figure is figure), None)

    def badge(self, figure: Figure, by: Counter) -> Badge:
        """How far what rests on a figure by a counter may be relied on."""
        line = self.line(figure)
        counted = line.by(by) if line else None
        return counted.badge(figure) if counted else Badge(Verdict.UNKNOWN, figure, by, None)


def percent(ratio: float) -> str:
    """With its sign: -5.0 %."""
    return f"{ratio:+.1%}".replace("%", " %")


def spans(days: Iterable[date]) -> str:
    """Days in words, those in a row as one: 2026-10-01 to 2026-10-03, 2026-10-07."""
    runs: list[tuple[date, date]] = []
    for day in sorted(days):
        if runs and (day - runs[-1][1]).days == 1:
            runs[-1] = runs[-1][0], day
        else:
            runs.append((day, day))
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in runs)
