"""python -m core: the commands."""

import argparse
import sys
from collections.abc import Callable

from core.commands import costs, ingest, operating, people
from core.commands.printing import note
from core.errors import PhyghtError, SettingsError, UnknownCurrency, UnknownDimension, WrongArguments
from core.settings import Settings, load_settings

_Add = Callable[[argparse.ArgumentParser], None]
_Run = Callable[[argparse.Namespace, Settings], int]

_COMMANDS: dict[str, tuple[str, _Add, _Run]] = {
    "ingest": ("load what is new in a folder or s3://bucket/prefix of bill exports", ingest.add, ingest.run),
    "costs": ("what was spent in a period, split along one dimension", costs.add_costs, costs.run_costs),
    "history": ("every delivery of a billing period, and how its total changed", costs.add_history, costs.run_history),
    "check": (
        "whether what is configured can be reached, and what to do if not",
        operating.add_check,
        operating.run_check,
    ),
    "users": ("the accounts of this installation", people.add, people.run),
    "demo": ("make the demo platform, with no account at all", operating.add_demo, operating.run_demo),
    "work": (
        "do scheduled work until stopped; the dashboard starts one by itself",
        operating.add_work,
        operating.run_work,
    ),
}

_ASKED_WRONGLY = (SettingsError, WrongArguments, UnknownDimension, UnknownCurrency)


def main(words: list[str] | None = None) -> int:
    """Run one command; its exit status: 0 done, 1 not done, 2 asked wrongly."""
    parser = argparse.ArgumentParser("python -m core", description="Phyght Cloud Storage, without its dashboard.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (text, add, _) in _COMMANDS.items():
        add(commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}."))
    arguments = parser.parse_args(words)
    try:
        return _COMMANDS[arguments.command][2](arguments, load_settings())
    except PhyghtError as error:
        note(str(error))
        return 2 if isinstance(error, _ASKED_WRONGLY) else 1
    except KeyboardInterrupt:
        note("Stopped. It may be run again at any time.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
