"""Warehouse: what was measured, as immutable Parquet segments that DuckDB reads in any process."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from core.database import Database, Watch, named_queries
from core.errors import WarehouseError

_queries: Any = named_queries(__file__)
_VIEWS = Path(__file__).with_name("warehouse.sql").read_text()

#: Each file of a segment, and the view that reads it.
FACTS = {"monthly.parquet": "monthly_charges", "daily.parquet": "charges", "resource.parquet": "resource_charges"}
#: Of a view that is held in memory, at about 300 bytes each.
_HELD_ROWS = 400_000
#: A file that is gone, cut short, or no Parquet.
_FILE_ERRORS = (duckdb.IOException, duckdb.InvalidInputException, duckdb.SerializationException)

_Answer = TypeVar("_Answer")
_Ask = Callable[[duckdb.DuckDBPyConnection], _Answer]


class Warehouse:
    """Views on the current segments; one object a process, one cursor a thread.

    Every question raises WarehouseError where a segment's files are gone.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self._database = database
        self._lock = threading.Lock()
        self._own = threading.local()
        self._watch = Watch(database)
        self._seen = -1  #: revision of the views; -1: they are to be made
        self._standing: dict[str, list[tuple[Any, ...]]] = {}
        # questions are small: a second thread costs more than it gains, and each caller's own thread works for it
        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.execute("SET timezone = 'UTC'; SET parquet_metadata_cache = true; SET memory_limit = '1GB'")

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a query on the views of FACTS and the table `bills`."""
        return self._answer(lambda cursor: cursor.execute(sql, dict(parameters or {})).fetchall())

    def standing(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query that is asked again and again; kept until the segments change."""

        def kept(cursor: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
            standing = self._standing  # as it is before asking: what older segments say must not outlive them
            if sql not in standing:
                standing[sql] = cursor.execute(sql).fetchall()
            return standing[sql]

        return self._answer(kept)

    def arrow(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """The same as an Arrow table, for charts and downloads."""
        return self._answer(lambda cursor: cursor.sql(sql, params=dict(parameters or {})).to_arrow_table())

    def revision(self) -> int:
        """Grows with each change of the segments: the key for whatever is cached."""
        return revision(self._database)

    def segment_files(self) -> tuple[Path, ...]:
        """The Parquet files that the views read at this moment."""
        with self._database.reading() as connection:
            paths = [self.folder / row["path"] for row in _queries.segments(connection)]
        return tuple(path / name for path in paths for name in FACTS)

    def _answer(self, ask: _Ask[_Answer]) -> _Answer:
        # fetching is part of asking: DuckDB reads the files bit by bit, as the rows are taken
        try:
            self._refresh()
            return ask(self._cursor())
        except _FILE_ERRORS:
            # a writer may have collected a segment between our look at the database and the reading of its file
            self._seen = -1
        try:
            self._refresh()
            return ask(self._cursor())
        except _FILE_ERRORS as error:
            raise WarehouseError(
                f"A part of the warehouse {self.folder} is missing or damaged.",
                "Run python -m core ingest: what is missing is made again from the bills.",
            ) from error

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's own: to make one takes a fifth of a short question."""
        if not hasattr(self._own, "cursor"):
            self._own.cursor = self._connection.cursor()
        return self._own.cursor

    def _refresh(self) -> None:
        with self._lock:
            if self._seen == -1 or self._watch.changed():
                self._look()

    def _look(self) -> None:
        seen, self._seen = self._seen, -1
        with self._database.reading() as connection:
            newest = _revision(connection)
            if newest != seen:
                create_views(self._connection, self.folder, connection)
                _hold_small_views(self._connection.cursor())
                self._standing = {}  # not before: who asks meanwhile is answered from the older segments
        self._seen = newest


def _hold_small_views(cursor: duckdb.DuckDBPyConnection) -> None:
    """Hold in memory what fits, which is all of it for most: without opening files a question costs half."""
    for view in FACTS.values():
        cursor.execute(f"DROP TABLE IF EXISTS held_{view}")
        (rows,) = cursor.execute(f"SELECT count(*) FROM {view}").fetchall()[0]
        if rows <= _HELD_ROWS:
            cursor.execute(f"CREATE TABLE held_{view} AS FROM {view}")
            cursor.execute(f"CREATE OR REPLACE VIEW {view} AS FROM held_{view}")


def revision(database: Database) -> int:
    """How often the segments have changed; 0 while nothing was ever ingested."""
    with database.reading() as connection:
        return _revision(connection)


def _revision(connection: Any) -> int:
    return _queries.revision(connection)["revision"]


def create_views(duck: duckdb.DuckDBPyConnection, folder: Path, connection: Any) -> None:
    """Define the warehouse's views in a DuckDB, on the segments that the database points to now."""
    cursor = duck.cursor()
    cursor.execute("BEGIN")
    try:
        _define(cursor, folder, connection)
    except BaseException:
        cursor.execute("ROLLBACK")  # now, because the error holds on to the cursor
        raise
    cursor.execute("COMMIT")


def _define(cursor: duckdb.DuckDBPyConnection, folder: Path, connection: Any) -> None:
    cursor.execute(_VIEWS)
    bills = [tuple(row) for row in _queries.bills(connection)]
    if bills:
        cursor.executemany(f"INSERT INTO bills VALUES ({', '.join('?' * len(bills[0]))})", bills)
    paths = [folder / row["path"] for row in _queries.segments(connection)]
    uncounted = _queries.uncounted(connection)["bills"]
    for name, view in FACTS.items():
        _create_view(cursor, view, [path / name for path in paths], bool(uncounted))


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
    listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    but = _UNCOUNTED if some_uncounted else ""
    cursor.execute(f"CREATE OR REPLACE VIEW {view} AS SELECT charge.* FROM read_parquet([{listed}]) charge {but}")
