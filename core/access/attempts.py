"""Attempts: guessing passwords gets slower with every wrong one, by name and by address."""

import hashlib
import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.access.store import queries, read, stored
from core.database import Connection
from core.errors import TooManyAttempts


@dataclass(frozen=True)
class Limit:
    """How wrong passwords slow down the next attempt."""

    free: int  #: wrong ones in a row before the first wait, of one second; each further one doubles it
    longest: timedelta

    def wait(self, failures: int) -> timedelta:
        """How long after the last wrong password the next attempt is taken."""
        doublings = min(failures - self.free, 30)  # more would overflow
        return min(timedelta(seconds=2**doublings), self.longest) if doublings >= 0 else timedelta(0)


ADDRESS_LIMIT = Limit(free=5, longest=timedelta(minutes=15))
#: Shorter, and not for addresses the account was signed in from: strangers must not lock its owner out.
NAME_LIMIT = Limit(free=10, longest=timedelta(minutes=1))
FORGOTTEN_AFTER = timedelta(hours=1)


def begin_attempt(connection: Connection, name: str, address: str, now: datetime) -> None:
    """Let an attempt begin, and count it as wrong until it turns out right.

    Counting first keeps a thousand simultaneous attempts from all being the first.
    Raises TooManyAttempts, and counts nothing, while the name or the address has to wait.
    """
    queries.forget_old_failures(connection, before=stored(now - FORGOTTEN_AFTER))
    _refuse_early(connection, _of_address(address), ADDRESS_LIMIT, now)
    if not queries.has_signed_in_from(connection, name=name, address=address)["yes"]:
        _refuse_early(connection, _of_name(name), NAME_LIMIT, now)
    for subject in (_of_address(address), _of_name(name)):
        queries.count_failure(connection, subject=subject, at=stored(now))


def attempt_was_right(connection: Connection, name: str, address: str) -> None:
    """The password was right: the name starts afresh; the address keeps what it did to other names."""
    queries.forget_failures(connection, subject=_of_name(name))
    queries.take_back_failure(connection, subject=_of_address(address))


def _refuse_early(connection: Connection, subject: str, limit: Limit, now: datetime) -> None:
    row = queries.failures(connection, subject=subject)
    if row is None:
        return
    left = read(row["last_at"]) + limit.wait(row["failures"]) - now
    if left > timedelta(0):
        seconds = math.ceil(left.total_seconds())
        raise TooManyAttempts("Too many wrong passwords.", f"Try again in {_in_words(seconds)}.", seconds)


def _in_words(seconds: int) -> str:
    if seconds >= 120:
        return f"{math.ceil(seconds / 60)} minutes"
    return f"{seconds} seconds" if seconds > 1 else "a second"


def _of_name(name: str) -> str:
    # hashed, because people type their password into the field for the name
    return f"name {hashlib.sha256(name.encode()).hexdigest()}"


def _of_address(address: str) -> str:
    # one customer of a provider has a whole /64 of IPv6 addresses
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return f"address {address}"
    if isinstance(parsed, ipaddress.IPv6Address) and not parsed.ipv4_mapped:
        return f"address {ipaddress.ip_network((parsed, 64), strict=False)}"
    return f"address {getattr(parsed, 'ipv4_mapped', None) or parsed}"
