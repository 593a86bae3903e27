"""Asked: which requests are asked for, and the few questions to the smallest tables that tell of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from core.costs.period import Period
from core.performance.tables import Table, sums_tables, timings_table, timings_tables
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


Sums = tuple[int, ...]  #: as SUMS has them
Timings = Mapping[str, Mapping[int, int]]  #: of a measure, requests by bin
_NONE = (0,) * 10


def sum_up(rows: Iterable[Sums]) -> Sums:
    """The sums of several together."""
    return tuple(map(sum, zip(*rows, _NONE, strict=True)))


def added_up(of_labels: Iterable[Timings]) -> Timings:
    """The timings of several together."""
    found: dict[str, Counter[int]] = {}
    for of_label in of_labels:
        for measure, counts in of_label.items():
            found.setdefault(measure, Counter()).update(counts)
    return found


class Asked:
    """Requests of a period; each table is asked once, for everything that it has to tell."""

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
        ((table, _),) = sums_tables((By.DAY,), self.only.values).items()
        return tuple(self._ask(f"SELECT {table.sums} FROM {table.name} WHERE {self._where(table)}")[0])

    def timings(self, bys: Sequence[By]) -> dict[By, dict[Any, dict[str, dict[int, int]]]]:
        """By each dimension its labels' requests, by measure and bin; nothing where they are not kept so."""
        found: dict[By, dict[Any, dict[str, dict[int, int]]]] = {by: {} for by in bys}
        for table, some in timings_tables(bys, self.only.values).items():
            for which, measure, at, requests, *labels in self._ask(self._timings_sql(table, some)):
                found[some[which]].setdefault(labels[which], {}).setdefault(measure, {})[at] = requests
        return found

    def timings_of(self, by: By, labels: Sequence[Any]) -> dict[Any, dict[str, dict[int, int]]]:
        """The same by one dimension, of some labels."""
        found: dict[Any, dict[str, dict[int, int]]] = {}
        table = timings_table({by, *self.only.values})
        if table:
            some = f" AND {self._label(table, by)} IN (SELECT unnest($labels))"
            for _, measure, at, requests, label in self._ask(self._timings_sql(table, [by], some), {"labels": labels}):
                found.setdefault(label, {}).setdefault(measure, {})[at] = requests
        return found

    def all_timings(self) -> Timings:
        """Of all of them together."""
        table = timings_table(self.only.values)
        found: dict[str, dict[int, int]] = {}
        for _, measure, at, requests in self._ask(self._timings_sql(table, [])) if table else ():
            found.setdefault(measure, {})[at] = requests
        return found

    def _timings_sql(self, table: Table, bys: Sequence[str], but: str = "") -> str:
        labels = [f"l{number}" for number in range(len(bys))]
        named = "".join(f", {self._label(table, by)} AS {label}" for by, label in zip(bys, labels, strict=True))
        sets = ", ".join(f"(measure, bin, {label})" for label in labels) or "(measure, bin)"
        where = f"{self._where(table)}{but}"
        return (
            f"SELECT {_which(labels)}, measure, bin, sum(requests)::BIGINT{''.join(f', {label}' for label in labels)} "
            f"FROM (SELECT measure, bin, requests{named} FROM {table.name} WHERE {where}) "
            f"GROUP BY GROUPING SETS ({sets})"
        )

    def _label(self, table: Table, by: str) -> str:
        """What is told apart, as SQL; what is kept by day has no hours."""
        return table.day if by == By.DAY else by

    def _where(self, table: Table, everyone: bool = False) -> str:
        tests = [table.when, *(f"{name} = ${name}" for name in self.only.values)]
        return " AND ".join(tests if everyone or self.only.bots else [*tests, table.viewers])

    def _ask(self, sql: str, more: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        return self.warehouse.query(sql, self._values | dict(more or {}))


def _which(labels: Sequence[str]) -> str:
    """The place of the label that a row is of, as SQL."""
    if len(labels) < 2:
        return "0"
    return f"CASE {' '.join(f'WHEN grouping({label}) = 0 THEN {place}' for place, label in enumerate(labels))} END"
