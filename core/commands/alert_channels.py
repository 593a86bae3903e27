"""python -m core alerts channels, add-channel, remove-channel, test, messages: where people are told."""

import argparse
import sys
from datetime import datetime
from getpass import getpass
from shlex import quote

from core.access.roles import User
from core.bootstrap import Platform
from core.commands.alerting import nothing
from core.commands.printing import note, printable, say, say_json, say_table
from core.commands.several import Command
from core.units import instant_text


def _channels(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    found = platform.alerts.channels.all(user)
    if arguments.json:
        say_json(
            [
                {"id": each.id, "name": each.name, "shown": each.shown, "enabled": each.enabled, "digest": each.digest}
                for each in found
            ]
        )
    elif found:
        rows = [
            (each.name, each.shown, "weekly digest" if each.digest else "", "" if each.enabled else "off")
            for each in found
        ]
        say_table(("channel", "goes to", "", ""), rows)
    else:
        note("Nobody is told yet. Add a channel: python -m core alerts add-channel NAME")
    return 0


def _add_add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--digest", action=argparse.BooleanOptionalAction, help="the weekly digest; mailboxes get it")


def _add(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    """The address is asked for, or read from standard input: as an argument others would see it, and the history."""
    address = getpass("Address, as apprise writes it, or sns://ARN: ") if sys.stdin.isatty() else sys.stdin.readline()
    made = platform.alerts.channels.add(user, arguments.name, address, now, arguments.digest)
    if arguments.json:
        say_json({"id": made.id, "name": made.name, "shown": made.shown, "digest": made.digest})
    else:
        say(printable(f"{made.name} goes to {made.shown}. Try it: python -m core alerts test {quote(made.name)}"))
    return 0


def _add_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="of the channel")


def _remove(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    platform.alerts.channels.remove(user, arguments.name, now)
    if arguments.json:
        say_json({"name": arguments.name})
    else:
        say(printable(f"Nothing goes to {arguments.name} any more."))
    return 0


def _test(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    """Exit status 1 when it could not be handed over."""
    problem = platform.alerts.channels.send_test(user, arguments.name, now)
    if arguments.json:
        say_json({"name": arguments.name, "problem": problem})
    elif problem:
        note(f"{arguments.name}: {problem}")
    else:
        say(printable(f"{arguments.name} has taken a message. See whether it arrives."))
    return 1 if problem else 0


def _messages(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    found = platform.alerts.channels.deliveries(user)
    if arguments.json:
        say_json(
            [
                {
                    "message": each.message_id,
                    "title": each.title,
                    "channel": each.channel,
                    "state": each.state,
                    "attempts": each.attempts,
                    "problem": each.problem,
                    "created_at": instant_text(each.created_at),
                }
                for each in found
            ]
        )
    elif found:
        rows = [
            (instant_text(each.created_at)[:16], each.channel, each.state, f"{each.attempts}", each.title, each.problem)
            for each in found
        ]
        say_table(("at", "channel", "state", "tries", "message", ""), rows, right=frozenset({3}))
    else:
        note("Nothing was sent yet.")
    return 0


#: What each does, and the functions that add its arguments and run it.
COMMANDS: dict[str, Command] = {
    "channels": ("where messages go", nothing, _channels),
    "add-channel": ("send messages to another place; its address is read from standard input", _add_add, _add),
    "remove-channel": ("send nothing there any more", _add_name, _remove),
    "test": ("send a message to a channel now", _add_name, _test),
    "messages": ("the latest messages, and whether they arrived", nothing, _messages),
}
