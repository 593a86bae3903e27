"""Periods: the days that a question is asked of, and other words that a command takes."""

import argparse
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import TypeVar

from core.costs.period import Period, month_to_date
from core.errors import WrongArguments

Word = TypeVar("Word", bound=StrEnum)


def add_period(parser: argparse.ArgumentParser) -> None:
    """The options --from and --to."""
    parser.add_argument("--from", dest="start", type=day, help="first day, UTC; this month's without it")
    parser.add_argument("--to", dest="end", type=day, help="day after the last; today without it")


def day(text: str) -> date:
    """What an option that takes a day says."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-10-01") from None
    if not 2000 <= found.year < 2100:
        raise argparse.ArgumentTypeError(f"{text} is no day that anything is known of; choose one from 2000 to 2099")
    return found


def one_of(words: type[Word]) -> Callable[[str], Word]:
    """What an option that takes one of some words says."""

    def word(text: str) -> Word:
        if text not in list(words):
            raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(words)}")
        return words(text)

    return word


def period_of(arguments: argparse.Namespace, today: date) -> Period:
    """What they say; this month so far without them. Raises WrongArguments."""
    month = month_to_date(today)
    start, end = arguments.start or month.start, arguments.end or month.end
    if end <= start:
        raise WrongArguments(f"{start} to {end} is no period.", "Give --from a day before --to.")
    return Period(start, end)
