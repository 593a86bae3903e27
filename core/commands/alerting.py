"""python -m core alerts list, history, acknowledge, evaluate, digest: what fires, and who is told."""

import argparse
from datetime import datetime
from typing import Any

from core.access.roles import Permission, User
from core.alerts import digest_words, words
from core.alerts.alert import Alert
from core.alerts.digest import make_digest, week_before
from core.bootstrap import Platform
from core.bootstrap import now as clock
from core.commands.printing import note, printable, say, say_json, say_table
from core.commands.several import Command
from core.errors import WrongArguments
from core.units import instant_text

_LONGEST = 3_660  #: days
_HEAD = ("alert", "severity", "state", "what", "how much", "since")


def nothing(_: argparse.ArgumentParser) -> None:
    """It takes no arguments of its own."""


def _list(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    alerts = platform.alerts.alerts
    found = [*alerts.open(user), *alerts.pending(user)]
    return _tell(arguments, found, "Nothing fires.")


def _add_history(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=int, default=90, help="how far back; 90 without it")


def _history(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    if not 1 <= arguments.days <= _LONGEST:
        raise WrongArguments(f"{arguments.days} days cannot be looked back.", f"Give 1 to {_LONGEST}.")
    found = platform.alerts.alerts.history(user, now, arguments.days)
    return _tell(arguments, list(found), f"Nothing has fired in the last {arguments.days} days.")


def _tell(arguments: argparse.Namespace, found: list[Alert], none: str) -> int:
    if arguments.json:
        say_json([alert_json(each) for each in found])
    elif found:
        say_table(_HEAD, [_row(each) for each in found])
    else:
        note(none)
    return 0


def _row(alert: Alert) -> tuple[str, ...]:
    state = f"{alert.state} by {alert.acknowledged_by}" if alert.acknowledged_by else str(alert.state)
    return (
        alert.id, alert.severity, state, words.headline(alert), words.how_much(alert), words.instant(alert.since),
    )  # fmt: skip


def alert_json(alert: Alert) -> dict[str, Any]:
    """An alert for programs: amounts as text, instants in UTC."""
    return {
        "id": alert.id,
        "rule": alert.rule_id,
        "title": alert.title,
        "figure": alert.figure,
        "subject": alert.subject,
        "severity": alert.severity,
        "state": alert.state,
        "unit": alert.unit,
        "currency": alert.currency,
        "comparison": alert.comparison,
        "threshold": format(alert.threshold, "f"),
        "value": format(alert.value, "f"),
        "worst": format(alert.worst, "f"),
        "detail": alert.detail,
        "advice": alert.advice,
        "link": alert.link,
        "since": instant_text(alert.since),
        "fired_at": alert.fired_at and instant_text(alert.fired_at),
        "acknowledged_by": alert.acknowledged_by,
        "resolved_at": alert.resolved_at and instant_text(alert.resolved_at),
        "resolution": alert.resolution,
    }


def _add_acknowledge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("alert", help="its id, as `list` has it")
    parser.add_argument("--note", default="", help="what others shall know")


def _acknowledge(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    taken = platform.alerts.alerts.acknowledge(user, arguments.alert, now, arguments.note)
    if arguments.json:
        say_json(alert_json(taken))
    else:
        say(printable(f"{words.headline(taken)}: {user.name} is at it."))
    return 0


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--send", action="store_true", help="send the messages at once, as the worker would")


def _evaluate(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    user.require(Permission.MANAGE_ALERTS)
    done = platform.alerts.evaluate(now)
    if arguments.send:
        platform.alerts.send(clock)
    if arguments.json:
        fired, resolved = ([alert_json(each) for each in some] for some in (done.fired, done.resolved))
        broken = [{"rule": rule.id, "title": rule.title, "problem": problem} for rule, problem in done.broken]
        say_json({"rules": done.rules, "fired": fired, "resolved": resolved, "broken": broken})
        return 0
    for alert in (*done.fired, *done.resolved):
        say(printable(f"{words.title([alert])} ({words.how_much(alert)})"))
    for rule, problem in done.broken:
        note(f"{rule.title}: {problem}")
    say(f"{done.rules} rules: {len(done.fired)} alerts began, {len(done.resolved)} are over.")
    return 0


def _add_digest(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--html", action="store_true", help="as it stands in mails")


def _digest(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    for permission in (Permission.SEE_COSTS, Permission.SEE_ALERTS):
        user.require(permission)
    made = make_digest(platform.alerts.handles, week_before(now), now)
    title, address = digest_words.title(made), platform.alerts.address
    if arguments.json:
        body, html = digest_words.body(made, address), digest_words.html(made, address)
        say_json({"week": made.week.start.isoformat(), "title": title, "body": body, "html": html})
    elif arguments.html:
        say(digest_words.html(made, address))
    else:
        text = f"{title}\n\n{digest_words.body(made, address)}"
        say("\n".join(map(printable, text.splitlines())))
    return 0


#: What each does, and the functions that add its arguments and run it.
COMMANDS: dict[str, Command] = {
    "list": ("what fires, and what may soon", nothing, _list),
    "history": ("what has fired, over or not", _add_history, _history),
    "acknowledge": ("take an alert on, so that others know who is at it", _add_acknowledge, _acknowledge),
    "evaluate": ("hold every rule against its figure now; the worker does it by itself", _add_evaluate, _evaluate),
    "digest": ("what the week before came to, as it is mailed on Mondays", _add_digest, _digest),
}
