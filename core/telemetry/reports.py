"""Reports: what an ingestion says of the measurements that it looked at."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.sources.rest import Measurements

#: Reasons that are put on record of one ingestion.
_REASONS = 20


class Outcome(StrEnum):
    """What became of a day."""

    LOADED = "loaded"
    UNCHANGED = "unchanged"  #: what came anew says the same
    REFUSED = "refused"  #: it cannot be made anew; it stays as it was


@dataclass(frozen=True)
class DayReport:
    """What became of one UTC day of a dataset."""

    dataset: str
    day: date
    outcome: Outcome
    lines: int  #: that are counted, each request once
    reason: str = ""  #: empty where the outcome says it all


@dataclass(frozen=True)
class FileReport:
    """What was found in a file that was read and is not well, in part or at all."""

    path: str
    refused: bool  #: nothing of it is counted
    lines: int
    bad_lines: int
    reason: str  #: why it was refused, or what is wrong with the first bad line


@dataclass(frozen=True)
class MeasuredReport:
    """What became of the measurements of a source."""

    days: tuple[DayReport, ...] = ()  #: that were opened, oldest first
    untouched: int = 0  #: days of which nothing came anew
    files: int = 0  #: that were read
    lines: int = 0  #: in them, headers aside
    bad_lines: int = 0
    unwell: tuple[FileReport, ...] = ()  #: files that were refused, or that have bad lines
    remarks: tuple[str, ...] = ()  #: what the source does not tell, in words

    @property
    def found(self) -> bool:
        """Whether the source holds measurements."""
        return bool(self.days or self.untouched or self.files or self.unwell)

    @property
    def refused(self) -> int:
        """Days and files that were refused."""
        days = sum(each.outcome is Outcome.REFUSED for each in self.days)
        return days + sum(each.refused for each in self.unwell)

    def __add__(self, other: "MeasuredReport") -> "MeasuredReport":
        return MeasuredReport(
            self.days + other.days,
            self.untouched + other.untouched,
            self.files + other.files,
            self.lines + other.lines,
            self.bad_lines + other.bad_lines,
            self.unwell + other.unwell,
            self.remarks + other.remarks,
        )


def in_sums(report: MeasuredReport) -> Measurements:
    """What is put on record of it."""
    outcomes = [each.outcome for each in report.days]
    refused = [
        f"{each.dataset} of {each.day}: {each.reason}" for each in report.days if each.outcome is Outcome.REFUSED
    ]
    refused += [each.reason for each in report.unwell if each.refused]
    bad = [f"{each.path}: {each.reason}" for each in report.unwell if not each.refused]
    return Measurements(
        outcomes.count(Outcome.LOADED),
        outcomes.count(Outcome.UNCHANGED) + report.untouched,
        report.refused,
        report.files,
        report.lines,
        report.bad_lines,
        tuple([*refused, *bad][:_REASONS]),
        report.remarks,
    )
