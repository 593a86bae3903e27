"""python -m core performance: how much was delivered, from where, how fast and how often in vain."""

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from core import bootstrap
from core.access.access import shell_user
from core.access.roles import Permission
from core.catalog.names import Name, names, title_of
from core.commands.periods import add_period, one_of, period_of
from core.commands.printing import note, say_json, say_table
from core.performance.bins import Percentiles
from core.performance.closed import Closed, closed_by_viewers
from core.performance.delivery import By, Delivery, Line, Only, delivery
from core.settings import Settings
from core.units import MIB

_HEAD = ("requests", "MiB", "hits", "of bytes", "4xx", "5xx", "first byte p50/p95/p99 ms", "Mbit/s p50/p95/p99")

_UNKNOWN = "No requests are known of this period. Give python -m core ingest the folder that logs go to."
_NONE = "No requests of this period are as the options ask; leave some of them out, or see what there is by --by."


def add(parser: argparse.ArgumentParser) -> None:
    add_period(parser)
    parser.add_argument("--by", type=one_of(By), metavar="BY", default=By.HOUR, help=", ".join(By))
    for name in ("edge", "country", "device", "video", "rung"):
        parser.add_argument(f"--{name}", help=f"only requests of this {name}")
    parser.add_argument("--bots", action="store_true", help="those of crawlers, scripts and health checks too")
    parser.add_argument("--json", action="store_true", help="answer for programs")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    platform = bootstrap.open_platform(settings)
    shell_user(platform.home).require(Permission.SEE_PERFORMANCE)
    only = Only(arguments.edge, arguments.country, arguments.device, arguments.video, arguments.rung, arguments.bots)
    period = period_of(arguments, datetime.now(UTC).date())
    answer = delivery(platform.warehouse, period, arguments.by, only)
    closed = closed_by_viewers(platform.warehouse, period, only)
    called = names(platform.database, (line.label for line in answer.lines)) if answer.by is By.VIDEO else {}
    (_say_json if arguments.json else _say)(answer, closed, called)
    return 0


def _say(answer: Delivery, closed: Closed, called: Mapping[str, Name]) -> None:
    if answer.unknown:
        note(_NONE if answer.only.values else _UNKNOWN)
        return
    rows = [_row(title_of(line.label, called) or "unknown", line) for line in answer.lines]
    rows.append(_row("all", answer.total))
    say_table((answer.by.value, *_HEAD), rows, right=frozenset(range(1, 9)))
    if closed.requests:
        were = "request was" if closed.requests == 1 else "requests were"
        note(
            f"{closed.requests:,} {were} closed by the viewer before an answer ({closed.share:.2%}): that is no error."
        )
    if answer.more:
        note(f"{answer.more:,} more are in the sum, and not shown.")
    if answer.bots:
        what = "request" if answer.bots == 1 else "requests"
        note(f"Left out: {answer.bots:,} {what} of crawlers, scripts and health checks; --bots counts them.")
    if not answer.timed:
        note("Percentiles are kept by hour and place, and by day and video, not for what is asked here.")


def _row(label: str, line: Line) -> tuple[str, ...]:
    return (
        label,
        f"{line.requests:,}",
        "" if line.bytes is None else f"{line.bytes / MIB:,.1f}",
        _share(line.hit_ratio),
        _share(line.byte_hit_ratio),
        _share(line.rate_4xx),
        _share(line.rate_5xx),
        _three(line.ttfb_ms),
        _three(line.throughput_mbps),
    )


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.2%}"


def _three(found: Percentiles | None) -> str:
    return f"{found.p50:,.1f} / {found.p95:,.1f} / {found.p99:,.1f}" if found else ""


def _say_json(answer: Delivery, closed: Closed, called: Mapping[str, Name]) -> None:
    say_json(
        {
            "from": answer.period.start.isoformat(),
            "to": answer.period.end.isoformat(),
            "by": answer.by,
            "only": answer.only.values,
            "total": asdict(answer.total),
            "lines": [asdict(line) | _title(line, called) for line in answer.lines],
            "more": answer.more,
            "closed_by_viewers": closed.requests,
            "bots_left_out": answer.bots,
            "percentiles_kept": answer.timed,
        }
    )


def _title(line: Line, called: Mapping[str, Name]) -> dict[str, str]:
    return {"title": title_of(line.label, called)} if called else {}
