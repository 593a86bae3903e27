"""Several: commands below one command, such as those of `python -m core migrate`."""

import argparse
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from core import bootstrap
from core.access.access import shell_user
from core.access.roles import User
from core.bootstrap import Platform
from core.settings import Settings

#: What it does in words; what adds its arguments; and what runs it, and returns the exit status.
Command = tuple[
    str,
    Callable[[argparse.ArgumentParser], None],
    Callable[[argparse.Namespace, Platform, User, datetime], int],
]


def add_several(parser: argparse.ArgumentParser, commands: Mapping[str, Command]) -> None:
    """Each with its own arguments, and --json."""
    todo = parser.add_subparsers(dest="todo", required=True, metavar=" | ".join(commands))
    for name, (text, add_arguments, _) in commands.items():
        command = todo.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        add_arguments(command)
        command.add_argument("--json", action="store_true", help="answer for programs")


def run_several(arguments: argparse.Namespace, settings: Settings, commands: Mapping[str, Command]) -> int:
    """The one that was asked for; exit status 1 when it cannot be done."""
    platform = bootstrap.open_platform(settings)
    return commands[arguments.todo][2](arguments, platform, shell_user(platform.home), datetime.now(UTC))
