"""SQL: values written into a statement where DuckDB takes no parameters."""

from pathlib import Path


def literal(value: str | Path) -> str:
    """Text, or the path of a file, as an SQL literal."""
    return "'" + str(value).replace("'", "''") + "'"
