"""Printing: tables for people, JSON for programs."""

import json
import math
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Any


def say(text: str) -> None:
    """A line on standard output."""
    sys.stdout.write(f"{text}\n")


def note(text: str) -> None:
    """A line on standard error, beside the answer."""
    sys.stderr.write(f"{printable(text)}\n")


def say_json(answer: Any) -> None:
    """The answer for programs; what is no number there (NaN, infinity) is null."""
    say(json.dumps(_as_json(answer), indent=2, allow_nan=False))


def _as_json(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _as_json(each) for key, each in value.items()}
    return [_as_json(each) for each in value] if isinstance(value, list | tuple) else value


def plain(amount: Decimal) -> str:
    """An amount in full precision, without an exponent or trailing zeros: 18.0066386184."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def say_table(head: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> None:
    """Columns of equal width; those in `right` are aligned to the right."""
    cells = [list(map(printable, row)) for row in (head, *rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(head))]
    for row in cells:
        padded = [
            cell.rjust(w) if n in right else cell.ljust(w) for n, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        say("  ".join(padded).rstrip())


def printable(text: str) -> str:
    """Text from a bill, without what would steer a terminal."""
    return "".join(character if character.isprintable() else "�" for character in text)
