"""Whatever a query shows can be downloaded as CSV and as Parquet, as it is."""

from datetime import UTC, datetime
from io import BytesIO

import pyarrow as pa
import pytest
from pyarrow import parquet

from core.access.roles import Role, User, Via
from core.explore.query import Limits, run_query
from core.sqlite_database import SqliteDatabase
from core.warehouse import Warehouse
from dashboard.table_files import as_csv, as_parquet

#: Each value as SQL, as CSV has it, and as Parquet has it; CSV gives text in quotes and doubles those within.
VALUES = {
    "an interval": (
        "INTERVAL '1 year 2 months 3 days 04:05:06.789'",
        '"1 year 2 months 3 days 04:05:06.789"',
        "1 year 2 months 3 days 04:05:06.789",
    ),
    "an interval back": ("INTERVAL '-1 day'", '"-1 day"', "-1 day"),
    "a list": ("[1, NULL]", '"[1,null]"', [1, None]),
    "a list of intervals": ("[INTERVAL 2 DAY]", '"[""2 days""]"', '["2 days"]'),
    "a struct": (
        "{'a': 0.1::DECIMAL(38,18), 'b': 'x\"y'}",
        '"{""a"":0.100000000000000000,""b"":""x\\""y""}"',
        {"a": pa.scalar("0.1").cast(pa.decimal128(38, 18)).as_py(), "b": 'x"y'},
    ),
    "a map": ("MAP {'team': 'video'}", '"{""team"":""video""}"', [("team", "video")]),
    "an array": ("[1, 2]::INTEGER[2]", '"[1,2]"', [1, 2]),
    "a union": ("union_value(n := 1)", '"{""n"":1}"', '{"n":1}'),
    "bytes": ("'\\x00\\xFFa'::BLOB", '"00ff61"', b"\x00\xffa"),
    "bits": ("'10110'::BIT", '"10110"', "10110"),
    "a time": ("TIME '12:34:56.5'", '"12:34:56.5"', datetime(1, 1, 1, 12, 34, 56, 500_000).time()),
    "a time of a zone": ("'12:34:56+02'::TIMETZ", '"12:34:56+02"', "12:34:56+02"),
    "an instant": (
        "TIMESTAMPTZ '2026-10-01 12:00:00+02'",
        '"2026-10-01 10:00:00+00"',
        datetime(2026, 10, 1, 10, tzinfo=UTC),
    ),
    "a UUID": (
        "'6d3d2541-710b-4bde-b3af-4711738bf636'::UUID",
        '"6d3d2541-710b-4bde-b3af-4711738bf636"',
        "6d3d2541-710b-4bde-b3af-4711738bf636",
    ),
    "a large number": (
        "170141183460469231731687303715884105727",
        "170141183460469231731687303715884105727",
        2**127 - 1,
    ),
    "a larger one": (
        "340282366920938463463374607431768211455::UHUGEINT",
        '"340282366920938463463374607431768211455"',
        "340282366920938463463374607431768211455",
    ),
    "an amount": (
        "12345678901234567890.123456789012345678::DECIMAL(38,18)",
        "12345678901234567890.123456789012345678",
        pa.scalar("12345678901234567890.123456789012345678").cast(pa.decimal128(38, 18)).as_py(),
    ),
    "a choice": ("'INTERVAL'::ENUM ('INTERVAL')", '"INTERVAL"', "INTERVAL"),
    "a truth": ("true", "true", True),
    "nothing": ("NULL", "", None),
    "an empty text": ("''", '""', ""),
    "the end of time": (
        "[DATE 'infinity', DATE '2026-10-01']::VARCHAR",
        '"[infinity, 2026-10-01]"',
        "[infinity, 2026-10-01]",
    ),
}


@pytest.fixture(scope="module")
def every_kind(explored_home) -> pa.Table:
    """One row with every value; a column for each."""
    select = ", ".join(f'{sql} AS "{name}"' for name, (sql, _, _) in VALUES.items())
    return _answer(explored_home, f"SELECT {select}")


def _answer(home, sql: str) -> pa.Table:
    database = SqliteDatabase(home / "phyght.db")
    analyst = User("ana", Role.ANALYST, Via.PASSWORD)
    return run_query(analyst, Warehouse(home / "warehouse", database), database, sql, Limits(seconds=20, rows=10)).table


@pytest.mark.parametrize("name", VALUES)
def test_each_kind_of_value_is_in_both_files(every_kind, name):
    table = every_kind.select([name])
    _, text, value = VALUES[name]

    assert as_csv(table).decode() == f'"{name}"\n{text}\n'
    assert parquet.read_table(BytesIO(as_parquet(table)))[name].to_pylist() == [value]


def test_columns_of_one_name_are_told_apart(explored_home):
    table = _answer(explored_home, 'SELECT 1 AS cost, 2 AS cost, 3 AS Cost, 4 AS "a""b"')

    assert as_csv(table) == b'"cost","cost_1","Cost_2","a""b"\n1,2,3,4\n'
    assert parquet.read_table(BytesIO(as_parquet(table))).column_names == ["cost", "cost_1", "Cost_2", 'a"b']


def test_a_result_without_rows_has_its_columns(explored_home):
    table = _answer(explored_home, "SELECT INTERVAL 1 DAY AS age, [1] AS days WHERE false")

    assert as_csv(table) == b'"age","days"\n'
    assert parquet.read_table(BytesIO(as_parquet(table))).column_names == ["age", "days"]


@pytest.mark.parametrize("order", ["ORDER BY range DESC", "ORDER BY range DESC -- the last line is a remark"])
def test_rows_stay_in_the_order_that_is_asked_for(explored_home, order):
    assert as_csv(_answer(explored_home, f"SELECT range FROM range(3) {order}")) == b'"range"\n2\n1\n0\n'


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('=HYPERLINK("http://evil.example")', '"\'=HYPERLINK(""http://evil.example"")"'),
        ("@SUM(A1)", '"\'@SUM(A1)"'),
        ("+cmd|' /C calc'!A0", "\"'+cmd|' /C calc'!A0\""),
        ("-2+3+cmd|' /C calc'!A0", "\"'-2+3+cmd|' /C calc'!A0\""),
        ("\t=1", '"\'\t=1"'),
        ("\r=1", '"\'\r=1"'),
        ("-2", '"-2"'),
        ("+49 30 123", '"+49 30 123"'),
        ("a=b", '"a=b"'),
    ],
)
def test_text_that_a_spreadsheet_would_run_begins_with_an_apostrophe(text, cell):
    assert as_csv(pa.table({"name": [text]})).decode() == f'"name"\n{cell}\n'
    assert as_csv(pa.table({text: [-2]})).decode() == f"{cell}\n-2\n"
    assert as_parquet(pa.table({"name": [text]}))
