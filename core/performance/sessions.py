"""Sessions: what was watched in a period, each time once, as the warehouse's questions ask for it."""

from datetime import date
from typing import Any

from core.telemetry.statements import statements
from core.warehouse import Warehouse

_SQL = statements(__file__)


def ask(
    warehouse: Warehouse, question: str, start: date, end: date, video: str | None = None, **words: str
) -> list[tuple[Any, ...]]:
    """The rows of a question of the file beside this one, about the days from start up to, and without, end."""
    values: dict[str, object] = {"start": start, "end": end}
    when = "day >= $start AND day < $end"
    if video is not None:
        values["video"], when = video, f"{when} AND video = $video"
    sql = _SQL[question].replace("CHOSEN_RUNGS", f"(SELECT * FROM playback_rungs WHERE {when})")
    sql = sql.replace("CHOSEN", f"(SELECT * FROM playbacks WHERE {when})")
    for word, meant in words.items():
        sql = sql.replace(word, meant)
    return warehouse.query(sql, values)
