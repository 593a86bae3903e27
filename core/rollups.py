"""Rollups: what a day's facts come to without what few questions ask for; files that are written beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from core.numbered import copy_texts
from core.sql import literal


@dataclass(frozen=True)
class Rollup:
    """A view that says the same as a finer one, in fewer rows."""

    finer: str  #: the view that it is made of
    select: str  #: of FINER

    def of(self, files: Sequence[Path]) -> str:
        """The select on files of the finer view."""
        return self.made_of(_read(files))

    def made_of(self, finer: str) -> str:
        """The select on what has the finer view's rows."""
        return self.select.replace("FINER", finer)


#: What timings are told apart by beside the day, in a view each, so that none has rows that are not asked for. Of two
#: dimensions the first is the one by which a file's rows lie, as what is looked for in it is mostly one value of that.
_TIMED_BY = (
    ("edge",), ("country",), ("device",), ("rung",), ("video",),
    ("edge", "country"), ("device", "edge"), ("device", "country"),
    ("video", "country"), ("rung", "country"), ("video", "rung"),
)  # fmt: skip
_TITLES = {"video", "rung"}


def _timings_view(dimensions: Sequence[str]) -> str:
    # `video_timings` was another view in older versions, whose files may lie there still
    return f"{'_'.join(dimensions) if dimensions != ('video',) else 'each_video'}_timings"


#: The view of each.
TIMED: Mapping[frozenset[str], str] = {frozenset(each): _timings_view(each) for each in _TIMED_BY}

_IS_BOT = "device = 'bot'"
#: Rows of a group of rows in a file: questions about one value leave out the other groups.
_GROUP_ROWS = 8_192
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


def _timings(dimensions: Sequence[str]) -> Rollup:
    finer, bot = ("title_timings", "bot") if _TITLES & set(dimensions) else ("day_timings", _IS_BOT)
    columns = ", ".join(dimensions)
    return Rollup(
        finer,
        f"SELECT day, distribution, {columns}, {bot} AS bot, measure, bin, sum(requests)::BIGINT AS requests "
        f"FROM FINER GROUP BY ALL ORDER BY {columns}",
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
    "rung_days": Rollup(
        "requests", _sums("hour::DATE AS day, distribution, edge, country, device, bot, rung", "rung, edge")
    ),
    "hour_timings": Rollup(
        "request_timings",
        f"SELECT hour, distribution, {_IS_BOT} AS bot, measure, bin, sum(requests)::BIGINT AS requests "
        "FROM FINER WHERE measure <> 'taken' GROUP BY ALL ORDER BY hour",
    ),
    **{_timings_view(dimensions): _timings(dimensions) for dimensions in _TIMED_BY},
}


def write_rollups(duck: duckdb.DuckDBPyConnection, finer: str, facts: str, folder: Path) -> None:
    """Write the rollups of a view into a folder, made of a table with its facts; texts may be numbered there."""
    for view, rollup in ROLLUPS.items():
        if rollup.finer == finer:
            copy_texts(duck, rollup.made_of(facts), folder / f"{view}.parquet", _GROUP_ROWS)


def _read(files: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(map(literal, files))}])"
