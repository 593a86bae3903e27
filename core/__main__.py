"""python -m core: the commands."""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from core.commands.printing import note
from core.errors import PhyghtError, SettingsError, UnknownCurrency, UnknownDimension, WrongArguments
from core.settings import Settings, load_settings

_Add = Callable[[argparse.ArgumentParser], None]
_Run = Callable[[argparse.Namespace, Settings], int]


def _of(module: str, function: str = "") -> tuple[_Add, _Run]:
    """A command's two functions; they are imported when they are called, so that each command imports only its own."""

    def find(name: str) -> Callable[..., Any]:
        return getattr(import_module(f"core.commands.{module}"), f"{name}_{function}" if function else name)

    return lambda parser: find("add")(parser), lambda arguments, settings: find("run")(arguments, settings)


_COMMANDS: dict[str, tuple[str, _Add, _Run]] = {
    "ingest": ("load what is new in a folder or s3://bucket/prefix of bill exports and logs", *_of("ingest")),
    "costs": ("what was spent in a period, split along one dimension", *_of("costs", "costs")),
    "budgets": ("what may be spent, and where that stands", *_of("budgeting")),
    "history": ("every delivery of a billing period, and how its total changed", *_of("costs", "history")),
    "experience": ("how watching went: start-up, stalls, failures, those who left", *_of("watching", "experience")),
    "viewing": ("what is watched, how far, when and in which quality", *_of("watching", "viewing")),
    "reconcile": ("what the bill counts, beside what CloudWatch, logs and inventories count", *_of("reconciling")),
    "performance": ("how much the CDN delivered, how fast and how often in vain", *_of("performance")),
    "forecast": ("what the next days of daily values come to, and how sure that is", *_of("forecasting", "forecast")),
    "backtest": ("how good such forecasts of earlier days were", *_of("forecasting", "backtest")),
    "anomalies": ("days that were far from what was expected of them", *_of("forecasting", "anomalies")),
    "simulate": ("what each policy of storage classes would have cost, fees and minimums included", *_of("simulating")),
    "recommendations": ("what could cost less, with its proof, most money first", *_of("recommending")),
    "upload": ("files of this machine become videos; run again, it goes on where it was cut off", *_of("upload")),
    "check": ("whether what is configured can be reached, and what to do if not", *_of("operating", "check")),
    "resolve": ("where the video that a link names can be played, old links too", *_of("resolve")),
    "migrate": ("move videos to another provider while people watch them", *_of("migrate")),
    "actions": ("changes to the cloud: preview, apply, undo", *_of("acting")),
    "alerts": ("what needs somebody, when they are told, and where", *_of("alerts")),
    "lifecycle": ("what buckets do with objects of a certain age, and legal holds", *_of("governing")),
    "media": ("make videos ready to be watched", *_of("media")),
    "users": ("the accounts of this installation", *_of("people")),
    "demo": ("make the demo platform, with no account at all", *_of("operating", "demo")),
    "work": ("do scheduled work until stopped; the dashboard starts one by itself", *_of("working")),
}

_ASKED_WRONGLY = (SettingsError, WrongArguments, UnknownDimension, UnknownCurrency)


def main(words: list[str] | None = None) -> int:
    """Run one command; its exit status: 0 done, 1 not done, 2 asked wrongly."""
    words = sys.argv[1:] if words is None else words
    parser = argparse.ArgumentParser("python -m core", description="Phyght Cloud Storage, without its dashboard.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (text, add, _) in _COMMANDS.items():
        command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        if name in words[:1]:
            add(command)
    arguments = parser.parse_args(words)
    try:
        status = _COMMANDS[arguments.command][2](arguments, load_settings())
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        return _unread()
    except PhyghtError as error:
        note(str(error))
        return 2 if isinstance(error, _ASKED_WRONGLY) else 1
    except KeyboardInterrupt:
        note("Stopped. It may be run again at any time.")
        return 130


def _unread() -> int:
    """Whoever read has seen enough, as `head` has: the rest goes nowhere. The status of a program that a pipe ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 128 + signal.SIGPIPE


if __name__ == "__main__":
    sys.exit(main())
