"""Query: one SELECT on the warehouse, run in a process of its own that can be stopped at any moment."""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from core.access.roles import Permission, User
from core.database import Database
from core.errors import QueryRefused, QueryStopped
from core.settings import Settings
from core.warehouse import Warehouse, pointers

_ROOT = Path(__file__).parent.parent.parent
#: Longest that a query may be.
MOST_CHARACTERS = 50_000
#: All that the process gets to know of ours: no secret. Without the second, threads reserve 64 MB each.
ENVIRONMENT = {"PATH": os.defpath, "MALLOC_ARENA_MAX": "2"}
_STOPPED = "stopped"
_NARROW = "Ask for fewer days or columns, or add up before joining."


@dataclass(frozen=True)
class Limits:
    """How much one query may take."""

    seconds: int
    rows: int
    memory_mb: int = 512  #: of DuckDB; see sandbox.py for what the process may have beside it
    result_mb: int = 32


def limits(settings: Settings) -> Limits:
    """The limits of this installation."""
    return Limits(settings.phyght_query_seconds, settings.phyght_query_rows)


@dataclass(frozen=True)
class QueryResult:
    """What a query came to."""

    table: pa.Table
    truncated: bool  #: whether there were more rows than the limit
    took_s: float


class RunningQuery:
    """A query under way; leaving its `with` block stops it."""

    def __init__(self, user: User, warehouse: Warehouse, database: Database, sql: str, limits: Limits) -> None:
        """Start it. Raises PermissionDenied, QueryRefused when it is too long, and WarehouseError as questions do."""
        user.require(Permission.QUERY_WAREHOUSE)
        warehouse.ready(sql)  # the process itself checks no file
        self._request: str | None = _request(warehouse, database, sql, limits)
        self._limits = limits
        self._started = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "core.explore.sandbox"],
            cwd=_ROOT,
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self._started

    def result(self, wait_s: float) -> QueryResult | None:
        """What it came to, or None when it is still running after so many seconds.

        Raises QueryRefused when the SQL is not allowed or not correct, and QueryStopped when it
        took too long, too much memory, or gave too much.
        """
        left = self._limits.seconds - self.elapsed_s
        request, self._request = self._request, None
        try:
            answer, _ = self._process.communicate(
                request.encode() if request else None, timeout=max(min(wait_s, left), 0.01)
            )
        except subprocess.TimeoutExpired:
            if self.elapsed_s < self._limits.seconds:
                return None
            raise self._too_slow() from None
        return _understood(answer, self.elapsed_s)

    def stop(self) -> None:
        """End it, and wait until it is gone."""
        self._process.kill()
        self._process.communicate()

    def _too_slow(self) -> QueryStopped:
        return QueryStopped(
            f"The query was stopped after {self._limits.seconds} seconds.",
            f"{_NARROW} PHYGHT_QUERY_SECONDS sets the limit.",
        )


def run_query(user: User, warehouse: Warehouse, database: Database, sql: str, limits: Limits) -> QueryResult:
    """The result of a query, waited for. Raises as RunningQuery does."""
    with RunningQuery(user, warehouse, database, sql, limits) as query:
        while (result := query.result(wait_s=1)) is None:
            pass
        return result


def _request(warehouse: Warehouse, database: Database, sql: str, limits: Limits) -> str:
    if len(sql) > MOST_CHARACTERS:
        raise QueryRefused(f"The query is longer than {MOST_CHARACTERS:,} characters.", "Shorten it.")
    with database.reading() as connection:
        current = pointers(connection, sql)
    asked = {"folder": str(warehouse.folder), "pointers": asdict(current), "sql": sql, "limits": asdict(limits)}
    return json.dumps(asked)


def _understood(answer: bytes, took_s: float) -> QueryResult:
    head, _, rows = answer.partition(b"\n")
    if not head:
        raise QueryStopped("The query took more memory than it may.", _NARROW)
    verdict = json.loads(head)
    if "error" in verdict:
        kind = QueryStopped if verdict["error"] == _STOPPED else QueryRefused
        raise kind(verdict["message"], verdict["advice"])
    return QueryResult(pa.ipc.open_stream(rows).read_all(), verdict["truncated"], took_s)
