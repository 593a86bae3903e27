"""Migrating: what each command of `python -m core migrate` consists of."""

import argparse
from collections.abc import Callable
from datetime import datetime

from core.access.roles import User
from core.bootstrap import Platform

#: What it does in words; what adds its arguments; and what runs it, and returns the exit status.
Command = tuple[
    str,
    Callable[[argparse.ArgumentParser], None],
    Callable[[argparse.Namespace, Platform, User, datetime], int],
]
