"""Fitting: what options of forecasts and odd days say together; those that do not go together are refused by name."""

import argparse
from collections.abc import Mapping

from core.errors import WrongArguments
from core.forecasting.odd_days import Least

#: Options that are about bills, by the name of their value.
_OF_BILLS: Mapping[str, str] = {
    "by": "--by",
    "currency": "--currency",
    "store": "--store",
    "what_if": "--what-if",
    "explain": "--explain",
    "expected": "--expected",
    "not_expected": "--not-expected",
    "label": "--label",
    "note": "--note",
}


def require_fitting(arguments: argparse.Namespace) -> None:
    """Raises WrongArguments where a forecast, a backtest or odd days are asked for with options that exclude others."""
    if arguments.series is not None:
        for name, option in _OF_BILLS.items():
            if _is_given(arguments, name):
                raise WrongArguments(
                    f"{option} is about the bills, not about a file.", f"Leave out {option} or --series."
                )
    if _is_given(arguments, "expected") and _is_given(arguments, "not_expected"):
        raise WrongArguments("--expected and --not-expected exclude each other.", "Give one of them.")
    judged = _is_given(arguments, "expected") or _is_given(arguments, "not_expected")
    if _is_given(arguments, "note") and not judged:
        raise WrongArguments("--note says why a day was expected or not.", "Give --expected DAY or --not-expected DAY.")
    for name in ("explain", "least", "least_share"):
        if judged and _is_given(arguments, name):
            option = f"--{name.replace('_', '-')}"
            raise WrongArguments(f"{option} finds odd days; a day is judged by itself.", f"Leave out {option}.")


def least_of(arguments: argparse.Namespace, usual: Least) -> Least:
    """What makes a day worth telling: what was asked for, or else what is usual."""
    share, amount = arguments.least_share, arguments.least
    return Least(usual.share if share is None else share, usual.amount if amount is None else amount)


def _is_given(arguments: argparse.Namespace, name: str) -> bool:
    value = getattr(arguments, name, None)
    return value is not None and value is not False and value not in ("", [])
