"""Sessions: in with the right password, out for good, and over in time."""

import hashlib
from datetime import timedelta

import pytest

from core.access import passwords
from core.access.roles import Role, User, Via
from core.errors import PasswordRefused, SignInFailed, SignInRequired
from tests.access.conftest import BOSS, NOW, PASSWORD

OFFICE, HOME = "192.0.2.1", "198.51.100.4"


def sign_in(access, now=NOW, address=OFFICE):
    return access.sessions.sign_in("ann", PASSWORD, address, now)


def use(access, token, now=NOW):
    return access.sessions.use(token, OFFICE, now)


def rows(database, sql):
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(sql)]


def test_the_right_password_makes_a_session(access, ann):
    session = use(access, sign_in(access))

    assert session.user == User("ann", Role.ANALYST, Via.PASSWORD, OFFICE)
    assert not session.must_change
    assert session.expires_at == NOW + timedelta(hours=12)


def test_a_name_is_the_same_however_it_is_typed(access, ann):
    token = access.sessions.sign_in("  Ann ", PASSWORD, OFFICE, NOW)

    assert use(access, token).user.name == "ann"


def test_only_the_hash_of_the_token_is_kept(access, database, ann):
    access.accounts.reset_password(BOSS, "ann", NOW)  # ends the session that the fixture made
    access.accounts.enable(BOSS, "ann", NOW)
    given = access.accounts.reset_password(BOSS, "ann", NOW)
    token = access.sessions.sign_in("ann", given, OFFICE, NOW)

    assert rows(database, "select token_hash from sessions") == [(hashlib.sha256(token.encode()).hexdigest(),)]
    assert len(token) == 43  # 256 bits, six to a character


@pytest.mark.parametrize(
    ("name", "password"),
    [("ann", "wrong"), ("nobody", PASSWORD), ("ann", ""), ("", ""), ("gone", PASSWORD)],
    ids=["wrong password", "unknown name", "empty password", "nothing", "disabled"],
)
def test_whatever_is_wrong_the_answer_is_the_same_and_takes_the_same_work(access, ann, monkeypatch, name, password):
    access.accounts.add(BOSS, "gone", Role.VIEWER, NOW)
    access.accounts.disable(BOSS, "gone", NOW)
    hashed = []
    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda *given: hashed.append(given) or matches(*given))

    with pytest.raises(SignInFailed) as failed:
        access.sessions.sign_in(name, password, OFFICE, NOW)

    assert str(failed.value) == "The name or the password is wrong. Try again."
    assert len(hashed) == 1


def test_a_session_that_is_not_used_is_over_after_its_time(access, ann):
    token = sign_in(access)

    assert use(access, token, NOW + timedelta(hours=12, seconds=-1))

    forgotten = sign_in(access)
    assert use(access, forgotten, NOW + timedelta(hours=12)) is None


def test_use_keeps_a_session_alive_but_not_for_more_than_thirty_days(access, ann):
    token = sign_in(access)

    for hours in range(11, 30 * 24, 11):
        assert use(access, token, NOW + timedelta(hours=hours)), hours

    last = use(access, token, NOW + timedelta(days=30, seconds=-1))
    assert last.expires_at == NOW + timedelta(days=30)
    assert use(access, token, NOW + timedelta(days=30)) is None


def test_most_clicks_write_nothing(access, database, ann):
    token = sign_in(access)
    expiry = f"select expires_at from sessions where token_hash = '{hashlib.sha256(token.encode()).hexdigest()}'"
    before = rows(database, expiry)

    use(access, token, NOW + timedelta(minutes=71))
    assert rows(database, expiry) == before

    use(access, token, NOW + timedelta(minutes=72))  # a tenth of twelve hours
    assert rows(database, expiry) != before


def test_a_session_that_was_left_is_over(access, ann):
    left, stays = sign_in(access), sign_in(access)

    access.sessions.sign_out(left, OFFICE, NOW)

    assert use(access, left) is None
    assert use(access, stays)


@pytest.mark.parametrize("token", ["", "no-such-token", "x" * 10_000])
def test_a_token_that_never_was_is_nobody(access, ann, token):
    access.sessions.sign_out(token, OFFICE, NOW)

    assert use(access, token) is None


def test_a_new_password_signs_out_everywhere_else(access, ann):
    here, elsewhere = sign_in(access), sign_in(access, address=HOME)

    new = access.sessions.change_password(here, PASSWORD, "nine green bottles", OFFICE, NOW)

    assert use(access, here) is None
    assert use(access, elsewhere) is None
    assert use(access, new).user.name == "ann"
    with pytest.raises(SignInFailed):
        sign_in(access)
    assert access.sessions.sign_in("ann", "nine green bottles", OFFICE, NOW)


@pytest.mark.parametrize(
    ("current", "new", "error"),
    [
        ("wrong", "nine green bottles", SignInFailed),
        (PASSWORD, "short", PasswordRefused),
        (PASSWORD, PASSWORD, PasswordRefused),
    ],
    ids=["wrong current password", "too short", "the same again"],
)
def test_a_password_change_that_fails_changes_nothing(access, ann, current, new, error):
    token = sign_in(access)

    with pytest.raises(error):
        access.sessions.change_password(token, current, new, OFFICE, NOW)

    assert use(access, token)
    assert sign_in(access)


def test_nobody_changes_a_password_without_being_signed_in(access, ann):
    with pytest.raises(SignInRequired):
        access.sessions.change_password("no-such-token", PASSWORD, "nine green bottles", OFFICE, NOW)


def test_an_account_that_is_disabled_while_its_password_is_checked_stays_out(access, ann, monkeypatch):
    def slow_check(password_hash: str | None, password: str) -> bool:
        access.accounts.disable(BOSS, "ann", NOW)
        return True

    monkeypatch.setattr(passwords, "matches", slow_check)

    with pytest.raises(SignInFailed):
        sign_in(access)


def test_a_hash_of_older_times_is_renewed_at_the_next_sign_in(access, database, ann, monkeypatch):
    (before,) = rows(database, "select password_hash from accounts")
    monkeypatch.setattr(passwords, "is_outdated", lambda password_hash: True)

    sign_in(access)

    assert rows(database, "select password_hash from accounts") != [before]
    assert sign_in(access)


def test_sessions_that_are_over_are_cleared_away(access, database, ann):
    for _ in range(3):
        sign_in(access)

    sign_in(access, NOW + timedelta(days=1))

    assert rows(database, "select count(*) from sessions") == [(1,)]


def test_coming_going_and_failing_is_on_record(access, audit, ann):
    token = sign_in(access)
    access.sessions.sign_out(token, OFFICE, NOW + timedelta(hours=1))
    with pytest.raises(SignInFailed):
        access.sessions.sign_in("ann", "wrong", HOME, NOW + timedelta(hours=2))
    with pytest.raises(SignInFailed):
        access.sessions.sign_in("bob", "wrong", HOME, NOW + timedelta(hours=3))

    told = [
        (entry.at, entry.actor, entry.action, entry.outcome, entry.detail, entry.address)
        for entry in audit.latest(BOSS)
    ]
    assert told[:4] == [
        (NOW + timedelta(hours=3), "", "sign in", "refused", "unknown name", HOME),
        (NOW + timedelta(hours=2), "ann", "sign in", "refused", "wrong password", HOME),
        (NOW + timedelta(hours=1), "ann", "sign out", "done", "", OFFICE),
        (NOW, "ann", "sign in", "done", "", OFFICE),
    ]
