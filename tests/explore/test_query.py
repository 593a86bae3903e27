"""An analyst's SQL is answered; whatever else it tries is refused, stopped, or without effect."""

import subprocess
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.access.roles import Role, User, Via
from core.database import Database
from core.errors import PermissionDenied, QueryRefused, QueryStopped
from core.explore.examples import EXAMPLES
from core.explore.query import Limits, RunningQuery, limits, run_query
from core.settings import load_settings
from core.warehouse import Warehouse

ANALYST = User("ana", Role.ANALYST, Via.PASSWORD)
SMALL = Limits(seconds=20, rows=10)


def test_a_query_is_answered_to_the_last_digit(warehouse: Warehouse, database: Database) -> None:
    result = run_query(
        ANALYST,
        warehouse,
        database,
        "SELECT charge_category, sum(billed_cost) AS billed FROM charges GROUP BY 1 ORDER BY 2",
        SMALL,
    )

    assert result.table.to_pylist() == [
        {"charge_category": "tax", "billed": Decimal("0.25")},
        {"charge_category": "usage", "billed": Decimal("19.75")},
    ]
    assert not result.truncated


def test_rows_beyond_the_limit_are_left_off_and_said_to_be(warehouse: Warehouse, database: Database) -> None:
    result = run_query(ANALYST, warehouse, database, "SELECT * FROM range(11)", SMALL)

    assert (result.table.num_rows, result.truncated) == (10, True)


def test_exactly_as_many_rows_as_the_limit_are_all_of_them(warehouse: Warehouse, database: Database) -> None:
    result = run_query(ANALYST, warehouse, database, "SELECT * FROM range(10)", SMALL)

    assert (result.table.num_rows, result.truncated) == (10, False)


def test_the_limits_are_those_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHYGHT_QUERY_SECONDS", "7")
    monkeypatch.setenv("PHYGHT_QUERY_ROWS", "70")
    settings = load_settings()

    assert (limits(settings).seconds, limits(settings).rows) == (7, 70)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_each_example_runs(warehouse: Warehouse, database: Database, example) -> None:
    assert run_query(ANALYST, warehouse, database, example.sql, SMALL).table.num_columns >= 2


def test_who_may_not_query_gets_no_answer(warehouse: Warehouse, database: Database) -> None:
    with pytest.raises(PermissionDenied):
        run_query(User("vic", Role.VIEWER, Via.PASSWORD), warehouse, database, "SELECT 1", SMALL)


def test_a_query_without_end_is_stopped_at_the_time_limit(warehouse: Warehouse, database: Database) -> None:
    with pytest.raises(QueryStopped, match="stopped after 2 seconds") as stopped:
        run_query(
            ANALYST,
            warehouse,
            database,
            "SELECT max(hash(range)) FROM range(1000000000000)",  # a product of tables would rather fill the memory
            Limits(2, 10),
        )

    assert "PHYGHT_QUERY_SECONDS" in stopped.value.advice


@pytest.mark.parametrize(
    "greedy",
    [
        "SELECT list(range) FROM range(1000000000)",
        "SELECT * FROM range(1000000000) a ORDER BY hash(a.range)",
        "SELECT repeat('x', 2000000000)",
        "SELECT repeat('x', 100000) FROM range(100000)",
    ],
    ids=["a list", "a sort", "one value", "the result"],
)
def test_a_query_that_needs_too_much_memory_is_stopped(warehouse: Warehouse, database: Database, greedy: str) -> None:
    with pytest.raises(QueryStopped):
        run_query(ANALYST, warehouse, database, greedy, Limits(20, 100_000, memory_mb=128))


def test_a_query_can_be_cancelled(warehouse: Warehouse, database: Database) -> None:
    with RunningQuery(
        ANALYST, warehouse, database, "SELECT count(*) FROM range(10000000000) a, range(9) b", SMALL
    ) as query:
        assert query.result(wait_s=0.2) is None
        process = query._process

    assert process.poll() is not None


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELEC 1", "syntax error"),
        ("SELECT nothing_like_it FROM charges", "nothing_like_it"),
        ("SELECT * FROM accounts", "accounts"),
        ("", "no query"),
        ("-- only a remark", "no query"),
        ("SELECT 1; SELECT 2", "2 statements"),
        ("DROP TABLE bills", "DROP is not a query"),
        ("COPY charges TO 'out.csv'", "COPY is not a query"),
        ("SET memory_limit = '100GB'", "SET is not a query"),
        ("ATTACH 'other.db'", "ATTACH is not a query"),
        ("PRAGMA database_list", "PRAGMA is not a query"),
        ("EXPLAIN ANALYZE SELECT 1", "EXPLAIN is not a query"),
        ("UPDATE EXTENSIONS", "not a query"),
        ("SELECT 1" + " " * 50_000, "longer than"),
    ],
)
def test_what_cannot_be_run_is_refused_in_words(warehouse: Warehouse, database: Database, sql: str, says: str) -> None:
    with pytest.raises(QueryRefused, match=says) as refused:
        run_query(ANALYST, warehouse, database, sql, SMALL)

    assert refused.value.advice


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("uncounted", "Table with name uncounted does not exist!"),
        ("charge", 'Table with name charge does not exist! Did you mean "charges"?'),
        ("resource_charge", 'Table with name resource_charge does not exist! Did you mean "resource_charges"?'),
        ("duckdb_table", "Table with name duckdb_table does not exist!"),
    ],
)
def test_only_tables_that_are_listed_are_suggested(
    warehouse: Warehouse, database: Database, table: str, says: str
) -> None:
    with pytest.raises(QueryRefused) as refused:
        run_query(ANALYST, warehouse, database, f"SELECT * FROM {table}", SMALL)

    assert refused.value.message == says


def test_a_foreign_file_is_refused_with_a_plain_sentence(warehouse: Warehouse, database: Database) -> None:
    with pytest.raises(QueryRefused, match="Only the tables of the warehouse"):
        run_query(ANALYST, warehouse, database, "SELECT * FROM read_csv('/etc/passwd')", SMALL)


def test_a_change_hidden_in_a_select_is_refused(warehouse: Warehouse, database: Database) -> None:
    with pytest.raises(QueryRefused, match="read-only"):
        run_query(
            ANALYST, warehouse, database, "WITH gone AS (DELETE FROM bills RETURNING *) SELECT * FROM gone", SMALL
        )


def test_the_process_that_runs_the_query_knows_no_secret(
    warehouse: Warehouse, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush-hush-hush")
    environments = []
    start: Any = subprocess.Popen

    def spied(*arguments: Any, **options: Any) -> Any:
        environments.append(options["env"])
        return start(*arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", spied)
    run_query(ANALYST, warehouse, database, "SELECT 1", SMALL)

    assert [set(environment) for environment in environments] == [{"PATH", "MALLOC_ARENA_MAX"}]


@hypothesis_settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sql=st.text(min_size=1, max_size=60))
def test_whatever_is_typed_is_answered_or_refused(warehouse: Warehouse, database: Database, sql: str) -> None:
    with suppress(QueryRefused, QueryStopped):
        assert run_query(ANALYST, warehouse, database, sql, SMALL).table.num_rows <= 10
