"""Tables: the smallest of the warehouse's that can answer a question about deliveries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.rollups import TIMED
from core.telemetry.agents import BOT

_PLACES, _TITLES = {"edge", "country", "device"}, {"country", "video", "rung"}

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
    rows: str = ""  #: which of its rows answer, as SQL; empty: all

    @property
    def day(self) -> str:
        """A row's day, as SQL."""
        return "day" if self.daily else "hour::DATE"

    @property
    def when(self) -> str:
        """The condition that a row is of the period, as SQL."""
        column = "day" if self.daily else "hour"
        return f"{column} >= $start AND {column} < $end{f' AND {self.rows}' if self.rows else ''}"


def sums_table(needed: Iterable[str]) -> Table:
    """Which has requests and bytes by these columns."""
    wanted = set(needed)
    titles, places, hours = wanted & {"video", "rung"}, wanted & {"edge", "device"}, "hour" in wanted
    if "result" in wanted:
        return _of_results(bool(titles), bool(places) or hours)
    if titles and wanted <= {"video", "rung", "day"}:
        return Table("video_days", True)
    if titles == {"rung"} and not hours:
        return Table("rung_days", True)
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
    if "video" in asked:  # of one few rows are read, whatever the table
        return {sums_table({*bys, *asked}): list(bys)}
    found: dict[Table, list[Any]] = {}
    for by in bys:
        found.setdefault(sums_table({by, *asked}), []).append(by)
    return found


def timings_table(needed: Iterable[str]) -> Table | None:
    """Which has times and speeds by these columns; None where they are not kept so."""
    wanted = frozenset(needed) - {"day"}
    if view := TIMED.get(wanted or frozenset({"device"})):
        return Table(view, True)
    if wanted == frozenset({"hour"}):
        return Table("hour_timings", False)
    viewers = f"device <> '{BOT}'"
    if wanted <= _PLACES:
        return Table("day_timings", True, viewers)
    if wanted <= {"hour", *_PLACES}:
        return Table("request_timings", False, viewers, rows="measure <> 'taken'")
    return Table("title_timings", True) if wanted <= _TITLES else None
