"""Sessions: what was watched in a period, each time once, as the warehouse's questions ask for it."""

from datetime import date
from typing import Any

from core.telemetry.statements import statements
from core.warehouse import Warehouse

_SQL = statements(__file__)
_CHOSEN = _SQL["chosen"]


def ask(
    warehouse: Warehouse, question: str, start: date, end: date, video: str | None = None, **words: str
) -> list[tuple[Any, ...]]:
    """The rows of a question of the file beside this one, about the days from start up to, and without, end."""
    sql = _SQL[question].replace("CHOSEN", _CHOSEN)
    for word, meant in words.items():
        sql = sql.replace(word, meant)
    return warehouse.query(sql, {"start": start, "end": end, "video": video})
