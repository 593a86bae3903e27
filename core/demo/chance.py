"""Chance: numbers that look random and are the same every time for the same key."""

from hashlib import blake2b
from statistics import NormalDist

_NORMAL = NormalDist()


def unit(seed: int, *key: object) -> float:
    """A number above 0 and below 1, spread evenly over keys."""
    digest = blake2b(repr((seed, *key)).encode(), digest_size=7).digest()
    return (int.from_bytes(digest) + 0.5) / 2**56


def wobble(seed: int, *key: object) -> float:
    """A number between -1 and 1, spread evenly over keys."""
    return 2 * unit(seed, *key) - 1


def normal(seed: int, *key: object) -> float:
    """A number around 0 with standard deviation 1."""
    return _NORMAL.inv_cdf(unit(seed, *key))
