"""Periods: the days that a question about measurements is asked of."""

import argparse
from datetime import date

from core.costs.period import Period, month_to_date
from core.errors import WrongArguments


def add_period(parser: argparse.ArgumentParser) -> None:
    """The options --from and --to."""
    parser.add_argument("--from", dest="start", type=date.fromisoformat, help="first day, UTC; this month's without it")
    parser.add_argument("--to", dest="end", type=date.fromisoformat, help="day after the last; today without it")


def period_of(arguments: argparse.Namespace, today: date) -> Period:
    """What they say; this month so far without them. Raises WrongArguments."""
    month = month_to_date(today)
    start, end = arguments.start or month.start, arguments.end or month.end
    if end <= start:
        raise WrongArguments(f"{start} to {end} is no period.", "Give --from a day before --to.")
    return Period(start, end)
