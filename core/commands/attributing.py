"""python -m core costs --by video, rung or uploaded: the bill shared out over the videos that cause it."""

import argparse
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.bootstrap import Platform
from core.catalog.names import Name, names
from core.commands.printing import plain, printable, say, say_json, say_table
from core.costs.attributed import Attribution, Share, TitleCost, Unallocated
from core.costs.attribution import attribute
from core.costs.encoded import encoded_seconds
from core.costs.period import Period
from core.costs.titles import Title
from core.costs.uploads import uploads
from core.costs.whole_months import Monthly, monthly_charges
from core.errors import WrongArguments
from core.units import instant_text

_HEAD = ("cost", "share", "views", "a view", "an hour", "a GB")


def run_attribution(arguments: argparse.Namespace, platform: Platform, period: Period, by: Title) -> int:
    """Print what each title costs, and what is unallocated."""
    if arguments.only:
        raise WrongArguments(f"--only does not go with --by {by}.", "A video's cost is of all charges: leave it out.")
    found = attribute(
        platform.warehouse,
        period,
        by,
        arguments.metric,
        arguments.currency,
        encoded_seconds(platform.database, period),
        uploads(platform.database, by),
    )
    called = names(platform.database, (each.title for each in found.titles)) if by is Title.VIDEO else {}
    monthly = monthly_charges(platform.warehouse, period, found.currency, found.metric)
    (_say_json if arguments.json else _say)(found, called, monthly)
    return 0


def _say(found: Attribution, called: Mapping[str, Name], monthly: Sequence[Monthly]) -> None:
    rows = [_row(found, _called(each, called), each) for each in found.titles]
    left = [(f"unallocated: {each.pool}, {_why(each)}", plain(each.cost), *[""] * 5) for each in found.unallocated]
    total = ("total", plain(found.total), *[""] * 5)
    say_table((found.by, f"{found.metric} {found.currency}", *_HEAD[1:]), [*rows, *left, total], frozenset(range(1, 7)))
    unallocated = f"{plain(found.unallocated_total)} {found.currency} of it is unallocated."
    usage = f"Usage until {found.as_of:%Y-%m-%d %H:%M} UTC." if found.as_of else "No usage in this period yet."
    say(printable(f"{unallocated} {usage}"))
    for each in monthly:
        say(printable(each.words(f"{plain(each.cost)} {found.currency}")))


def _row(found: Attribution, name: str, each: TitleCost) -> tuple[str, ...]:
    share = f"{each.total / found.total:.1%}" if found.total else ""
    views = "" if each.audience.views is None else str(each.audience.views)
    return (name, plain(each.total), share, views, _rate(each.per_view), _rate(each.per_hour), _rate(each.per_gib))


def _rate(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.6f}"


def _called(each: TitleCost, called: Mapping[str, Name]) -> str:
    return called[each.title].title if each.title in called else each.title


def _why(each: Unallocated) -> str:
    days = f" ({each.days} of {each.first_day} to {each.last_day})" if each.days > 1 else f" ({each.first_day})"
    return f"{each.reason}{days if each.days else ''}"


def _say_json(found: Attribution, called: Mapping[str, Name], monthly: Sequence[Monthly]) -> None:
    say_json(
        {
            "from": found.period.start.isoformat(),
            "to": found.period.end.isoformat(),
            "by": found.by,
            "metric": found.metric,
            "currency": found.currency,
            "total": plain(found.total),
            "lines": [_line_json(each, _called(each, called)) for each in found.titles],
            "unallocated": [_unallocated_json(each) for each in found.unallocated],
            "unallocated_total": plain(found.unallocated_total),
            "monthly": [
                {"month": f"{each.month:%Y-%m}", "cost": plain(each.cost), "included": each.included}
                for each in monthly
            ],
            "estimated": found.estimated,
            "as_of": found.as_of and instant_text(found.as_of),
        }
    )


def _line_json(each: TitleCost, name: str) -> dict[str, Any]:
    return {
        "id": each.title,
        "label": name,
        "cost": plain(each.total),
        "views": each.audience.views,
        "watched_ms": each.audience.watched_ms,
        "sent_bytes": each.audience.sent_bytes,
        "per_view": _full(each.per_view),
        "per_hour": _full(each.per_hour),
        "per_gb": _full(each.per_gib),
        "shares": [_share_json(share) for share in each.shares],
    }


def _full(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)


def _share_json(share: Share) -> dict[str, Any]:
    return {
        "pool": share.pool,
        "cost": plain(share.cost),
        "driver": share.measure,
        "value": share.driver,
        "whole": share.whole,
        "pool_cost": plain(share.pool_cost),
    }


def _unallocated_json(each: Unallocated) -> dict[str, Any]:
    return {
        "pool": each.pool,
        "reason": each.reason,
        "cost": plain(each.cost),
        "days": each.days,
        "first_day": each.first_day and each.first_day.isoformat(),
        "last_day": each.last_day and each.last_day.isoformat(),
    }
