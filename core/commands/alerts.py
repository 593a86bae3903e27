"""python -m core alerts: what needs somebody, when they are told, and where."""

import argparse
from datetime import UTC, datetime

from core import bootstrap
from core.access.access import shell_user
from core.commands import alert_channels, alert_rules, alerting
from core.commands.migrating import Command
from core.settings import Settings

_COMMANDS: dict[str, Command] = {**alerting.COMMANDS, **alert_rules.COMMANDS, **alert_channels.COMMANDS}


def add(parser: argparse.ArgumentParser) -> None:
    todo = parser.add_subparsers(dest="todo", required=True, metavar=" | ".join(_COMMANDS))
    for name, (text, add_arguments, _) in _COMMANDS.items():
        command = todo.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        add_arguments(command)
        command.add_argument("--json", action="store_true", help="answer for programs")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Exit status 1 when it cannot be done."""
    platform = bootstrap.open_platform(settings)
    return _COMMANDS[arguments.todo][2](arguments, platform, shell_user(platform.home), datetime.now(UTC))
