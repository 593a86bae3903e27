"""Logs: the same files into facts, parsed only by DuckDB, and added up by polars."""

import gzip
import io
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.log_lines import FIELDS

#: What facts are made of, and nothing else: the same columns that the ingestion reads.
_READ = ("date", "time", "x-edge-location", "sc-bytes", "cs(Host)", "cs-uri-stem", "sc-status", "cs(User-Agent)",
         "cs-uri-query", "x-edge-request-id", "cs-protocol", "cs-bytes", "time-taken", "x-edge-response-result-type",
         "time-to-first-byte")  # fmt: skip


def load(source: str, home: str) -> int:
    """Into facts; how many lines are counted."""
    from core.ingestion import ingest
    from core.settings import DemoMode, Settings
    from core.sqlite_database import SqliteDatabase

    settings = Settings(phyght_home=Path(home), phyght_demo=DemoMode.OFF, _env_file=None)  # pyright: ignore[reportCallIssue]
    database = SqliteDatabase(settings.phyght_home / "phyght.db")
    database.migrate()
    report = ingest(source, database, Path(home) / "warehouse", settings, lambda: datetime.now(UTC))
    return sum(day.lines for day in report.measured.days)


def parse(files: list[str]) -> int:
    """Every value of the columns that facts are made of is looked at; how many lines there are."""
    import duckdb

    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(FIELDS)))
    looked = ", ".join(f"max(c{FIELDS.index(name)})" for name in _READ)
    with duckdb.connect(config={"threads": 1, "memory_limit": "160MB"}) as duck:
        rows = duck.execute(
            f"SELECT count(*), {looked} FROM read_csv($files, auto_detect = false, delim = '\t', quote = '', "
            f"escape = '', header = false, skip = 2, columns = {{{columns}}})",
            {"files": files},
        ).fetchall()
    return rows[0][0]


def polars(files: list[str]) -> int:
    """Requests and bytes by hour, edge, path and result, a file at a time; how many lines there are."""
    import polars as pl

    keys = ["hour", "x-edge-location", "cs-uri-stem", "sc-status", "x-edge-response-result-type"]
    parts = []
    for file in files:
        text = gzip.decompress(Path(file).read_bytes())
        frame = pl.read_csv(
            io.BytesIO(text), separator="\t", has_header=False, skip_rows=2, new_columns=FIELDS, quote_char=None,
            infer_schema=False,
        )  # fmt: skip
        parts.append(
            frame.with_columns(pl.col("time").str.head(2).alias("hour"), pl.col("sc-bytes").cast(pl.Int64))
            .unique("x-edge-request-id")
            .group_by(keys)
            .agg(pl.len().alias("requests"), pl.col("sc-bytes").sum())
        )
    return int(pl.concat(parts).group_by(keys).agg(pl.col("requests").sum())["requests"].sum())


def goaccess(files: list[str]) -> int:
    """The report of Debian's goaccess; the size of its answer in bytes. Only where it is installed."""
    command = [
        "goaccess", "-", "--log-format=CLOUDFRONT", "--date-format=%Y-%m-%d", "--time-format=%H:%M:%S", "-o", "json",
        "--no-progress",
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        for file in files:
            with gzip.open(file) as lines:
                shutil.copyfileobj(lines, process.stdin)
        answer, _ = process.communicate()
    return len(answer)
