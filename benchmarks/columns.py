"""Columns: the 105 of a CUR 2.0 export, with the types AWS writes to Parquet."""

import csv
from pathlib import Path

DATA = Path(__file__).parent / "data"

with (DATA / "columns.csv").open(newline="") as _file:
    #: Name to DuckDB type, in the order of the export: every column of CUR 2.0 with resource ids, without
    #: split cost allocation, and with the net columns of the three costs only.
    COLUMNS: dict[str, str] = {row["name"]: row["type"] for row in csv.DictReader(_file, delimiter=";")}
