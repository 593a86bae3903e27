"""Rollups: what a day's facts come to without what few questions ask for; files that are written beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from core.sql import literal


@dataclass(frozen=True)
class Rollup:
    """A view that says the same as a finer one, in fewer rows."""

    finer: str  #: the view that it is made of
    select: str  #: of FINER

    def of(self, files: Sequence[Path]) -> str:
        """The select on files of the finer view."""
        return self.select.replace("FINER", f"read_parquet([{', '.join(map(literal, files))}])")


#: What timings are told apart by in `place_timings` and in `video_timings`, beside the day.
TIMED_PLACES = ("edge country", "edge device", "country device")
TIMED_TITLES = ("video", "country video", "country rung", "video rung")
#: What they are told apart by in views of their own, one at a time, which are small enough to be held in memory.
TIMED_ALONE = {
    "edge": "edge_timings",
    "country": "country_timings",
    "device": "device_timings",
    "hour": "hour_timings",
    "rung": "rung_timings",
}

_IS_BOT = "device = 'bot'"
#: Rows of a group of rows in a file: questions about one value leave out the other groups.
_GROUP_ROWS = 8_192
#: The rollup with the most rows, and from how many rows of facts on it is made of numbers instead of texts.
_LARGEST, _MANY_ROWS = "video_timings", 100_000
_SUMS = """
    sum(requests)::BIGINT AS requests,
    sum(bytes)::BIGINT AS bytes,
    coalesce(sum(requests) FILTER (result IN ('hit', 'refreshhit')), 0)::BIGINT AS hits,
    coalesce(sum(requests) FILTER (result IN ('hit', 'refreshhit', 'miss')), 0)::BIGINT AS cacheable,
    coalesce(sum(bytes) FILTER (result IN ('hit', 'refreshhit')), 0)::BIGINT AS hit_bytes,
    coalesce(sum(bytes) FILTER (result IN ('hit', 'refreshhit', 'miss')), 0)::BIGINT AS cacheable_bytes,
    sum(CASE WHEN status BETWEEN 400 AND 499 THEN requests WHEN told THEN 0 END)::BIGINT AS errors_4xx,
    sum(CASE WHEN status BETWEEN 500 AND 599 THEN requests WHEN told THEN 0 END)::BIGINT AS errors_5xx,
    sum(lines)::BIGINT AS lines
"""


def _sums(columns: str, order: str) -> str:
    """Requests whose status or bytes are unknown are rows of their own, so that no share is made of them."""
    apart = "status IS NOT NULL AS told, bytes IS NOT NULL AS sized"
    select = f"SELECT {columns}, told, sized, {_SUMS} FROM (SELECT *, {apart} FROM FINER) GROUP BY ALL"
    return f"SELECT * EXCLUDE (told, sized) FROM ({select}) ORDER BY {order}"


def _timings(apart: Sequence[str], names: Sequence[str], bot: str) -> str:
    parts: list[str] = []
    for dimensions in apart:
        columns = ", ".join(name if name in dimensions.split() else f"NULL AS {name}" for name in names)
        parts.append(
            f"SELECT day, distribution, '{dimensions}' AS dimensions, {columns}, {bot} AS bot, measure, bin, "
            "sum(requests)::BIGINT AS requests FROM FINER GROUP BY ALL"
        )
    return f"FROM ({' UNION ALL '.join(parts)}) ORDER BY dimensions, {', '.join(reversed(names))}"


def _alone(dimension: str, bot: str) -> str:
    return (
        f"SELECT day, distribution, {dimension}, {bot} AS bot, measure, bin, sum(requests)::BIGINT AS requests "
        f"FROM FINER GROUP BY ALL ORDER BY {dimension}"
    )


ROLLUPS: Mapping[str, Rollup] = {
    "place_hours": Rollup("request_places", _sums("hour, distribution, edge, country, device, bot", "hour")),
    "place_days": Rollup(
        "request_places", _sums("hour::DATE AS day, distribution, edge, country, device, bot", "day, edge")
    ),
    "title_days": Rollup("request_titles", _sums("day, distribution, country, bot, video, rung", "day, video, rung")),
    "title_hours": Rollup(
        "requests", _sums("hour, distribution, edge, country, device, bot, video, rung", "video, rung, hour")
    ),
    "edge_timings": Rollup("day_timings", _alone("edge", _IS_BOT)),
    "country_timings": Rollup("day_timings", _alone("country", _IS_BOT)),
    "device_timings": Rollup("day_timings", _alone("device", _IS_BOT)),
    "hour_timings": Rollup(
        "request_timings",
        f"SELECT hour, distribution, {_IS_BOT} AS bot, measure, bin, sum(requests)::BIGINT AS requests "
        "FROM FINER WHERE measure <> 'taken' GROUP BY ALL ORDER BY hour",
    ),
    "rung_timings": Rollup("title_timings", _alone("rung", "bot")),
    "place_timings": Rollup("day_timings", _timings(TIMED_PLACES, ("device", "country", "edge"), _IS_BOT)),
    "video_timings": Rollup("title_timings", _timings(TIMED_TITLES, ("country", "rung", "video"), "bot")),
}


def write_rollups(duck: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the rollups of the facts that lie in a folder, into it."""
    for view, rollup in ROLLUPS.items():
        facts = folder / f"{rollup.finer}.parquet"
        if facts.exists():
            select = rollup.of([facts])
            if view == _LARGEST and pq.read_metadata(facts).num_rows > _MANY_ROWS:
                select = _by_numbers(duck, rollup, facts)
            target = literal(folder / f"{view}.parquet")
            duck.execute(f"COPY ({select}) TO {target} (FORMAT parquet, ROW_GROUP_SIZE {_GROUP_ROWS})")
    duck.execute("DROP TABLE IF EXISTS numbered")


def _by_numbers(duck: duckdb.DuckDBPyConnection, rollup: Rollup, facts: Path) -> str:
    """The select of a rollup, made of facts whose texts are numbers in the order of the texts until the end."""
    names = ("distribution", "video", "rung", "country", "measure")
    found = f"read_parquet({literal(facts)})"
    duck.execute("DROP TABLE IF EXISTS numbered")
    for name in names:
        duck.execute(f"DROP TYPE IF EXISTS each_{name}")
        distinct = f"SELECT DISTINCT {name} FROM {found} WHERE {name} IS NOT NULL ORDER BY {name}"
        duck.execute(f"CREATE TYPE each_{name} AS ENUM ({distinct})")
    numbers = ", ".join(f"{name}::each_{name} AS {name}" for name in names)
    duck.execute(f"CREATE TEMP TABLE numbered AS SELECT * REPLACE ({numbers}) FROM {found}")
    texts = ", ".join(f"{name}::VARCHAR AS {name}" for name in names)
    return f"SELECT * REPLACE ({texts}) FROM ({rollup.select.replace('FINER', 'numbered')})"
