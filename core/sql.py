"""SQL: values and names written into a statement where DuckDB takes no parameters."""

from pathlib import Path


def literal(value: str | Path) -> str:
    """Text, or the path of a file, as an SQL literal."""
    return "'" + str(value).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """The name of a column as an SQL identifier, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'
