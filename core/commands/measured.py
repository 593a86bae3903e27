"""Measured: what an ingestion says of measurements, as a table or for programs."""

from dataclasses import asdict
from typing import Any

from core.commands.printing import note, say, say_table
from core.telemetry.reports import MeasuredReport, Outcome

#: Files that are named one by one.
_NAMED = 20


def say_measured(report: MeasuredReport) -> None:
    """Each day that was opened, the sums, the files that are not well, and what the source does not tell."""
    for remark in report.remarks:
        note(f"{remark.removesuffix('.')}.")
    if not report.found:
        return
    if report.days:
        rows = [(day.dataset, day.day.isoformat(), day.outcome, str(day.lines), day.reason) for day in report.days]
        say_table(("measured", "day", "outcome", "lines", ""), rows, right=frozenset({3}))
    say(f"{_days(report)}; {report.files:,} files read with {report.lines:,} lines, {report.bad_lines:,} of them bad.")
    for file in report.unwell[:_NAMED]:
        bad = "" if file.refused else f"{file.path}: {file.bad_lines:,} of {file.lines:,} lines are bad; "
        note(f"{bad}{file.reason}{'' if file.refused else '.'}")
    if len(report.unwell) > _NAMED:
        note(f"... and {len(report.unwell) - _NAMED:,} more files, which --json names.")


def _days(report: MeasuredReport) -> str:
    counts = {outcome: sum(day.outcome is outcome for day in report.days) for outcome in Outcome}
    counts[Outcome.UNCHANGED] += report.untouched
    said = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    return f"Days: {said or 'none'}"


def measured_json(report: MeasuredReport) -> dict[str, Any]:
    """The same for programs."""
    return {
        "remarks": list(report.remarks),
        "days": [asdict(day) | {"day": day.day.isoformat()} for day in report.days],
        "loaded": sum(day.outcome is Outcome.LOADED for day in report.days),
        "unchanged": sum(day.outcome is Outcome.UNCHANGED for day in report.days) + report.untouched,
        "refused": sum(day.outcome is Outcome.REFUSED for day in report.days),
        "files": report.files,
        "lines": report.lines,
        "bad_lines": report.bad_lines,
        "unwell": [asdict(file) for file in report.unwell],
    }
