"""python -m core costs --now: this month until now, billed and estimated."""

import argparse
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.bootstrap import Platform
from core.commands.printing import plain, printable, say, say_json, say_table
from core.errors import WrongArguments
from core.running.estimated import PastError, RunningLine, RunningMonth
from core.running.running import ListPrices, running_month
from core.units import instant_text

_HEAD = ("for", "billed USD", "until", "estimated USD", "until", "by")


def run_now(arguments: argparse.Namespace, platform: Platform, now: datetime) -> int:
    """Print this month until now."""
    if arguments.start or arguments.end or arguments.only or arguments.by:
        raise WrongArguments(
            "--now goes with none of --from, --to, --only and --by.", "It is of all of this month: leave them out."
        )
    found = running_month(platform.warehouse, ListPrices.of(platform.settings, platform.prices), now)
    (_say_json if arguments.json else _say)(found)
    return 0


def _say(found: RunningMonth) -> None:
    rows = [_row(line) for line in found.lines]
    rows += [("all else", plain(found.others), "", "not estimated", "", "")]
    rows += [("total", plain(found.total), "", plain(found.estimated), "", "of it estimated")]
    say_table(_HEAD, rows, right=frozenset({1, 3}))
    for line in found.lines:
        if line.estimate.remarks:
            say(printable(f"{line.part}: {'; '.join(line.estimate.remarks)}."))
    say(f"At list prices of {found.prices_of}. Tax, support and other services are as billed, and not continued.")
    for past in found.past:
        off, alone = _off(past.error), _off(past.estimate_error)
        sums = f"said {_cents(past.said)}, became {_cents(past.became)}"
        say(f"{past.month:%Y-%m} until the {past.at:%d}: {sums}: off by {off}, what was estimated by {alone}.")


def _row(line: RunningLine) -> tuple[str, ...]:
    estimate = line.estimate
    return (
        line.part,
        plain(line.billed),
        f"{line.billed_until:%Y-%m-%d %H:%M}",
        "not estimated" if estimate.usd is None else plain(estimate.usd),
        f"{estimate.until:%Y-%m-%d %H:%M}" if estimate.until else "",
        estimate.by,
    )


def _off(error: float | None) -> str:
    return "nobody knows what" if error is None else f"{error:+.2%}"


def _cents(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _say_json(found: RunningMonth) -> None:
    say_json(
        {
            "month": f"{found.month:%Y-%m}",
            "at": instant_text(found.at),
            "currency": "USD",
            "total": plain(found.total),
            "estimated": plain(found.estimated),
            "not_continued": plain(found.others),
            "prices_of": found.prices_of.isoformat(),
            "lines": [_line_json(line) for line in found.lines],
            "past": [_past_json(past) for past in found.past],
        }
    )


def _line_json(line: RunningLine) -> dict[str, Any]:
    estimate = line.estimate
    return {
        "part": line.part,
        "billed": plain(line.billed),
        "billed_until": instant_text(line.billed_until),
        "estimated": None if estimate.usd is None else plain(estimate.usd),
        "estimated_until": estimate.until and instant_text(estimate.until),
        "by": estimate.by,
        "factor": estimate.factor,
        "remarks": list(estimate.remarks),
    }


def _past_json(past: PastError) -> dict[str, Any]:
    return {
        "month": f"{past.month:%Y-%m}",
        "until": instant_text(past.at),
        "said": plain(past.said),
        "became": plain(past.became),
        "estimated": plain(past.estimated),
        "error": past.error,
        "estimate_error": past.estimate_error,
    }
