"""The worst edges are those where viewers' requests suffer, worked out by hand."""

import pytest

from core.performance.bins import shares_above
from core.performance.delivery import Line
from core.performance.worst import worst_edges
from tests.performance.binned import binned


def edge(label: str, requests: int, failed: int = 0, slow: float | None = 0.0, hits: float = 1.0) -> Line:
    return Line(label, requests, 0, hits, hits, failed // 2, failed - failed // 2, requests, None, None, slow)


def test_an_edge_that_fails_and_waits_comes_before_one_that_misses():
    # of the others 10 of 2,000 fail and 2 % are slow; of GRU's 500, 80 and 30 %
    edges = [edge("IAD", 1000, 5, 0.02), edge("GRU", 500, 80, 0.3), edge("FRA", 1000, 5, 0.02, hits=0.1)]
    (bad,) = worst_edges(edges)

    assert bad.failed
    assert (bad.line.label, bad.failed.share, bad.failed.elsewhere) == ("GRU", 0.16, 0.005)
    assert bad.failed.times == pytest.approx(32)
    assert bad.slow
    assert (bad.slow.share, bad.slow.elsewhere) == (0.3, pytest.approx(0.02))
    assert bad.suffering == pytest.approx(500 * (0.155 + 0.28))


def test_where_more_requests_suffer_comes_first():
    # IAD: 1,000 x (5 % - 40 / 10,200); GRU: 200 x (20 % - 50 / 11,000)
    edges = [edge("FRA", 10_000, 0), edge("GRU", 200, 40), edge("IAD", 1_000, 50)]

    assert [each.line.label for each in worst_edges(edges)] == ["IAD", "GRU"]
    assert [each.suffering for each in worst_edges(edges)] == pytest.approx([46.0784, 39.0909], abs=1e-4)


def test_slow_alone_is_enough_and_so_is_failing_alone():
    slow = worst_edges([edge("A", 100, 0, 0.04), edge("B", 100, 0, 0.02)])
    failing = worst_edges([edge("A", 100, 4, None), edge("B", 100, 2, None)])

    assert [each.line.label for each in slow] == ["A"]
    assert [(each.line.label, each.slow) for each in failing] == [("A", None)]


@pytest.mark.parametrize(
    "edges",
    [
        [edge("A", 100, 3), edge("B", 100, 2)],  # not twice as often
        [edge("A", 10_000, 9), edge("B", 10_000, 0)],  # less than a tenth of a point more
        [edge("A", 9, 9), edge("B", 991, 0)],  # less than a hundredth of the requests
        [edge("", 100, 50), edge("B", 100, 0)],  # nobody knows which edge
        [edge("A", 100, 50)],  # nothing to compare with
        [],
    ],
    ids=["near", "chance", "small", "unknown", "alone", "none"],
)
def test_none_stands_out(edges: list[Line]):
    assert worst_edges(edges) == ()


def test_the_share_above_a_value_is_told_from_bins():
    # 90 requests in (1.1^23, 1.1^24], 10 in (1.1^47, 1.1^48]: above 1.1^47.5 is half of the ten
    assert shares_above(binned({24: 90, 48: 10}), 1.1**47.5) == [pytest.approx(0.05)]
    assert shares_above(binned({24: 90, 48: 10}), 1.1**30) == [pytest.approx(0.1)]
    assert shares_above(binned({0: 3, 10: 1}), 0) == [0.25]
    assert shares_above(binned({0: 1, -1: 1}), 0.5) == [0.5]
    assert shares_above(binned({}), 1) == [None]
