"""Inventory: what lay in a bucket on a day, summed up by video, rung and storage class."""

from collections.abc import Sequence
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
    SELECT '' AS bucket, '' AS key, true AS is_latest, false AS is_marker, '' AS stated, 0::BIGINT AS size,
        '' AS storage_class, '' AS access_tier LIMIT 0"""


def objects_of(manifest: InventoryManifest, files: Sequence[Path]) -> str:
    """SQL for what an inventory lists, one row for each version of an object."""
    columns = manifest.columns
    key = "url_decode(replace(key, '+', ' '))" if manifest.format == "CSV" else "key"
    return f"""
        SELECT {_text(columns, "bucket")} AS bucket, coalesce(try({key}), key) AS key,
            coalesce(try_cast({_text(columns, "islatest")} AS BOOLEAN), true) AS is_latest,
            coalesce(try_cast({_text(columns, "isdeletemarker")} AS BOOLEAN), false) AS is_marker,
            {_text(columns, "size")} AS stated, try_cast(stated AS BIGINT) AS size,
            upper({_text(columns, "storageclass")}) AS storage_class,
            replace(upper({_text(columns, "intelligenttieringaccesstier")}), '_ACCESS', '') AS access_tier
        FROM {_relation(manifest, files)}"""


def _text(columns: Sequence[str], name: str) -> str:
    """A column that may not be there, or be empty."""
    return f"trim(coalesce({identifier(name)}::VARCHAR, ''))" if name in columns else "''"


def _relation(manifest: InventoryManifest, files: Sequence[Path]) -> str:
    paths = ", ".join(literal(file) for file in files)
    if manifest.format == "Parquet":
        named = zip(manifest.fields, manifest.columns, strict=True)
        fields = ", ".join(f"{identifier(field)} AS {identifier(column)}" for field, column in named)
        return f"(SELECT {fields} FROM read_parquet([{paths}], binary_as_string = true))"
    types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in manifest.columns)
    return (
        f"read_csv([{paths}], auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', "
        f"compression = 'gzip', max_line_size = {_LONGEST_LINE}, columns = {{{types}}})"
    )


#: A row that cannot be read: without a key, of another bucket, or with a size that is none.
BAD = "key = '' OR bucket <> $bucket OR coalesce(size, 0) < 0 OR (stated <> '' AND size IS NULL)"


def sum_up(told: str, day: date, connection: duckdb.DuckDBPyConnection, target: Path) -> None:
    """Write the facts of what a relation lists: the columns of `objects_of`, with provider, video and rung."""
    connection.execute(f"""
        COPY (
            WITH summed AS (
                SELECT provider, bucket, video, rung,
                    CASE WHEN is_marker THEN 'delete marker' WHEN is_latest THEN 'object' ELSE 'noncurrent' END AS kind,
                    storage_class, access_tier, is_latest AS current, count(*) AS objects,
                    sum(coalesce(size, 0))::BIGINT AS bytes, sum({_BILLABLE})::BIGINT AS billable_bytes
                FROM ({told}) GROUP BY ALL
            ),
            named AS (
                SELECT provider, bucket, video, rung, 'overhead' AS kind, 'STANDARD' AS storage_class,
                    '' AS access_tier, current, 0 AS objects, 0 AS bytes,
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


def bad_rows(connection: duckdb.DuckDBPyConnection, objects: str, bucket: str) -> tuple[int, int, str]:
    """How many rows an inventory has, how many of them cannot be read, and one of those."""
    rows, bad, example = connection.execute(
        f"SELECT count(*), count(*) FILTER ({BAD}), min(key) FILTER ({BAD}) FROM ({objects})", {"bucket": bucket}
    ).fetchall()[0]
    return rows, bad, example or ""
