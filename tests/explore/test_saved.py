"""Saved queries are there for all who may query, and change only by their owner or an administrator."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.access.audit import AuditLog, Outcome
from core.access.roles import Role, User, Via
from core.database import Database
from core.errors import PermissionDenied, QueryRefused
from core.explore.saved import SavedQueries, SavedQuery
from tests.support.databases import BOTH, either_database

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANA, BEN = (User(name, Role.ANALYST, Via.PASSWORD) for name in ("ana", "ben"))
ADMIN = User("root", Role.ADMIN, Via.SHELL)
VIEWER = User("vic", Role.VIEWER, Via.PASSWORD)


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    return either_database(request, tmp_path / "phyght.db")


@pytest.fixture
def queries(database: Database) -> SavedQueries:
    return SavedQueries(database, AuditLog(database))


def test_a_saved_query_is_found_again_by_anybody(queries: SavedQueries) -> None:
    queries.save(ANA, "  Total   spend ", " SELECT 1 \n", NOW)

    assert queries.all() == (SavedQuery("Total spend", "SELECT 1", "ana", NOW),)


def test_its_owner_and_an_administrator_may_change_it_and_it_stays_the_owners(queries: SavedQueries) -> None:
    queries.save(ANA, "total", "SELECT 1", NOW)
    queries.save(ANA, "total", "SELECT 2", NOW)
    queries.save(ADMIN, "total", "SELECT 3", NOW)

    assert [(query.sql, query.owner) for query in queries.all()] == [("SELECT 3", "ana")]


def test_nobody_else_may_change_or_delete_it(queries: SavedQueries) -> None:
    queries.save(ANA, "total", "SELECT 1", NOW)

    with pytest.raises(PermissionDenied, match="ana's"):
        queries.save(BEN, "total", "SELECT 2", NOW)
    with pytest.raises(PermissionDenied, match="ana's"):
        queries.forget(BEN, "total", NOW)
    assert queries.all()[0].sql == "SELECT 1"


def test_a_viewer_may_save_nothing(queries: SavedQueries) -> None:
    with pytest.raises(PermissionDenied):
        queries.save(VIEWER, "total", "SELECT 1", NOW)

    assert queries.all() == ()


def test_a_deleted_query_is_gone_and_deleting_it_again_is_fine(queries: SavedQueries) -> None:
    queries.save(ANA, "total", "SELECT 1", NOW)
    queries.forget(ANA, "total", NOW)
    queries.forget(ANA, "total", NOW)

    assert queries.all() == ()


@pytest.mark.parametrize(
    ("name", "sql"), [("", "SELECT 1"), ("  ", "SELECT 1"), ("x" * 81, "SELECT 1"), ("a\x00b", "SELECT 1"), ("ok", " ")]
)
def test_a_query_needs_a_name_and_a_text(queries: SavedQueries, name: str, sql: str) -> None:
    with pytest.raises(QueryRefused):
        queries.save(ANA, name, sql, NOW)


def test_each_change_is_in_the_audit_log_and_so_is_a_refused_one(queries: SavedQueries, database: Database) -> None:
    queries.save(ANA, "total", "SELECT 1", NOW)
    with pytest.raises(PermissionDenied):
        queries.forget(BEN, "total", NOW)

    entries = AuditLog(database).latest(ADMIN)
    assert [(entry.actor, entry.action, entry.subject, entry.outcome) for entry in entries] == [
        ("ben", "delete query", "total", Outcome.REFUSED),
        ("ana", "save query", "total", Outcome.DONE),
    ]
