"""Generate: a month of CUR 2.0 in Parquet, as Data Exports delivers it, of any size and always the same."""

import argparse
import json
from datetime import date, datetime
from pathlib import Path

import duckdb

from benchmarks.columns import COLUMNS, DATA
from benchmarks.delivery import EXPORT, ROWS_A_FILE, Delivery, deliver_to
from core.costs.period import Period, month_of

HERE = Path(__file__).parent
MEMORY = "1500MB"


def generate(out: Path, rows: int, month: Period, files: int | None = None) -> Delivery:
    """Write `rows` line items of a month below `out`, with their manifest last; the same arguments, the same rows."""
    delivery = deliver_to(out, rows, month, files)
    for file in (delivery.files[0], delivery.manifest):
        file.parent.mkdir(parents=True, exist_ok=True)
    _write(delivery)
    delivery.manifest.write_text(json.dumps(_manifest(delivery), indent=2))
    return delivery


def _write(delivery: Delivery) -> None:
    paths, rows = delivery.files, delivery.rows
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(delivery.folder / ".tmp")}) as connection:
        for name, value in {"rows": rows, "data": str(DATA), **_instants(delivery.month)}.items():
            connection.execute(f"set variable {name} = $value", {"value": value})
        connection.execute((HERE / "generate.sql").read_text())
        columns = ", ".join(_columns({row[0] for row in connection.execute("describe export").fetchall()}))
        for number, path in enumerate(paths):
            first, last = rows * number // len(paths) + 1, rows * (number + 1) // len(paths)
            rows_of_file = f"select {columns} from export where position between {first} and {last}"
            connection.execute(f"copy ({rows_of_file}) to '{path}' (format parquet, compression snappy)")


def _instants(month: Period) -> dict[str, datetime]:
    midnight = datetime.min.time()
    return {"month_start": datetime.combine(month.start, midnight), "month_end": datetime.combine(month.end, midnight)}


def _columns(filled: set[str]) -> list[str]:
    return [f"{name if name in filled else 'null'}::{type_} as {name}" for name, type_ in COLUMNS.items()]


def _manifest(delivery: Delivery) -> dict[str, object]:
    start, end = delivery.month.start, delivery.month.end
    in_bucket = f"s3://phyght-bills/exports/{EXPORT}/data/BILLING_PERIOD={start:%Y-%m}"
    return {
        "exportArn": f"arn:aws:bcm-data-exports:us-east-1:100200300400:export/{EXPORT}-5f0e",
        "executionId": f"{start:%Y-%m}-{delivery.rows}-{len(delivery.files)}",
        "dataFiles": [f"{in_bucket}/{path.name}" for path in delivery.files],
        "columns": [{"name": name, "type": _hive_type(type_)} for name, type_ in COLUMNS.items()],
        "billingPeriod": {"start": f"{start}T00:00:00.000Z", "end": f"{end}T00:00:00.000Z"},
    }


def _hive_type(duckdb_type: str) -> str:
    return duckdb_type.lower().replace("(", "<").replace(")", ">").replace("varchar", "string").replace(", ", ",")


def _month(text: str) -> Period:
    return month_of(date.fromisoformat(f"{text}-01"))


def main() -> None:
    """The command: `python -m benchmarks.generate OUT --rows 1000000`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=__doc__)
    parser.add_argument("out", type=Path, help="folder to write the export into")
    parser.add_argument("--rows", type=int, default=1_000_000, help="line items (from 2,000 on)")
    parser.add_argument("--month", type=_month, default=_month("2026-10"), help="billing period, YYYY-MM")
    parser.add_argument("--files", type=int, help=f"data files; one for each {ROWS_A_FILE:,} rows unless given")
    asked = parser.parse_args()
    done = generate(asked.out, asked.rows, asked.month, asked.files)
    bytes_a_row = done.size_bytes / done.rows
    print(f"{done.rows:,} rows in {len(done.files)} files, {bytes_a_row:.0f} bytes a row: {done.folder}")


if __name__ == "__main__":
    main()
