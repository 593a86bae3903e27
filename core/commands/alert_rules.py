"""python -m core alerts rules, figures, add-rule, turn, remove-rule, import-aws-budgets: when somebody is told."""

import argparse
import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from core.access.roles import Permission, User
from core.alerts import aws_budgets, words
from core.alerts.figures.registry import FIGURES
from core.alerts.quiet import quiet_hours
from core.alerts.rule import ALL_CHANNELS, Comparison, Rule, Severity, Standing
from core.alerts.rules import in_short
from core.bootstrap import Platform
from core.commands.alerting import nothing
from core.commands.periods import one_of
from core.commands.printing import note, printable, say, say_json, say_table
from core.commands.several import Command
from core.costs.dimensions import Filter

_SPANS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def _rules(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    found = platform.alerts.rules.all(user, now)
    if arguments.json:
        say_json([_json(each) for each in found])
        return 0
    say_table(("rule", "title", "when", "severity", ""), [_row(each) for each in found])
    for each in found:
        if each.broken:
            note(f"{each.rule.title} is broken: {each.problem}")
    return 0


def _row(each: Standing) -> tuple[str, ...]:
    rule = each.rule
    state = "off" if not rule.enabled else "broken" if each.broken else f"{each.firing} firing" if each.firing else ""
    return (rule.id, rule.title, in_short(rule), rule.severity, state)


def _json(each: Standing) -> dict[str, Any]:
    rule = each.rule
    return {
        "id": rule.id,
        "title": rule.title,
        "figure": rule.figure,
        "comparison": rule.comparison,
        "threshold": format(rule.threshold, "f"),
        "resolve_at": format(rule.resolves_at, "f"),
        "window_minutes": rule.window // timedelta(minutes=1),
        "hold_minutes": rule.hold // timedelta(minutes=1),
        "severity": rule.severity,
        "filters": [[filter_.dimension, filter_.value] for filter_ in rule.filters],
        "by": rule.by,
        "subject": rule.subject,
        "currency": rule.currency,
        "quiet": str(rule.quiet or ""),
        "grouped": rule.grouped,
        "channels": list(rule.channels),
        "enabled": rule.enabled,
        "remind_minutes": rule.reminds_after // timedelta(minutes=1),
        "firing": each.firing,
        "problem": each.problem,
    }


def _figures(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    user.require(Permission.SEE_ALERTS)
    if arguments.json:
        say_json(
            [
                {
                    "name": each.name,
                    "title": each.title,
                    "unit": each.unit,
                    "worse": each.worse,
                    "window": each.window,
                    "filters": each.filters,
                    "by": each.by,
                }
                for each in FIGURES.values()
            ]
        )
    else:
        rows = [(each.name, each.title, each.unit, f"bad when {each.worse}") for each in FIGURES.values()]
        say_table(("figure", "title", "unit", ""), rows)
    return 0


def number(text: str) -> Decimal:
    """What an option that takes a threshold says: 0.05, or 5%."""
    try:
        value = Decimal(text.strip().removesuffix("%"))
        return value / 100 if text.strip().endswith("%") else value
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"{text!r} is no number; write it like 0.05 or 5%") from None


def span(text: str) -> timedelta:
    """What an option that takes a time says: 30m, 6h, 7d."""
    found = re.fullmatch(r"(\d{1,5})([mhd])", text.strip())
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write it like 30m, 6h or 7d")
    return int(found[1]) * _SPANS[found[2]]


def reminder(text: str) -> timedelta:
    """What --remind says: a time, or never."""
    return timedelta(0) if text.strip().lower() == "never" else span(text)


def _filter(text: str) -> Filter:
    dimension, stated, value = text.partition("=")
    if not stated:
        raise argparse.ArgumentTypeError(f"{text!r} is no filter; write it like service=AmazonS3")
    return Filter(dimension, value)


def _add_rule(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("title", help="what is said when it fires")
    parser.add_argument("figure", help="its name, as `figures` has it")
    parser.add_argument("comparison", type=one_of(Comparison), help="above or below")
    parser.add_argument("threshold", type=number, help="in the figure's unit; a share like 0.05 or 5%%")
    parser.add_argument("--resolve-at", type=number, metavar="VALUE", help="it is over there; at the threshold without")
    parser.add_argument("--window", type=span, default=timedelta(days=1), help="30m, 6h, 7d; a day without it")
    parser.add_argument("--hold", type=span, default=timedelta(0), help="it must be so for that long")
    parser.add_argument("--severity", type=one_of(Severity), default=Severity.WARNING, help=", ".join(Severity))
    parser.add_argument("--filter", type=_filter, action="append", default=[], metavar="DIMENSION=VALUE")
    parser.add_argument("--by", default="", metavar="DIMENSION", help="one alert for each of its values")
    parser.add_argument("--subject", default="", help="of the figure's subjects only this one")
    parser.add_argument("--currency", default="", help="of amounts")
    parser.add_argument("--quiet", default="", metavar="HOURS", help='like "22:00-07:00 Europe/Berlin"')
    parser.add_argument(
        "--remind", type=reminder, metavar="TIME",
        help="tell it again after that long while nobody takes it on, like 6h, or never; 1d where critical without it",
    )  # fmt: skip
    parser.add_argument("--apart", action="store_true", help="a message for each alert")
    parser.add_argument("--channel", action="append", metavar="NAME", help="tell this one, and others so named")


def _rule(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    ids = {each.name: each.id for each in platform.alerts.channels.all(user)}
    named: list[str] = arguments.channel or []
    chosen = tuple(ids.get(name, name) for name in named) or ALL_CHANNELS
    asked = Rule(
        "",
        arguments.title,
        arguments.figure,
        arguments.comparison,
        arguments.threshold,
        arguments.resolve_at,
        arguments.window,
        arguments.hold,
        arguments.severity,
        tuple(arguments.filter),
        arguments.by,
        arguments.subject,
        arguments.currency,
        quiet_hours(arguments.quiet),
        not arguments.apart,
        chosen,
        remind=arguments.remind,
    )
    rule = platform.alerts.rules.add(user, asked, now)
    return _done(arguments, f"{rule.title}: {in_short(rule)}. Its id is {rule.id}.", id=rule.id)


def _add_turn(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", help="its id, as `rules` has it")
    parser.add_argument("state", choices=("on", "off"))


def _turn(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    platform.alerts.rules.turn(user, arguments.rule, arguments.state == "on", now)
    return _done(arguments, f"The rule is {arguments.state}.", id=arguments.rule, state=arguments.state)


def _add_remove(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", help="its id, as `rules` has it")


def _remove(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    platform.alerts.rules.remove(user, arguments.rule, now)
    return _done(arguments, "The rule is gone.", id=arguments.rule)


def _done(arguments: argparse.Namespace, text: str, **told: str) -> int:
    if arguments.json:
        say_json(told)
    else:
        say(printable(text))
    return 0


def _import(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    user.require(Permission.MANAGE_ALERTS)
    found = aws_budgets.read_account(platform.settings)
    new = aws_budgets.keep(platform.audit, user, found, now)
    if arguments.json:
        say_json(
            [
                {
                    "budget": each.budget,
                    "notification": each.notification,
                    "rule": each.rule and each.rule.id,
                    "about": each.makes and each.makes.name,
                    "new": each in new,
                    "remark": each.remark,
                }
                for each in found
            ]
        )
        return 0
    rows = [(each.budget, each.notification, _became(each, each in new), each.remark) for each in found]
    say_table(("budget", "notifies when", "", ""), rows)
    say(f"{len(new)} rules were added.")
    return 0


def _became(each: aws_budgets.Imported, new: bool) -> str:
    if each.rule is None:
        return "no rule"
    amount = words.amount(each.rule.threshold, FIGURES[each.rule.figure].unit, each.rule.currency)
    of = f" of the budget {each.makes.name!r}" if each.makes else ""
    return f"a rule: {each.rule.comparison} {amount}{of}" if new else "a rule already, or removed"


#: What each does, and the functions that add its arguments and run it.
COMMANDS: dict[str, Command] = {
    "rules": ("every rule, and which is broken", nothing, _rules),
    "figures": ("what rules may be about", nothing, _figures),
    "add-rule": ("tell somebody when a figure is above or below a value", _add_rule, _rule),
    "turn": ("turn a rule on or off", _add_turn, _turn),
    "remove-rule": ("remove a rule; one of the first ones does not come back", _add_remove, _remove),
    "import-aws-budgets": ("make the AWS budgets of the configured account rules", nothing, _import),
}
