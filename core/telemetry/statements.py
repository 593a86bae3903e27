"""Statements: DuckDB's named statements of the file beside a module."""

import re
from pathlib import Path

_NAMED = re.compile(r"^-- name: (\w+)\n(.*?)(?=^-- name: |\Z)", re.MULTILINE | re.DOTALL)


def statements(module_file: str) -> dict[str, str]:
    """The statements of the SQL file of a module's name, by their names."""
    text = Path(module_file).with_suffix(".sql").read_text()
    return {name: body.strip().removesuffix(";") for name, body in _NAMED.findall(text)}
