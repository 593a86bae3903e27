"""Examples: queries to start from."""

import re
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_name("examples.sql")
_NAMED = re.compile(r"^-- name: (.+)\n((?:(?!^-- name: ).*\n?)+)", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """A query with a name."""

    name: str
    sql: str


EXAMPLES = tuple(Example(name, sql.strip()) for name, sql in _NAMED.findall(_FILE.read_text()))
