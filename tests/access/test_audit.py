"""Audit: lines are added and never changed, whoever tries."""

from pathlib import Path

import pytest

from core.access.audit import AuditEntry, AuditLog, Outcome
from core.access.roles import Permission, Role, User, Via
from core.errors import AccountRefused, DatabaseError, PermissionDenied
from core.postgres_database import PostgresDatabase
from tests.access.conftest import BOSS, NOW
from tests.support.databases import fresh_database
from tests.support.postgres import Server

OLGA = User("olga", Role.OPERATOR, Via.PASSWORD, "192.0.2.7")


def test_what_was_done_is_told_in_full(audit):
    audit.write(OLGA, "ingest", "/exports", NOW, Outcome.FAILED, "no such folder")

    assert audit.latest(BOSS) == (
        AuditEntry(NOW, "olga", Via.PASSWORD, "ingest", "/exports", Outcome.FAILED, "no such folder", "192.0.2.7"),
    )


def test_the_newest_line_comes_first_and_only_as_many_as_asked_for(audit):
    for number in range(5):
        audit.write(OLGA, f"step {number}", "", NOW)

    assert [entry.action for entry in audit.latest(BOSS, limit=2)] == ["step 4", "step 3"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST, Role.OPERATOR])
def test_only_an_administrator_reads_it(audit, role):
    with pytest.raises(PermissionDenied):
        audit.latest(User("somebody", role, Via.PASSWORD))


@pytest.mark.parametrize(
    "sql",
    [
        "update audit set actor = 'somebody else' where id = 1",
        "update audit set id = 7",
        "delete from audit where id = 2",
        "delete from audit",
        "insert into audit select 1, at, 'me', via, action, subject, outcome, detail, address from audit where id = 1 "
        "on conflict (id) do update set actor = 'me'",
        "insert into audit select 0, at, actor, via, action, subject, outcome, detail, address from audit limit 1",
        "insert into audit select 9, at, actor, via, action, subject, outcome, detail, address from audit limit 1",
    ],
)
def test_the_database_refuses_to_change_what_is_in_it(audit, database, sql):
    audit.write(OLGA, "ingest", "/exports", NOW)
    audit.write(OLGA, "ingest", "/exports", NOW)
    before = audit.latest(BOSS)

    with pytest.raises(DatabaseError, match="the audit log is append-only"), database.transaction() as connection:
        connection.execute(sql)

    assert audit.latest(BOSS) == before


def test_a_line_is_not_replaced_in_sqlite(tmp_path: Path):
    database = fresh_database(tmp_path / "phyght.db")
    AuditLog(database).write(OLGA, "ingest", "/exports", NOW)
    values = "select 1, at, 'me', via, action, subject, outcome, detail, address from audit"

    with pytest.raises(DatabaseError, match="the audit log is append-only"), database.transaction() as connection:
        connection.execute(f"insert or replace into audit {values}")


def test_the_log_is_not_emptied_in_postgres(postgres: Server):
    database = PostgresDatabase(postgres.emptied())

    with pytest.raises(DatabaseError, match="the audit log is append-only"), database.transaction() as connection:
        connection.execute("truncate audit")


def test_a_change_and_its_line_are_kept_together(audit, database):
    with audit.change(BOSS, Permission.MANAGE_PEOPLE, "try", "it", NOW) as connection:
        connection.execute("create table made (it text)")

    with database.reading() as connection:
        assert connection.execute("select count(*) from made").fetchone()[0] == 0
    assert [(entry.action, entry.outcome) for entry in audit.latest(BOSS)] == [("try", Outcome.DONE)]


def test_a_change_that_is_refused_leaves_only_its_line(audit, database):
    with pytest.raises(AccountRefused), audit.change(BOSS, Permission.MANAGE_PEOPLE, "try", "it", NOW) as connection:
        connection.execute("create table made (it text)")
        raise AccountRefused("Not like this.", "Try otherwise.")

    with pytest.raises(DatabaseError, match="made"), database.reading() as connection:
        connection.execute("select * from made")
    (entry,) = audit.latest(BOSS)
    assert (entry.outcome, entry.detail) == (Outcome.REFUSED, "Not like this.")


def test_a_change_that_breaks_leaves_nothing(audit, database):
    with pytest.raises(ZeroDivisionError), audit.change(BOSS, Permission.MANAGE_PEOPLE, "try", "it", NOW) as connection:
        connection.execute("create table made (it text)")
        raise ZeroDivisionError

    assert audit.latest(BOSS) == ()
