"""python -m core users: the accounts of this installation."""

import argparse
from datetime import UTC, datetime

from core import bootstrap
from core.access.access import shell_user
from core.access.roles import Role
from core.commands.printing import say, say_table
from core.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    todo = parser.add_subparsers(
        dest="todo", required=True, metavar="list | add | set-role | reset-password | disable | enable"
    )
    todo.add_parser("list", help="every account")
    for name, text in (
        ("add", "a new account, with a one-time password"),
        ("set-role", "give an account another role"),
    ):
        with_role = todo.add_parser(name, help=text)
        with_role.add_argument("name")
        with_role.add_argument("role", type=Role, choices=list(Role))
    for name, text in (
        ("reset-password", "a new one-time password"),
        ("disable", "sign the account out and let it in no more"),
        ("enable", "let a disabled account in again"),
    ):
        todo.add_parser(name, help=text).add_argument("name")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    platform = bootstrap.open_real_platform(settings)
    user, accounts, now = shell_user(platform.home), platform.access.accounts, datetime.now(UTC)
    match arguments.todo:
        case "list":
            rows = [(a.name, a.role, "disabled" if a.disabled else "") for a in accounts.all(user)]
            say_table(("name", "role", ""), rows)
        case "add":
            _hand_over(arguments.name, accounts.add(user, arguments.name, arguments.role, now))
        case "set-role":
            accounts.set_role(user, arguments.name, arguments.role, now)
        case "reset-password":
            _hand_over(arguments.name, accounts.reset_password(user, arguments.name, now))
        case "disable":
            accounts.disable(user, arguments.name, now)
        case _:
            accounts.enable(user, arguments.name, now)
    return 0


def _hand_over(name: str, password: str) -> None:
    say(f"Sign in as {name} with this one-time password; it is shown only now:\n\n    {password}\n")
