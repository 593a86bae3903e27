"""python -m core alerts: what needs somebody, when they are told, and where."""

import argparse

from core.commands import alert_channels, alert_rules, alerting
from core.commands.several import Command, add_several, run_several
from core.settings import Settings

_COMMANDS: dict[str, Command] = {**alerting.COMMANDS, **alert_rules.COMMANDS, **alert_channels.COMMANDS}


def add(parser: argparse.ArgumentParser) -> None:
    add_several(parser, _COMMANDS)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    return run_several(arguments, settings, _COMMANDS)
