"""Warehouse: what was measured, as immutable Parquet segments that DuckDB reads in any process."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from core.checksums import Check, Checked, Checksum
from core.contents import Contents, Totals
from core.database import Connection, Database, named_queries
from core.derived import DERIVED
from core.errors import WarehouseError
from core.holding import Held
from core.measurements import Measured, define, in_order, measured, named_in, read_by, segment_files
from core.sql import literal
from core.steps import take_steps

_queries: Any = named_queries(__file__)
_VIEWS = Path(__file__).with_name("warehouse.sql").read_text()

#: Each file of a segment, and the view that reads it.
FACTS = {"monthly.parquet": "monthly_charges", "daily.parquet": "charges", "resource.parquet": "resource_charges"}
#: Of a view that is held in memory.
_HELD_ROWS = 400_000
#: Of all views of measurements that are, at 5 to 40 bytes each: the first that are asked for, where they fit and are no
#: more than a quarter. As many of each that is derived besides, which would be worked out for each question otherwise.
_HELD_MEASURED_ROWS = 3_000_000
#: What is asked for only by way of a view that is.
_NOT_HELD = {"sessions", "session_rungs", "request_paths"}
_Answer = TypeVar("_Answer")
_Ask = Callable[[duckdb.DuckDBPyConnection], _Answer]


@dataclass(frozen=True)
class Pointers:
    """What the database says of the current segments."""

    paths: Sequence[str]  #: the folder of each, below the warehouse's
    bills: Sequence[Sequence[Any]]  #: rows of the warehouse's table `bills`
    some_uncounted: bool  #: for some of the bills another export is counted
    measured: Measured = field(default_factory=dict[str, Sequence[Sequence[Any]]])  #: the views that are asked for


def pointers(connection: Connection, sql: str = "") -> Pointers:
    """The current segments, as they are at this moment; of measurements, those that a question asks for."""
    views = named_in(sql)
    return Pointers(
        [row["path"] for row in _queries.segments(connection)],
        [tuple(row) for row in _queries.bills(connection)],
        bool(_queries.uncounted(connection)["bills"]),
        measured(segment_files(connection, views), views) if views else {},
    )


class Warehouse:
    """Views on the current segments; one object a process, one cursor a thread.

    Every question raises WarehouseError where a segment's file is gone, or is not as it was written.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self._database = database
        self._lock = threading.Lock()
        self._watch = database.watch()
        self._checked, self._checked_measured = Checked(), Checked()
        self._standing: dict[str, list[tuple[Any, ...]]] = {}
        self._measured: frozenset[str] = frozenset()  #: views of measurements that are as the database says
        self._looked_at: frozenset[str] = frozenset()  #: those of them that are held, if they can be
        self._held_rows = 0  #: of those
        self._open()

    def _open(self) -> None:
        self._seen = -1  #: revision of the views; -1: they are to be made
        # questions are small: a second thread costs more than it gains, and each caller's own thread works for it
        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.execute("SET timezone = 'UTC'; SET parquet_metadata_cache = true; SET memory_limit = '1GB'")
        self._held = Held()
        self._own = threading.local()

    def ready(self, sql: str = "") -> None:
        """Raise WarehouseError where a question now would."""
        self._answer(lambda _: None, named_in(sql))

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a query on the views of FACTS and of measurements, and the table `bills`."""
        return self._answer(lambda cursor: cursor.execute(sql, dict(parameters or {})).fetchall(), read_by(sql))

    def steps(self, selects: Mapping[str, str], parameters: Mapping[str, object]) -> pa.Table:
        """The last of several selects, each of which may read those before it by their names."""
        views = frozenset[str]().union(*map(read_by, selects.values()))
        return self._answer(lambda _: take_steps(self._connection, selects, parameters), views)

    def standing(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query that is asked again and again; kept until the segments change."""

        def kept(cursor: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
            standing = self._standing  # as it is before asking: what older segments say must not outlive them
            if sql not in standing:
                standing[sql] = cursor.execute(sql).fetchall()
            return standing[sql]

        return self._answer(kept, read_by(sql), hold=False)  # asked once, it would cost more to hold what it reads

    def arrow(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """The same as an Arrow table, for charts and downloads."""
        given = dict(parameters or {})
        return self._answer(lambda cursor: cursor.sql(sql, params=given).to_arrow_table(), read_by(sql))

    def revision(self) -> int:
        """Grows with each change of the segments: the key for whatever is cached."""
        return revision(self._database)

    def segment_files(self) -> tuple[Path, ...]:
        """The Parquet files that the views read at this moment."""
        with self._database.reading() as connection:
            paths = [self.folder / row["path"] for row in _queries.segments(connection)]
        return tuple(path / name for path in paths for name in FACTS)

    def is_as_written(self) -> bool:
        """Whether every file of the segments is there, and known to be as it was written."""
        with self._database.reading() as connection:
            recorded = _recorded(connection, self.folder)
        return all(file in recorded and recorded[file].fits(file) for file in self.segment_files())

    def _answer(self, ask: _Ask[_Answer], views: frozenset[str], hold: bool = True) -> _Answer:
        # fetching is part of asking: DuckDB reads the files bit by bit, as the rows are taken
        try:
            self._refresh(views, hold)
            return ask(self._cursor())
        except (duckdb.Error, WarehouseError) as error:
            # what is wrong with a file, a second look at it will tell; where a writer has replaced it, all is well
            self._begin_anew(isinstance(error, duckdb.Error))
        self._refresh(views, hold)
        return ask(self._cursor())

    def _begin_anew(self, reopen: bool) -> None:
        with self._lock:
            self._seen, self._measured, self._looked_at = -1, frozenset(), frozenset()
            self._checked, self._checked_measured = Checked(), Checked()
            if reopen:  # what it read of a damaged file may have left DuckDB unusable
                self._open()

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's own: to make one takes a fifth of a short question."""
        own = self._own
        if not hasattr(own, "cursor"):
            own.cursor = self._connection.cursor()
        return own.cursor

    def _refresh(self, views: frozenset[str], hold: bool) -> None:
        with self._lock:
            if self._seen == -1 or self._watch.changed():
                self._look()
            if missing := views - self._measured:
                self._measure(missing)
            if hold and (others := views - self._looked_at):
                self._hold(others)

    def _look(self) -> None:
        seen, self._seen = self._seen, -1
        with self._database.reading() as connection:
            newest = _revision(connection)
            if newest != seen:
                if damaged := self._checked.first_damaged(_checks(connection, self.folder)):
                    raise _damaged(damaged)
                create_views(self._connection, self.folder, pointers(connection))
                for view in FACTS.values():
                    self._held.hold(self._connection.cursor(), view, _HELD_ROWS)
                self._standing = {}  # not before: who asks meanwhile is answered from the older segments
                self._measured, self._looked_at, self._held_rows = frozenset(), frozenset(), 0
        self._seen = newest

    def _measure(self, views: frozenset[str]) -> None:
        """Make views of measurements: who asks for none opens none of their files."""
        with self._database.reading() as connection:
            files = segment_files(connection, views)
        for file in files:
            if not self._checked_measured.is_sound(self.folder / file.path, file.written.fits):
                raise _damaged(self.folder / file.path, "measurements")
        define(self._connection.cursor(), self.folder, measured(files, views))
        self._measured |= views

    def _hold(self, views: frozenset[str]) -> None:
        cursor = self._connection.cursor()
        for view in in_order(views - _NOT_HELD):
            if view in DERIVED:  # to count its rows is to make it
                self._held.hold(cursor, view, _HELD_MEASURED_ROWS, "" if DERIVED[view].few else DERIVED[view].of[0])
            else:
                left = _HELD_MEASURED_ROWS - self._held_rows
                self._held_rows += self._held.hold(cursor, view, min(left, _HELD_MEASURED_ROWS // 4))
        self._looked_at |= views


def _recorded(connection: Connection, folder: Path) -> dict[Path, Checksum]:
    rows = _queries.segment_files(connection)
    return {folder / row["path"] / row["name"]: Checksum(row["size_bytes"], row["sha256"]) for row in rows}


def _checks(connection: Connection, folder: Path) -> dict[Path, Check]:
    """How to tell of each file of the current segments that it is as it was written."""
    recorded = _recorded(connection, folder)
    checks: dict[Path, Check] = {file: checksum.fits for file, checksum in recorded.items()}
    if unrecorded := unrecorded_totals(connection):
        contents = Contents()
        for path, totals in unrecorded.items():
            checks |= {
                folder / path / name: partial(contents.are, view=view, totals=totals) for name, view in FACTS.items()
            }
    return checks


def unrecorded_totals(connection: Connection) -> dict[str, Totals]:
    """What the bills of segments without checksums come to, by folder; an older version wrote them."""
    found: dict[str, Totals] = {}
    for row in _queries.unrecorded(connection):
        totals = found.setdefault(row["path"], {})
        if row["currency"] is not None:
            rows, total = totals.get(row["currency"], (0, Decimal(0)))
            totals[row["currency"]] = (rows + row["row_count"], total + Decimal(row["total"]))
    return found


def _damaged(file: Path, of: str = "bills") -> WarehouseError:
    how = "damaged: it is not as it was written" if os.access(file, os.F_OK) else "missing"
    return WarehouseError(
        f"The warehouse's file {file} is {how}.", f"Run python -m core ingest: it is made again from the {of}."
    )


def revision(database: Database) -> int:
    """How often the segments have changed; 0 while nothing was ever ingested."""
    with database.reading() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> int:
    return _queries.revision(connection)["revision"]


def create_views(duck: duckdb.DuckDBPyConnection, folder: Path, current: Pointers) -> None:
    """Define the warehouse's views in a DuckDB, on the segments that the database points to."""
    cursor = duck.cursor()
    cursor.execute("BEGIN")
    try:
        _define(cursor, folder, current)
    except BaseException:
        cursor.execute("ROLLBACK")  # now, because the error holds on to the cursor
        raise
    cursor.execute("COMMIT")


def _define(cursor: duckdb.DuckDBPyConnection, folder: Path, current: Pointers) -> None:
    cursor.execute(_VIEWS)
    if current.bills:
        cursor.executemany(f"INSERT INTO bills VALUES ({', '.join('?' * len(current.bills[0]))})", current.bills)
    for name, view in FACTS.items():
        _create_view(cursor, view, [folder / path / name for path in current.paths], current.some_uncounted)
    define(cursor, folder, current.measured)


_UNCOUNTED = """
    ANTI JOIN uncounted_bills bill ON charge.export = bill.export AND charge.kind = bill.kind
        AND charge.billing_period_start = bill.billing_period_start
        AND coalesce(charge.provider_name, '') = bill.provider_name
        AND coalesce(charge.billing_account_id, '') = bill.billing_account_id
        AND coalesce(charge.sub_account_id, charge.billing_account_id, '') = bill.sub_account_id
"""


def _create_view(cursor: duckdb.DuckDBPyConnection, view: str, files: list[Path], some_uncounted: bool) -> None:
    if not files:
        cursor.execute(f"CREATE OR REPLACE VIEW {view} AS SELECT * FROM empty_{view}")
        return
    listed = ", ".join(literal(file) for file in files)
    but = _UNCOUNTED if some_uncounted else ""
    cursor.execute(f"CREATE OR REPLACE VIEW {view} AS SELECT charge.* FROM read_parquet([{listed}]) charge {but}")
