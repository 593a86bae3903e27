"""pandas: rows are read whole, then grouped."""

from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.contenders.peers import COST, DIMENSIONS, MEASURES, RESOURCE, SERVICE, START


def facts(files: list[str], out: str) -> str:
    """Contender: the facts as Parquet; answers the total of the bill."""
    rows = _read(files, [*DIMENSIONS, START, *MEASURES])
    rows["day"] = rows.pop(START).dt.floor("D")
    sums = rows.groupby([*DIMENSIONS, "day"], dropna=False, observed=True, sort=False)[MEASURES].sum()
    sums.reset_index().to_parquet(Path(out) / "pandas.parquet")
    return repr(float(sums[COST].sum()))


def questions(files: list[str]) -> list[str]:
    """Contender: cost by service, by bucket of S3, and by service and day; answers the total of each."""
    rows = _read(files, [SERVICE, RESOURCE, START, COST])
    by_service = rows.groupby(SERVICE, dropna=False)[COST].sum()
    by_bucket = rows[rows[SERVICE] == "AmazonS3"].groupby(RESOURCE, dropna=False)[COST].sum()
    by_day = rows.groupby([rows[SERVICE], rows[START].dt.floor("D")], dropna=False)[COST].sum()
    return [repr(float(answer.sum())) for answer in (by_service, by_bucket, by_day)]


def _read(files: list[str], columns: list[str]) -> Any:
    return pd.concat([pd.read_parquet(file, columns=columns, partitioning=None) for file in files], ignore_index=True)
