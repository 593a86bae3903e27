"""Fitting: options that do not go together are refused by name, so that none is ignored in silence."""

import argparse
from collections.abc import Mapping

from core.errors import WrongArguments

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


def _is_given(arguments: argparse.Namespace, name: str) -> bool:
    value = getattr(arguments, name, None)
    return value is not None and value is not False and value not in ("", [])
