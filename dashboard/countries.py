"""Countries: their names, and the three letters that maps know them by, from the two that logs have (ISO 3166)."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "assets" / "countries.csv"


@dataclass(frozen=True)
class Country:
    """A country, or a territory with a code of its own."""

    alpha_2: str
    alpha_3: str
    name: str


def country(alpha_2: str) -> Country | None:
    """None for a code that is no country's."""
    return _countries().get(alpha_2)


def name(alpha_2: str) -> str:
    """What people call it; the code itself where it is no country's."""
    found = country(alpha_2)
    return found.name if found else alpha_2


@cache
def _countries() -> dict[str, Country]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {row["alpha_2"]: Country(**row) for row in csv.DictReader(file)}
