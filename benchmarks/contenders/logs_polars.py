"""Logs by polars: the same files added up, one at a time."""

import gzip
import io
from pathlib import Path

import polars as pl

from benchmarks.log_lines import FIELDS


def add_up(files: list[str]) -> int:
    """Requests and bytes by hour, edge, path and result, a file at a time; how many lines there are."""
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
