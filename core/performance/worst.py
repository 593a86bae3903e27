"""Worst: the edges at which viewers' requests fail, or wait for the first byte, far more often than at the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.performance.delivery import Line

#: Edges with fewer of all requests are not looked at, as chance makes those the worst.
LEAST_SHARE = 0.01
#: So many times as often as at the others stands out, where that is more than a tenth of a point.
TIMES, _NEWS = 2, 0.001


@dataclass(frozen=True)
class Compared:
    """Of the requests of an edge and of all other edges, a share."""

    share: float
    elsewhere: float

    @property
    def more(self) -> float:
        return max(self.share - self.elsewhere, 0.0)

    @property
    def stands_out(self) -> bool:
        return self.more > _NEWS and self.share >= TIMES * self.elsewhere

    @property
    def times(self) -> float | None:
        """How many times as often as elsewhere; None where it never happens there."""
        return self.share / self.elsewhere if self.elsewhere else None


@dataclass(frozen=True)
class BadEdge:
    """An edge that stands out."""

    line: Line
    failed: Compared | None  #: of those whose status is known, 400 and above; None where none is
    slow: Compared | None  #: of those whose time is known, the slowest twentieth of all; None where none is

    @property
    def suffering(self) -> float:
        """Requests that fail or wait so, beyond what they would at the others."""
        return self.line.requests * sum(each.more for each in (self.failed, self.slow) if each)


def worst_edges(edges: Sequence[Line]) -> tuple[BadEdge, ...]:
    """Those that stand out, first the one at which most requests suffer by it; `edges`: all of them."""
    return tuple(sorted(_standing_out(edges), key=lambda each: each.suffering, reverse=True))


def _standing_out(edges: Sequence[Line]) -> Iterator[BadEdge]:
    requests = sum(each.requests for each in edges)
    failing = _compared({each.label: (each.failed, each.answers) for each in edges})
    slow = _compared({each.label: (each.slow, each.requests) for each in edges})
    for each in edges:
        if each.label and LEAST_SHARE * requests <= each.requests < requests:
            bad = BadEdge(each, failing.get(each.label), slow.get(each.label))
            if any(compared.stands_out for compared in (bad.failed, bad.slow) if compared):
                yield bad


def _compared(shares: Mapping[str, tuple[float | None, int]]) -> dict[str, Compared]:
    """Each share beside that of all others together, by how many requests each is of; without those not known."""
    known = {label: (share, number) for label, (share, number) in shares.items() if share is not None}
    asked, had = sum(number for _, number in known.values()), sum(share * number for share, number in known.values())
    return {
        label: Compared(share, (had - share * number) / (asked - number))
        for label, (share, number) in known.items()
        if number < asked
    }
