"""Parquet: the two files of a history, out of queries."""

from pathlib import Path

import duckdb

OBJECTS = "SELECT 'a' AS object, 'v' AS \"group\", 1000000 AS bytes, DATE '2026-01-01' AS created"
READS = "SELECT 'a' AS object, DATE '2026-01-05' AS day, 1 AS gets, 10 AS bytes"


def written(folder: Path, objects: str = OBJECTS, reads: str = READS) -> tuple[Path, Path]:
    files = folder / "objects.parquet", folder / "reads.parquet"
    for file, select in zip(files, (objects, reads), strict=True):
        duckdb.connect().execute(f"COPY ({select}) TO '{file}' (FORMAT parquet)")
    return files
