"""The lock on the sandbox's DuckDB holds by itself, even for what is refused before it gets there."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import duckdb
import pytest

from core.explore.query import ENVIRONMENT
from core.explore.sandbox import _locked_duckdb
from core.sqlite_database import SqliteDatabase
from core.warehouse import Pointers, Warehouse, pointers

LIMITS = {"seconds": 20, "rows": 10, "memory_mb": 128, "result_mb": 1}


@pytest.fixture
def duck(warehouse: Warehouse) -> duckdb.DuckDBPyConnection:
    return _locked_duckdb(warehouse.folder, _pointers(warehouse), LIMITS)


READING = [
    "SELECT * FROM read_csv('{secret}')",
    "SELECT * FROM read_text('{secret}')",
    "SELECT * FROM read_blob('{secret}')",
    "SELECT * FROM read_json('{secret}')",
    "SELECT * FROM read_parquet('{secret}')",
    "SELECT * FROM read_text('file://{secret}')",
    "SELECT * FROM read_text('{segments}/../phyght.db')",
    "SELECT * FROM read_blob('{segments}/../../home/phyght.db')",
    "SELECT * FROM '{secret}'",
    "SELECT * FROM sniff_csv('{secret}')",
    "SELECT * FROM parquet_metadata('{secret}')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM query_table('{secret}')",
    "SELECT * FROM query('SELECT * FROM read_text(''{secret}'')')",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM read_text(''{secret}'')'))",
    "SELECT * FROM read_text('/proc/self/environ')",
    "SELECT getenv('HOME')",
    "ATTACH '{folder}/other.db'",
    "ATTACH '{segments}/../phyght.db' (TYPE sqlite)",
    "SELECT * FROM read_duckdb('{folder}/other.db')",
    "IMPORT DATABASE '{folder}'",
    "SELECT * FROM duckdb_secrets()",
    "COPY bills FROM '{secret}'",
]
WRITING = [
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "COPY (SELECT 1) TO '{folder}/out.parquet'",
    "EXPORT DATABASE '{folder}/out'",
    "ATTACH '{folder}/out.db'; CREATE TABLE out.t (i INTEGER)",
    "CALL enable_logging(storage = 'file', storage_path = '{folder}/out')",
    "SELECT * FROM enable_logging(storage = 'file', storage_path = '{folder}/out')",
    "PRAGMA enable_profiling; PRAGMA profile_output = '{folder}/out'; SELECT 1",
    "CREATE PERSISTENT SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
]
NETWORK = [
    "SELECT * FROM read_csv('https://127.0.0.1/x.csv')",
    "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
    "INSTALL httpfs",
    "FORCE INSTALL httpfs FROM 'http://127.0.0.1'",
    "LOAD httpfs",
    "LOAD '{folder}/evil.duckdb_extension'",
    "ATTACH 'https://127.0.0.1/x.db'",
]
SETTINGS = [
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET allowed_directories = ['/']",
    "SET allowed_paths = ['/etc/passwd']",
    "SET memory_limit = '100GB'",
    "SET temp_directory = '{folder}'",
    "SET GLOBAL threads = 64",
    "RESET memory_limit",
    "PRAGMA memory_limit = '100GB'",
    "SELECT * FROM set_config('enable_external_access', 'true', false)",
]


@pytest.mark.parametrize("attempt", READING + WRITING + NETWORK + SETTINGS)
def test_no_way_out(duck: duckdb.DuckDBPyConnection, warehouse: Warehouse, tmp_path: Path, attempt: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\nhush\n")
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(duckdb.Error):
        duck.execute(attempt.format(secret=secret, folder=tmp_path, segments=warehouse.folder)).fetchall()

    assert sorted(tmp_path.rglob("*")) == before


def test_the_segments_themselves_can_be_read_and_not_replaced(
    duck: duckdb.DuckDBPyConnection, warehouse: Warehouse
) -> None:
    segment = next(warehouse.folder.rglob("daily.parquet"))
    before = segment.read_bytes()

    assert duck.execute(f"SELECT count(*) FROM read_parquet('{segment}')").fetchone() == (3,)
    run = subprocess.run(
        [sys.executable, "-m", "core.explore.sandbox"],
        input=_request(warehouse, f"COPY (SELECT 1) TO '{segment}'"),
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(run.stdout)["error"] == "refused"
    assert segment.read_bytes() == before


def test_the_operating_system_lets_the_process_write_no_file(warehouse: Warehouse) -> None:
    code = (
        "import resource, sys, core.explore.sandbox as sandbox\n"
        "rows = sandbox._rows\n"
        "def spied(*args):\n"
        "    print(resource.getrlimit(resource.RLIMIT_FSIZE), file=sys.stderr)\n"
        "    return rows(*args)\n"
        "sandbox._rows = spied\n"
        "sandbox.main()\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        input=_request(warehouse, "SELECT 1").encode(),
        env=ENVIRONMENT,
        capture_output=True,
        check=True,
    )

    assert run.stderr.decode().strip() == "(0, 0)"


def _request(warehouse: Warehouse, sql: str) -> str:
    current = asdict(_pointers(warehouse))
    return json.dumps({"folder": str(warehouse.folder), "pointers": current, "sql": sql, "limits": LIMITS})


def _pointers(warehouse: Warehouse) -> Pointers:
    with SqliteDatabase(warehouse.folder.parent / "phyght.db").reading() as connection:
        return pointers(connection)
