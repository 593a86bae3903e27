"""Tables: the smallest of the warehouse's that can answer a question about deliveries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.rollups import TIMED_ALONE, TIMED_PLACES, TIMED_TITLES
from core.telemetry.agents import BOT

_PLACES, _TITLES = ("edge", "country", "device"), ("country", "video", "rung")

#: What deliveries come to, as SQL on tables that have these sums; last, requests with a known status, and known bytes.
SUMS = """
    coalesce(sum(requests), 0)::BIGINT,
    coalesce(sum(bytes), 0)::BIGINT,
    coalesce(sum(hits), 0)::BIGINT,
    coalesce(sum(cacheable), 0)::BIGINT,
    coalesce(sum(hit_bytes), 0)::BIGINT,
    coalesce(sum(cacheable_bytes), 0)::BIGINT,
    coalesce(sum(errors_4xx), 0)::BIGINT,
    coalesce(sum(errors_5xx), 0)::BIGINT,
    coalesce(sum(requests) FILTER (errors_4xx IS NOT NULL), 0)::BIGINT,
    coalesce(sum(requests) FILTER (bytes IS NOT NULL), 0)::BIGINT
"""
#: The same on those that tell results and statuses apart.
SUMS_OF_RESULTS = """
    coalesce(sum(requests), 0)::BIGINT,
    coalesce(sum(bytes), 0)::BIGINT,
    coalesce(sum(requests) FILTER (result IN ('hit', 'refreshhit')), 0)::BIGINT,
    coalesce(sum(requests) FILTER (result IN ('hit', 'refreshhit', 'miss')), 0)::BIGINT,
    coalesce(sum(bytes) FILTER (result IN ('hit', 'refreshhit')), 0)::BIGINT,
    coalesce(sum(bytes) FILTER (result IN ('hit', 'refreshhit', 'miss')), 0)::BIGINT,
    coalesce(sum(requests) FILTER (status BETWEEN 400 AND 499), 0)::BIGINT,
    coalesce(sum(requests) FILTER (status BETWEEN 500 AND 599), 0)::BIGINT,
    coalesce(sum(requests) FILTER (status IS NOT NULL), 0)::BIGINT,
    coalesce(sum(requests) FILTER (bytes IS NOT NULL), 0)::BIGINT
"""


@dataclass(frozen=True)
class Table:
    """Where something is kept."""

    name: str
    daily: bool  #: it tells days, and no hours, apart
    viewers: str = "NOT bot"  #: which of its rows are of viewers, as SQL
    sums: str = SUMS
    dimensions: str = ""  #: of those of its rows that answer; empty: all
    rows: str = ""  #: which others of its rows answer, as SQL; empty: all

    @property
    def day(self) -> str:
        """A row's day, as SQL."""
        return "day" if self.daily else "hour::DATE"

    @property
    def when(self) -> str:
        """The condition that a row is of the period, as SQL."""
        column = "day" if self.daily else "hour"
        tests = [f"{column} >= $start AND {column} < $end"]
        tests += [f"dimensions = '{self.dimensions}'"] if self.dimensions else []
        return " AND ".join([*tests, self.rows] if self.rows else tests)


def sums_table(needed: Iterable[str]) -> Table:
    """Which has requests and bytes by these columns."""
    wanted = set(needed)
    titles, places, hours = wanted & {"video", "rung"}, wanted & {"edge", "device"}, "hour" in wanted
    if "result" in wanted:
        return _of_results(bool(titles), bool(places) or hours)
    if titles and wanted <= {"video", "rung", "day"}:
        return Table("video_days", True)
    if titles:
        return Table("title_hours", False) if places or hours else Table("title_days", True)
    return Table("place_hours", False) if hours else Table("place_days", True)


def _of_results(titles: bool, fine: bool) -> Table:
    if not titles:
        return Table("request_places", False, sums=SUMS_OF_RESULTS)
    name = "requests" if fine else "request_titles"
    return Table(name, not fine, sums=SUMS_OF_RESULTS)


def sums_tables(bys: Sequence[str], filters: Iterable[str]) -> dict[Table, list[Any]]:
    """The tables to ask for requests by each of several dimensions; as few as are small."""
    asked = set(filters)
    if asked & {"video", "rung"}:  # of one title few rows are read, whatever the table
        return {sums_table({*bys, *asked}): list(bys)}
    found: dict[Table, list[Any]] = {}
    for by in bys:
        found.setdefault(sums_table({by, *asked}), []).append(by)
    return found


def timings_tables(bys: Sequence[str], filters: Iterable[str]) -> dict[Table, list[Any]]:
    """The tables to ask for timings by each of several dimensions, of which those are left out that none is kept by."""
    asked = set(filters)
    each = {by: table for by in bys if (table := timings_table({by, *asked}))}
    whole = timings_table({*each, *asked})
    if each and asked and whole and whole.dimensions:
        return {whole: list(each)}
    found: dict[Table, list[Any]] = {}
    for by, table in each.items():
        found.setdefault(table, []).append(by)
    return found


def timings_table(needed: Iterable[str]) -> Table | None:
    """Which has times and speeds by these columns; None where they are not kept so."""
    wanted = set(needed) - {"day"}
    if len(wanted) < 2 and wanted <= TIMED_ALONE.keys():
        return Table(TIMED_ALONE[next(iter(wanted), "device")], wanted != {"hour"})
    if "hour" in wanted:
        viewers, measures = f"device <> '{BOT}'", "measure <> 'taken'"
        return Table("request_timings", False, viewers, rows=measures) if wanted <= {"hour", *_PLACES} else None
    if wanted <= set(_PLACES):
        named = " ".join(name for name in _PLACES if name in wanted)
        if named in TIMED_PLACES:
            return Table("place_timings", True, dimensions=named)
        return Table("day_timings", True, f"device <> '{BOT}'")
    if wanted <= set(_TITLES):
        named = " ".join(name for name in _TITLES if name in wanted)
        return Table("video_timings", True, dimensions=named) if named in TIMED_TITLES else Table("title_timings", True)
    return None
