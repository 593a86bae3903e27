"""Sessions: what was watched in a period, each time once, as the warehouse's questions ask for it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from core.telemetry.statements import statements
from core.warehouse import Warehouse

_SQL = statements(__file__)


def ask(
    warehouse: Warehouse, question: str, start: date, end: date, video: str | None = None, **words: str
) -> list[tuple[Any, ...]]:
    """The rows of a question of the file beside this one, about the days from start up to, and without, end."""
    return warehouse.query(_statement(question, video, words), _values(start, end, video))


def columns(warehouse: Warehouse, question: str, start: date, end: date, video: str | None = None) -> pa.Table:
    """The same as an Arrow table, where there are many rows."""
    return warehouse.arrow(_statement(question, video, {}), _values(start, end, video))


def _values(start: date, end: date, video: str | None) -> dict[str, object]:
    return {"start": start, "end": end, **({} if video is None else {"video": video})}


def _statement(question: str, video: str | None, words: Mapping[str, str]) -> str:
    when = f"day >= $start AND day < $end{'' if video is None else ' AND video = $video'}"
    sql = _SQL[question].replace("CHOSEN_RUNGS", f"(SELECT * FROM playback_rungs WHERE {when})")
    sql = sql.replace("CHOSEN", f"(SELECT * FROM playbacks WHERE {when})")
    for word, meant in words.items():
        sql = sql.replace(word, meant)
    return sql
