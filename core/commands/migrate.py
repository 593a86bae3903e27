"""python -m core migrate: move videos from one provider to another while people watch them."""

import argparse

from core.commands import controlling, following, planning
from core.commands.several import Command, add_several, run_several
from core.settings import Settings

_COMMANDS: dict[str, Command] = {**planning.COMMANDS, **controlling.COMMANDS, **following.COMMANDS}


def add(parser: argparse.ArgumentParser) -> None:
    add_several(parser, _COMMANDS)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    return run_several(arguments, settings, _COMMANDS)
