"""Attempts: guessing gets slower, for everybody but the one who knows the password."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from core.access.attempts import ADDRESS_LIMIT, NAME_LIMIT
from core.access.roles import Role
from core.errors import SignInFailed, TooManyAttempts
from tests.access.conftest import BOSS, NOW, PASSWORD

OFFICE, STRANGER = "192.0.2.1", "203.0.113.9"


def fail(access, name="ann", address=STRANGER, now=NOW) -> None:
    with pytest.raises(SignInFailed):
        access.sessions.sign_in(name, "wrong", address, now)


def wait_of(access, name="ann", address=STRANGER, now=NOW) -> int:
    """The seconds that an attempt is told to wait, with the right password even."""
    with pytest.raises(TooManyAttempts) as refused:
        access.sessions.sign_in(name, PASSWORD, address, now)
    return refused.value.retry_after_s


@pytest.mark.parametrize(
    ("limit", "waits"),
    [
        (ADDRESS_LIMIT, {0: 0, 4: 0, 5: 1, 6: 2, 7: 4, 14: 512, 15: 900, 10_000: 900}),
        (NAME_LIMIT, {0: 0, 9: 0, 10: 1, 11: 2, 15: 32, 16: 60, 10_000: 60}),
    ],
    ids=["address", "name"],
)
def test_each_wrong_password_doubles_the_wait_up_to_the_longest(limit, waits):
    assert {failures: limit.wait(failures).total_seconds() for failures in waits} == waits


def test_after_five_wrong_passwords_an_address_has_to_wait(access, ann):
    for _ in range(5):
        fail(access)

    assert wait_of(access) == 1
    fail(access, now=NOW + timedelta(seconds=1))
    assert wait_of(access, now=NOW + timedelta(seconds=1)) == 2
    assert access.sessions.sign_in("ann", PASSWORD, STRANGER, NOW + timedelta(seconds=3))


def test_who_has_to_wait_is_told_how_long(access, ann):
    for second in range(5):
        fail(access, now=NOW + timedelta(seconds=second))
    for wait in (1, 2, 4, 8, 16, 32, 64, 128):
        fail(access, now=NOW + timedelta(seconds=4 + 2 * wait - 1))

    with pytest.raises(TooManyAttempts) as refused:
        access.sessions.sign_in("ann", PASSWORD, STRANGER, NOW + timedelta(seconds=4 + 255))

    assert str(refused.value) == "Too many wrong passwords. Try again in 5 minutes."  # 256 seconds


def test_trying_other_names_does_not_help(access, ann):
    for number in range(5):
        fail(access, name=f"guess{number}")

    assert wait_of(access) == 1


def test_another_address_need_not_wait(access, ann):
    for _ in range(5):
        fail(access)

    assert access.sessions.sign_in("ann", PASSWORD, "198.51.100.77", NOW)


def test_many_addresses_that_try_one_name_have_to_wait_all(access, ann):
    for number in range(10):
        fail(access, address=f"203.0.113.{number}")

    assert wait_of(access, address="198.51.100.77") == 1


def test_strangers_cannot_lock_out_the_owner_where_they_signed_in_before(access, ann):
    for number in range(40):
        fail(access, address=f"203.0.113.{number}", now=NOW + timedelta(minutes=number))

    now = NOW + timedelta(minutes=39)
    assert wait_of(access, address="198.51.100.77", now=now) == 60  # nobody waits longer for a name than a minute
    assert access.sessions.sign_in("ann", PASSWORD, OFFICE, now)


def test_a_name_nobody_has_is_limited_like_any_other(access, ann):
    for number in range(10):
        fail(access, name="nobody", address=f"203.0.113.{number}")

    assert wait_of(access, name="nobody", address="198.51.100.77") == 1


def test_an_account_of_ones_own_does_not_clear_the_address(access, ann):
    given = access.accounts.add(BOSS, "eve", Role.VIEWER, NOW)
    for _ in range(4):
        fail(access)

    access.sessions.sign_in("eve", given, STRANGER, NOW)
    fail(access)

    assert wait_of(access) == 1


def test_the_neighbours_in_an_ipv6_network_count_as_one(access, ann):
    for number in range(5):
        fail(access, address=f"2001:db8:0:7::{number}")

    assert wait_of(access, address="2001:db8:0:7:ffff::1") == 1
    assert access.sessions.sign_in("ann", PASSWORD, "2001:db8:0:8::1", NOW)


def test_an_attempt_that_came_too_early_does_not_prolong_the_wait(access, ann):
    for _ in range(6):
        fail(access) if _ < 5 else fail(access, now=NOW + timedelta(seconds=1))
    for _ in range(20):
        assert wait_of(access, now=NOW + timedelta(seconds=2)) == 1

    assert access.sessions.sign_in("ann", PASSWORD, STRANGER, NOW + timedelta(seconds=3))


def test_after_an_hour_all_is_forgotten(access, database, ann):
    for _ in range(5):
        fail(access)

    fail(access, now=NOW + timedelta(hours=1))

    with database.reading() as connection:
        kept = connection.execute("select failures from failed_attempts").fetchall()
    assert [row["failures"] for row in kept] == [1, 1]  # the address and the name


def test_attempts_at_the_same_moment_do_not_all_count_as_the_first(access, ann):
    def attempt(_: int) -> str:
        try:
            access.sessions.sign_in("ann", "wrong", STRANGER, NOW)
        except (SignInFailed, TooManyAttempts) as error:
            return type(error).__name__
        return "in"

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(attempt, range(16)))

    assert sorted(answers) == ["SignInFailed"] * 5 + ["TooManyAttempts"] * 11


def test_a_wrong_current_password_counts_too(access, ann):
    token = access.sessions.sign_in("ann", PASSWORD, STRANGER, NOW)
    for _ in range(5):
        with pytest.raises(SignInFailed):
            access.sessions.change_password(token, "wrong", "nine green bottles", STRANGER, NOW)

    with pytest.raises(TooManyAttempts):
        access.sessions.change_password(token, PASSWORD, "nine green bottles", STRANGER, NOW)
