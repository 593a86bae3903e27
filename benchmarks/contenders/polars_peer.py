"""polars: rows are scanned lazily and grouped as they stream by."""

from pathlib import Path

import polars as pl

from benchmarks.contenders.peers import COST, DIMENSIONS, MEASURES, RESOURCE, SERVICE, START

_DAY = pl.col(START).dt.truncate("1d").alias("day")


def facts(files: list[str], out: str) -> str:
    """Contender: the facts as Parquet; answers the total of the bill."""
    rows = _scan(files).select(*DIMENSIONS, _DAY, *MEASURES)
    sums = rows.group_by(*DIMENSIONS, "day").agg(pl.col(MEASURES).sum()).collect(engine="streaming")
    sums.write_parquet(Path(out) / "polars.parquet")
    return repr(sums[COST].sum())


def questions(files: list[str]) -> list[str]:
    """Contender: cost by service, by bucket of S3, and by service and day; answers the total of each."""
    by_service = _scan(files).group_by(SERVICE).agg(pl.col(COST).sum())
    by_bucket = _scan(files).filter(pl.col(SERVICE) == "AmazonS3").group_by(RESOURCE).agg(pl.col(COST).sum())
    by_day = _scan(files).group_by(SERVICE, _DAY).agg(pl.col(COST).sum())
    return [repr(answer.collect(engine="streaming")[COST].sum()) for answer in (by_service, by_bucket, by_day)]


def _scan(files: list[str]) -> pl.LazyFrame:
    return pl.scan_parquet(files, hive_partitioning=False)
