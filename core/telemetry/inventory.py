"""Inventory: what lay in a bucket on a day, summed up by video, rung and storage class."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from core.sql import identifier, literal
from core.telemetry.inventory_manifest import InventoryManifest
from core.units import KIB, MIB

#: As bills name it.
AWS = "AWS"
_LEAST = 128 * KIB
#: Of each archived object, its index and name: a part at the price of its class, and another at that of STANDARD.
_INDEX, _NAME = 32 * KIB, 8 * KIB
_LONGEST_LINE = 2 * MIB
_LEAST_SIZED = "('STANDARD_IA', 'ONEZONE_IA', 'GLACIER_IR')"
_ARCHIVED = "(storage_class IN ('GLACIER', 'DEEP_ARCHIVE') OR access_tier IN ('ARCHIVE', 'DEEP_ARCHIVE'))"


#: The same where nothing lies there.
NO_OBJECTS = """
    SELECT '' AS file, '' AS bucket, '' AS key, true AS is_latest, false AS is_marker, '' AS stated, 0::BIGINT AS size,
        '' AS storage_class, '' AS access_tier, '' AS copy_status LIMIT 0"""


def objects_of(manifest: InventoryManifest, files: Sequence[Path]) -> str:
    """SQL for what an inventory lists, one row for each version of an object, with the name of its file.

    Rows of CSV without all columns, or with more, are put into the table `rejected` by those who ask it.
    """
    columns = manifest.columns
    key = "url_decode(replace(key, '+', ' '))" if manifest.format == "CSV" else "key"
    return f"""
        SELECT parse_filename(filename, true) AS file, {_text(columns, "bucket")} AS bucket,
            coalesce(try({key}), key) AS key,
            coalesce(try_cast({_text(columns, "islatest")} AS BOOLEAN), true) AS is_latest,
            coalesce(try_cast({_text(columns, "isdeletemarker")} AS BOOLEAN), false) AS is_marker,
            {_text(columns, "size")} AS stated, try_cast(stated AS BIGINT) AS size,
            upper({_text(columns, "storageclass")}) AS storage_class,
            replace(upper({_text(columns, "intelligenttieringaccesstier")}), '_ACCESS', '') AS access_tier,
            upper({_text(columns, "replicationstatus")}) AS copy_status
        FROM {_relation(manifest, files)}"""


def _text(columns: Sequence[str], name: str) -> str:
    """A column that may not be there, or be empty."""
    return f"trim(coalesce({identifier(name)}::VARCHAR, ''))" if name in columns else "''"


def _relation(manifest: InventoryManifest, files: Sequence[Path]) -> str:
    paths = ", ".join(literal(file) for file in files)
    if manifest.format == "Parquet":
        named = zip(manifest.fields, manifest.columns, strict=True)
        fields = ", ".join(f"{identifier(field)} AS {identifier(column)}" for field, column in named)
        return f"(SELECT filename, {fields} FROM read_parquet([{paths}], binary_as_string = true, filename = true))"
    types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in manifest.columns)
    return (
        f"read_csv([{paths}], auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', "
        f"compression = 'gzip', max_line_size = {_LONGEST_LINE}, columns = {{{types}}}, filename = true, "
        "ignore_errors = true, store_rejects = true, rejects_limit = 0, rejects_table = 'rejected', "
        "rejects_scan = 'rejecting')"
    )


#: A row that cannot be read: without a key, of another bucket, or with a size that is none.
BAD = "key = '' OR bucket <> $bucket OR coalesce(size, 0) < 0 OR (stated <> '' AND size IS NULL)"


def sum_up(
    told: str, day: date, connection: duckdb.DuckDBPyConnection, target: Path, besides: Sequence[str] = ()
) -> None:
    """Write the facts of what a relation lists: the columns of `objects_of`, with provider, video and rung.

    `besides`: columns of it that are kept apart, too.
    """
    kept = "".join(f", {identifier(each)}" for each in besides)
    connection.execute(f"""
        COPY (
            WITH summed AS (
                SELECT provider, bucket, video, rung,
                    CASE WHEN is_marker THEN 'delete marker' WHEN is_latest THEN 'object' ELSE 'noncurrent' END AS kind,
                    storage_class, access_tier, is_latest AS current{kept}, count(*) AS objects,
                    sum(coalesce(size, 0))::BIGINT AS bytes, sum({_BILLABLE})::BIGINT AS billable_bytes
                FROM ({told}) GROUP BY ALL
            ),
            named AS (
                SELECT provider, bucket, video, rung, 'overhead' AS kind, 'STANDARD' AS storage_class,
                    '' AS access_tier, current{kept}, 0 AS objects, 0 AS bytes,
                    sum(objects * {_NAME})::BIGINT AS billable_bytes
                FROM summed WHERE {_ARCHIVED} GROUP BY ALL
            )
            SELECT DATE {literal(day.isoformat())} AS day, * FROM (FROM summed UNION ALL FROM named) ORDER BY ALL
        ) TO {literal(target)} (FORMAT parquet)""")


#: What an object counts for in its class.
_BILLABLE = f"""CASE WHEN is_marker THEN 0
    WHEN storage_class IN {_LEAST_SIZED} THEN greatest(coalesce(size, 0), {_LEAST})
    WHEN {_ARCHIVED} THEN coalesce(size, 0) + {_INDEX}
    ELSE coalesce(size, 0) END"""


@dataclass(frozen=True)
class Listed:
    """What an inventory lists."""

    rows: int
    bad: int  #: of those, the ones that cannot be read
    file: str = ""  #: in which one of them is, by its name
    reason: str = ""  #: which row of that it is, and what is wrong with it


def copy_rows(objects: str, bucket: str, target: Path, connection: duckdb.DuckDBPyConnection) -> Listed:
    """Write the rows of an inventory that have all columns as one file, as they are looked at more than once."""
    connection.execute("DROP TABLE IF EXISTS rejected; DROP TABLE IF EXISTS rejecting")
    connection.execute(f"COPY ({objects}) TO {literal(target)} (FORMAT parquet)")
    told = f"read_parquet({literal(target)}, file_row_number = true)"
    counts = f"SELECT count(*), count(*) FILTER ({BAD}) FROM {told}"
    rows, bad = connection.execute(counts, {"bucket": bucket}).fetchall()[0]
    rejected, at, file = _rejected(connection)
    if rejected:
        return Listed(rows + rejected, bad + rejected, file, f"row {at} has not the columns that its manifest tells of")
    return _first_bad(Listed(rows, bad), told, bucket, connection) if bad else Listed(rows, bad)


def _rejected(connection: duckdb.DuckDBPyConnection) -> tuple[int, int, str]:
    """How many rows have not the right columns, and the number and file of the first."""
    there = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'rejected'").fetchall()
    if not there:
        return 0, 0, ""
    found = connection.execute(
        "SELECT DISTINCT file_id, line, parse_filename(file_path, true) FROM rejected JOIN rejecting "
        "USING (scan_id, file_id) ORDER BY ALL"
    ).fetchall()
    return (len(found), *found[0][1:]) if found else (0, 0, "")


def _first_bad(listed: Listed, told: str, bucket: str, connection: duckdb.DuckDBPyConnection) -> Listed:
    first = f"SELECT file, file_row_number, key FROM {told} WHERE {BAD} ORDER BY file_row_number LIMIT 1"
    ((file, at, key),) = connection.execute(first, {"bucket": bucket}).fetchall()
    start = f"SELECT min(file_row_number) FROM {told} WHERE file = $file"
    ((begins,),) = connection.execute(start, {"file": file}).fetchall()
    reason = f"row {at - begins + 1} ({key!r}) has no key, another bucket, or a size that is none"
    return replace(listed, file=file, reason=reason)
