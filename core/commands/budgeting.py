"""python -m core budgets: what may be spent, and where that stands."""

import argparse
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core import bootstrap
from core.access.access import shell_user
from core.access.roles import Permission
from core.actions.foreseen import known_changes
from core.commands.costs import only
from core.commands.periods import day, one_of
from core.commands.printing import note, plain, say, say_json, say_table
from core.costs.budget_standing import Standing, standing
from core.costs.budget_store import Budgets
from core.costs.budgets import Budget, Span
from core.costs.each_budget import each_budget
from core.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    todo = parser.add_subparsers(dest="todo", required=True, metavar="list | set | remove")
    listed = todo.add_parser("list", help="every budget, what of it is used and where it will end")
    listed.add_argument("--json", action="store_true", help="answer for programs")
    _add_set(todo.add_parser("set", help="a new budget, or other terms of an old one"))
    todo.add_parser("remove", help="forget a budget").add_argument("name")


def _add_set(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--amount", type=_amount, required=True, help="what may be spent, such as 1500")
    parser.add_argument("--each", type=one_of(Span), default=Span.MONTH, metavar="SPAN", help=", ".join(Span))
    parser.add_argument("--currency", default="USD", help="USD without it")
    parser.add_argument("--since", type=day, help="a day of the first span; today without it")
    parser.add_argument(
        "--growth", type=_amount, default=Decimal(0), help="0.05: each span has 5 %% more than the last"
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="DIMENSION=VALUE", help="may be given several times"
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    platform = bootstrap.open_platform(settings)
    user, now = shell_user(platform.home), datetime.now(UTC)
    budgets = Budgets(platform.database, platform.audit)
    match arguments.todo:
        case "list":
            user.require(Permission.SEE_COSTS)
            _list(platform, budgets, now, arguments.json)
        case "set":
            kept = budgets.save(user, _asked(arguments, now), now)
            say(f"{kept.name}: {plain(kept.amount)} {kept.currency} a {kept.span}.")
        case _:
            budgets.remove(user, arguments.name, now)
    return 0


def _asked(arguments: argparse.Namespace, now: datetime) -> Budget:
    filters = tuple(only(text) for text in arguments.only)
    since = arguments.since or now.date()
    return Budget(
        arguments.name, arguments.amount, arguments.currency, since, arguments.each, filters, arguments.growth
    )


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None


def _list(platform: bootstrap.Platform, budgets: Budgets, now: datetime, as_json: bool) -> None:
    """Of one that cannot be told, why; the others all the same."""
    known = known_changes(platform.database, platform.warehouse, platform.prices, now.date())
    found, untold = each_budget(budgets.all(), lambda each: standing(platform.warehouse, each, now, known))
    if as_json:
        errors = [{"name": budget.name, "error": error.message} for budget, error in untold]
        say_json({"budgets": [_as_json(each) for each in found], "untold": errors})
        return
    _say(found)
    for budget, error in untold:
        note(f"{budget.name}: {error}")


def _as_json(each: Standing) -> dict[str, Any]:
    return {
        "name": each.budget.name,
        "currency": each.budget.currency,
        "each": each.budget.span,
        "from": each.period.start.isoformat(),
        "to": each.period.end.isoformat(),
        "only": [{"dimension": filter_.dimension, "value": filter_.value} for filter_ in each.budget.filters],
        "amount": plain(each.amount),
        "used": plain(each.used),
        "used_until": each.until.isoformat(),
        "expected": None if each.expected is None else plain(each.expected),
        **{f"{end}-{level}": plain(getattr(band, end)) for level, band in each.bands.items() for end in ("lo", "hi")},
        "runs_out": each.runs_out and each.runs_out.isoformat(),
        "chance_of_overrun": each.chance,
        "why_not": each.why_not or None,
    }


def _say(found: list[Standing]) -> None:
    if not found:
        say("There are no budgets. Make one: python -m core budgets set NAME --amount 1500")
        return
    head = ("budget", "of", "amount", "used", "expected", "runs out", "chance of overrun")
    say_table(head, [_row(each) for each in found], right=frozenset({2, 3, 4, 6}))
    for each in found:
        if each.why_not:
            note(f"{each.budget.name}: no forecast. {each.why_not}")


def _row(each: Standing) -> tuple[str, ...]:
    return (
        each.budget.name,
        f"{each.period.start} to {each.period.end}",
        f"{each.amount:,.2f} {each.budget.currency}",
        f"{each.used:,.2f}",
        "" if each.expected is None else f"{each.expected:,.2f}",
        str(each.runs_out or ""),
        "" if each.chance is None else _chance(each.chance),
    )


def _chance(chance: float) -> str:
    """Nothing that is expected is certain."""
    return "under 1 %" if chance < 0.01 else "over 99 %" if chance > 0.99 else f"{chance:.0%}"
