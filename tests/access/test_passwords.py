"""Passwords: kept as argon2id hashes, and good enough when people choose them."""

import re

import pytest

from core.access import passwords
from core.access.passwords import check_new_password, hash_password, is_outdated, matches, one_time_password
from core.errors import PasswordRefused


@pytest.fixture
def quick_hashing():
    """Not here: these tests are about the hashing as it is."""


def test_only_the_password_matches_its_hash():
    kept = hash_password("seven blue gloves")

    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert matches(kept, "seven blue gloves")
    assert not matches(kept, "seven blue glove")
    assert not matches(kept, "")


def test_the_same_password_has_another_hash_each_time():
    assert hash_password("seven blue gloves") != hash_password("seven blue gloves")


def test_without_a_hash_nothing_matches():
    assert not matches(None, "seven blue gloves")
    assert not matches(None, "")


def test_nobodys_hash_takes_as_long_as_todays_hashes():
    assert not is_outdated(passwords._NOBODY)


def test_a_hash_with_weaker_parameters_is_outdated():
    weak = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Zr3g6q1BqzI9pl2sSyvW8QsFyFhwSbyi5gWBJDeKdRk"

    assert is_outdated(weak)
    assert not is_outdated(hash_password("seven blue gloves"))


def test_one_time_passwords_are_easy_to_type_and_never_the_same():
    given = {one_time_password() for _ in range(50)}

    assert len(given) == 50
    assert all(re.fullmatch(r"([2-9a-hjkmnp-z]{5}-){3}[2-9a-hjkmnp-z]{5}", password) for password in given)


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("elevenchars", "The new password is too short: 11 characters."),
        ("x" * 257, "The new password is longer than 256 characters."),
        ("the one I have", "The new password is the same as the old one."),
        ("abcabcabcabc", "The new password repeats the same few characters."),
        ("annika12345678", "The new password is little more than the account's name."),
    ],
)
def test_a_poor_password_is_refused_with_the_reason(new, reason):
    with pytest.raises(PasswordRefused) as refused:
        check_new_password(new, "the one I have", "annika")

    assert refused.value.message == reason


@pytest.mark.parametrize("new", ["twelve chars", "annika likes seven gloves", "пароль с пробелами"])
def test_a_good_password_is_taken(new):
    check_new_password(new, "the one I have", "annika")
