"""Accounts: who may make and change them, and what stays true whatever they do."""

from datetime import timedelta

import pytest

from core.access.roles import Role, User, Via
from core.errors import AccountRefused, PermissionDenied, SignInFailed
from tests.access.conftest import BOSS, NOW, PASSWORD
from tests.support.databases import everything

OPERATOR = User("olga", Role.OPERATOR, Via.PASSWORD, "192.0.2.7")


def actions(audit) -> list[tuple[str, str, str, str, str]]:
    return [(entry.actor, entry.action, entry.subject, entry.outcome, entry.detail) for entry in audit.latest(BOSS)]


def test_the_first_start_makes_an_administrator_and_tells_the_password_once(access):
    password = access.accounts.ensure_first_admin(NOW)

    assert access.accounts.ensure_first_admin(NOW) is None
    (admin,) = access.accounts.all(BOSS)
    assert (admin.name, admin.role, admin.must_change, admin.disabled) == ("admin", Role.ADMIN, True, False)
    assert access.sessions.sign_in("admin", password, "192.0.2.1", NOW)


def test_an_installation_with_people_has_no_first_start(access, ann):
    assert access.accounts.ensure_first_admin(NOW) is None


def test_a_new_account_has_to_change_its_one_time_password(access):
    given = access.accounts.add(BOSS, " Vic@Example.com ", Role.VIEWER, NOW)

    token = access.sessions.sign_in("vic@example.com", given, "192.0.2.1", NOW)
    session = access.sessions.use(token, "192.0.2.1", NOW)
    assert session.must_change
    assert session.user == User("vic@example.com", Role.VIEWER, Via.PASSWORD, "192.0.2.1")


def test_no_password_is_kept_or_logged(access, database, ann):
    given = access.accounts.add(BOSS, "vic", Role.VIEWER, NOW)
    with pytest.raises(SignInFailed):
        access.sessions.sign_in(PASSWORD, PASSWORD, "192.0.2.9", NOW)  # typed into the wrong field

    kept = everything(database)
    assert b"argon2id" in kept
    assert given.encode() not in kept
    assert PASSWORD.encode() not in kept


@pytest.mark.parametrize("name", ["", "ann", "ANN", "-ann", "two words", "a" * 65, "drop'table", "ann\n"])
def test_a_name_that_is_taken_or_not_allowed_is_refused(access, ann, name):
    with pytest.raises(AccountRefused):
        access.accounts.add(BOSS, name, Role.VIEWER, NOW)

    assert [account.name for account in access.accounts.all(BOSS)] == ["ann"]


@pytest.mark.parametrize(
    "change",
    [
        lambda accounts, user: accounts.all(user),
        lambda accounts, user: accounts.add(user, "vic", Role.ADMIN, NOW),
        lambda accounts, user: accounts.set_role(user, "ann", Role.ADMIN, NOW),
        lambda accounts, user: accounts.reset_password(user, "ann", NOW),
        lambda accounts, user: accounts.disable(user, "ann", NOW),
        lambda accounts, user: accounts.enable(user, "ann", NOW),
    ],
    ids=["all", "add", "set_role", "reset_password", "disable", "enable"],
)
def test_only_an_administrator_manages_people(access, ann, change):
    before = access.accounts.all(BOSS)

    with pytest.raises(PermissionDenied):
        change(access.accounts, OPERATOR)

    assert access.accounts.all(BOSS) == before


def test_a_change_that_was_not_allowed_is_on_record(access, audit, ann):
    with pytest.raises(PermissionDenied):
        access.accounts.set_role(OPERATOR, "ann", Role.ADMIN, NOW)

    assert actions(audit)[0] == ("olga", "set role", "ann", "refused", "The role operator may not manage people.")
    assert audit.latest(BOSS)[0].address == "192.0.2.7"


def test_a_change_is_on_record_with_what_it_was(access, audit, ann):
    access.accounts.set_role(BOSS, "ann", Role.OPERATOR, NOW)
    access.accounts.disable(BOSS, "ann", NOW)
    access.accounts.enable(BOSS, "ann", NOW)

    assert actions(audit)[:3] == [
        ("root", "enable account", "ann", "done", ""),
        ("root", "disable account", "ann", "done", ""),
        ("root", "set role", "ann", "done", "role operator"),
    ]


def test_a_role_counts_from_the_next_click(access, ann):
    token = access.sessions.sign_in("ann", PASSWORD, "192.0.2.1", NOW)

    access.accounts.set_role(BOSS, "ann", Role.VIEWER, NOW)

    assert access.sessions.use(token, "192.0.2.1", NOW).user.role is Role.VIEWER


def test_a_reset_password_ends_all_sessions_and_has_to_be_changed(access, ann):
    token = access.sessions.sign_in("ann", PASSWORD, "192.0.2.1", NOW)

    given = access.accounts.reset_password(BOSS, "ann", NOW)

    assert access.sessions.use(token, "192.0.2.1", NOW) is None
    with pytest.raises(SignInFailed):
        access.sessions.sign_in("ann", PASSWORD, "192.0.2.1", NOW)
    later = NOW + timedelta(minutes=1)
    again = access.sessions.sign_in("ann", given, "192.0.2.1", later)
    assert access.sessions.use(again, "192.0.2.1", later).must_change


def test_a_disabled_account_is_out_at_once_and_comes_back_when_enabled(access, ann):
    token = access.sessions.sign_in("ann", PASSWORD, "192.0.2.1", NOW)

    access.accounts.disable(BOSS, "ann", NOW)

    assert access.sessions.use(token, "192.0.2.1", NOW) is None
    with pytest.raises(SignInFailed):
        access.sessions.sign_in("ann", PASSWORD, "192.0.2.1", NOW)
    access.accounts.enable(BOSS, "ann", NOW)
    assert access.sessions.sign_in("ann", PASSWORD, "192.0.2.1", NOW)


@pytest.mark.parametrize("name", ["disable", "demote"])
def test_the_last_administrator_stays(access, name):
    access.accounts.ensure_first_admin(NOW)
    accounts = access.accounts
    change = {
        "disable": lambda: accounts.disable(BOSS, "admin", NOW),
        "demote": lambda: accounts.set_role(BOSS, "admin", Role.OPERATOR, NOW),
    }[name]

    with pytest.raises(AccountRefused, match="nobody who can manage people"):
        change()

    (admin,) = accounts.all(BOSS)
    assert (admin.role, admin.disabled) == (Role.ADMIN, False)
    accounts.add(BOSS, "second", Role.ADMIN, NOW)
    change()


def test_nobody_by_that_name_is_an_error_and_changes_nothing(access, audit, ann):
    with pytest.raises(AccountRefused, match="There is no account 'bob'"):
        access.accounts.disable(BOSS, "bob", NOW)

    assert actions(audit)[0] == ("root", "disable account", "bob", "refused", "There is no account 'bob'.")


def test_the_list_says_who_was_here_last(access, ann):
    access.accounts.add(BOSS, "vic", Role.VIEWER, NOW)
    access.sessions.sign_in("ann", PASSWORD, "192.0.2.1", NOW + timedelta(days=1))

    seen = [(account.name, account.last_sign_in_at) for account in access.accounts.all(BOSS)]
    assert seen == [("ann", NOW + timedelta(days=1)), ("vic", None)]
