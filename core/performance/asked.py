"""Asked: which requests are asked for, and the questions to the smallest tables that tell of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from core.costs.period import Period
from core.performance.tables import Table, sums_table, sums_tables, timings_table
from core.performance.timings import NO_TIMINGS, TOGETHER, Timings, timings_in
from core.sql import literal
from core.warehouse import Warehouse


class By(StrEnum):
    """What deliveries are told apart by."""

    EDGE = "edge"
    COUNTRY = "country"
    VIDEO = "video"
    HOUR = "hour"
    DAY = "day"  #: UTC
    DEVICE = "device"
    RUNG = "rung"
    RESULT = "result"


@dataclass(frozen=True)
class Only:
    """Which requests are asked for; None: whichever."""

    edge: str | None = None
    country: str | None = None
    device: str | None = None
    video: str | None = None
    rung: str | None = None
    bots: bool = False  #: those of crawlers, scripts and health checks too

    @property
    def values(self) -> dict[str, str]:
        """What is asked for, by the columns' names."""
        names = (each.name for each in fields(self) if each.name != "bots")
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    @property
    def of_paths(self) -> "Only":
        """What of it is told of paths as well: their devices, videos and rungs are not kept."""
        return Only(edge=self.edge, country=self.country, bots=self.bots)


Sums = tuple[int, ...]  #: as SUMS has them
_NONE = (0,) * 10


def sum_up(rows: Iterable[Sums]) -> Sums:
    """The sums of several together."""
    return tuple(map(sum, zip(*rows, _NONE, strict=True)))


class Asked:
    """Requests of a period."""

    def __init__(self, warehouse: Warehouse, period: Period, only: Only) -> None:
        self.warehouse, self.only = warehouse, only
        self._values: dict[str, object] = {"start": period.start, "end": period.end, **only.values}

    def timed(self, by: By) -> bool:
        """Whether times and speeds are kept by this too."""
        return timings_table({by, *self.only.values}) is not None

    def sums(self, bys: Sequence[By]) -> tuple[dict[By, dict[Any, Sums]], int]:
        """By each dimension its labels' sums; and the requests that are left out as they are no viewers'."""
        found: dict[By, dict[Any, Sums]] = {by: {} for by in bys}
        left_out: dict[By, int] = dict.fromkeys(bys, 0)
        for table, some in sums_tables(bys, self.only.values).items():
            for which, bot, *rest in self._ask(self._sums_sql(table, some)):
                by, label, sums = some[which], rest[which], tuple(rest[len(some) :])
                if bot and not self.only.bots:
                    left_out[by] += sums[0]
                else:
                    found[by][label] = sum_up((sums, found[by][label])) if label in found[by] else sums
        return found, left_out[bys[0]]

    def _sums_sql(self, table: Table, bys: Sequence[str]) -> str:
        labels = [f"l{number}" for number in range(len(bys))]
        named = ", ".join(f"{self._label(table, by)} AS {label}" for by, label in zip(bys, labels, strict=True))
        sets = ", ".join(f"(bot, {label})" for label in labels)
        return (
            f"SELECT {_which(labels)}, bot, {', '.join(labels)}, {table.sums} "
            f"FROM (SELECT *, {named} FROM {table.name} WHERE {self._where(table, everyone=True)}) "
            f"GROUP BY GROUPING SETS ({sets})"
        )

    def total(self) -> Sums:
        """Of all of them together."""
        table = sums_table(self.only.values)
        return tuple(self._ask(f"SELECT {table.sums} FROM {table.name} WHERE {self._where(table)}")[0])

    def timings(self, by: By, labels: Sequence[Any] | None = None) -> Timings:
        """Of a dimension's labels, or of some of them; nothing where they are not kept so."""
        table = timings_table({by, *self.only.values})
        return self._timings(table, self._label(table, by), labels) if table else NO_TIMINGS

    def all_timings(self) -> Timings:
        """Of all of them together."""
        table = timings_table(self.only.values)
        return self._timings(table, literal(TOGETHER)) if table else NO_TIMINGS

    def _timings(self, table: Table, label: str, labels: Sequence[Any] | None = None) -> Timings:
        some = "" if labels is None else f" AND {label} IN (SELECT unnest($labels))"
        counted = (
            f"SELECT measure, {label} AS label, bin, sum(requests)::BIGINT AS requests "
            f"FROM {table.name} WHERE {self._where(table)}{some} GROUP BY ALL"
        )
        members = "list(struct_pack(bin := bin, requests := requests)) AS members"
        sql = f"SELECT measure, label, {members} FROM ({counted}) GROUP BY ALL"
        return timings_in(self.warehouse.arrow(sql, self._values | ({"labels": labels} if some else {})))

    def _label(self, table: Table, by: str) -> str:
        """What is told apart, as SQL; what is kept by day has no hours."""
        return table.day if by == By.DAY else by

    def _where(self, table: Table, everyone: bool = False) -> str:
        tests = [table.when, *(f"{name} = ${name}" for name in self.only.values)]
        return " AND ".join(tests if everyone or self.only.bots else [*tests, table.viewers])

    def _ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.warehouse.query(sql, self._values)


def _which(labels: Sequence[str]) -> str:
    """The place of the label that a row is of, as SQL."""
    if len(labels) < 2:
        return "0"
    return f"CASE {' '.join(f'WHEN grouping({label}) = 0 THEN {place}' for place, label in enumerate(labels))} END"
