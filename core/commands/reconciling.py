"""python -m core reconcile: what the bill counts, beside what others count of the same."""

import argparse
from datetime import UTC, datetime
from typing import Any

from core import bootstrap
from core.access.access import shell_user
from core.access.roles import Permission
from core.commands.periods import add_period, period_of
from core.commands.printing import note, printable, say, say_json, say_table
from core.reconciliation.reconciled import Counted, Line, percent
from core.reconciliation.reconciliation import reconcile
from core.settings import Settings

_HEAD = ("figure", "by the bill", "counted by", "counted", "difference", "on days of both")


def add(parser: argparse.ArgumentParser) -> None:
    add_period(parser)
    parser.add_argument("--json", action="store_true", help="answer for programs")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    platform = bootstrap.open_platform(settings)
    shell_user(platform.home).require(Permission.SEE_COSTS)
    found = reconcile(platform.warehouse, period_of(arguments, datetime.now(UTC).date()))
    if arguments.json:
        say_json(
            {
                "from": found.period.start.isoformat(),
                "to": found.period.end.isoformat(),
                "billed_days": [day.isoformat() for day in found.billed_days],
                "estimated": found.estimated,
                "lines": [_line_json(line) for line in found.lines],
            }
        )
        return 0
    if not found.lines:
        note("Neither a bill nor anything else has counted CloudFront's or S3's use in this period.")
        return 0
    say_table(_HEAD, [row for line in found.lines for row in _rows(line)], right=frozenset({1, 3, 4, 5}))
    for line in found.lines:
        for each in line.counted:
            if each.value is not None and each.findings:
                why = "; ".join(finding.words for finding in each.findings)
                say(printable(f"{_name(line)} by {each.by}: {why}."))
    say(f"Bills cover {len(found.billed_days)} of {found.period.days} days whole; the others are not compared.")
    return 0


def _name(line: Line) -> str:
    return " ".join(filter(None, (line.figure, line.bucket, line.storage_class)))


def _rows(line: Line) -> list[tuple[str, ...]]:
    billed = "not billed" if line.billed is None else f"{line.billed:,}"
    return [
        (
            _name(line),
            billed,
            each.by,
            "nothing" if each.value is None else f"{each.value:,}",
            "" if each.difference is None else percent(each.difference),
            "" if each.same is None else percent(each.same),
        )
        for each in line.counted
    ]


def _line_json(line: Line) -> dict[str, Any]:
    return {
        "figure": line.figure,
        "bucket": line.bucket,
        "storage_class": line.storage_class,
        "billed": line.billed,
        "counted": [_counted_json(each, line) for each in line.counted],
    }


def _counted_json(each: Counted, line: Line) -> dict[str, Any]:
    badge = each.badge(line.figure)
    return {
        "by": each.by,
        "value": each.value,
        "difference": each.difference,
        "difference_on_days_of_both": each.same,
        "days_of_both": each.same_days,
        "missing": [day.isoformat() for day in each.missing],
        "outside": [day.isoformat() for day in each.outside],
        "difference_within": each.within,
        "verdict": badge.verdict,
        "because": [{"cause": finding.cause, "words": finding.words} for finding in each.findings],
    }
