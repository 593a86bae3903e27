"""Sketch: a set of names in a line of text, by which two sets can be told apart without keeping either."""

from collections.abc import Iterable
from hashlib import blake2b
from heapq import nsmallest

#: Hashes that are kept, of the smallest: a set of no more is kept whole.
_KEPT = 64


def sketch_of(names: Iterable[str]) -> str:
    """The smallest hashes of a set's names, in order."""
    return ",".join(nsmallest(_KEPT, {blake2b(name.encode(), digest_size=6).hexdigest() for name in names}))


def likeness(one: str, other: str) -> float:
    """What part of both sets together is in both, 0 to 1; exact where they have 64 names or fewer together."""
    first, second = _hashes(one), _hashes(other)
    union = nsmallest(_KEPT, first | second)
    return sum(each in first and each in second for each in union) / len(union) if union else 1.0


def _hashes(sketch: str) -> set[str]:
    return set(sketch.split(",")) if sketch else set()
