"""Passwords: hashed with argon2id, never kept, and never compared in a telling time."""

import secrets
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from core.errors import PasswordRefused

SHORTEST = 12
LONGEST = 256

# the defaults are RFC 9106's second choice: 64 MiB and 3 passes
_hasher = PasswordHasher()
# each hash takes 64 MiB, and anybody may ask for one
_at_once = BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """An argon2id hash, with its salt and parameters, to keep in place of the password."""
    with _at_once:
        return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether it is the password; takes as long when there is no hash to compare with."""
    nobody = _nobody()
    try:
        with _at_once:
            _hasher.verify(password_hash or nobody, password[: LONGEST + 1])
    except VerifyMismatchError:
        return False
    return password_hash is not None


@cache
def _nobody() -> str:
    """What a name without an account is compared with, so that it takes as long as any other."""
    return hash_password(secrets.token_urlsafe(32))


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with weaker parameters than are used today."""
    return _hasher.check_needs_rehash(password_hash)


def one_time_password() -> str:
    """A password to be used once and then changed: 100 random bits in four groups."""
    letters = "23456789abcdefghjkmnpqrstuvwxyz"  # without those that look alike
    groups = ("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def check_new_password(new: str, current: str, name: str) -> None:
    """Raises PasswordRefused when the new password is not good enough."""
    if len(new) < SHORTEST:
        raise PasswordRefused(f"The new password is too short: {len(new)} characters.", f"Use {SHORTEST} or more.")
    if len(new) > LONGEST:
        raise PasswordRefused(f"The new password is longer than {LONGEST} characters.", "Use a shorter one.")
    if new == current:
        raise PasswordRefused("The new password is the same as the old one.", "Choose another.")
    if len(set(new)) < 5:
        raise PasswordRefused("The new password repeats the same few characters.", "Use more different ones.")
    if name.casefold() in new.casefold() and len(new) < SHORTEST + len(name):
        raise PasswordRefused("The new password is little more than the account's name.", "Choose another.")
