"""What holds for any bill and any counter."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.reconciliation.causes import compare
from core.reconciliation.counts import Billed, Counts
from core.reconciliation.reconciled import Cause, Counter, Figure, Verdict, spans

FIRST = date(2026, 10, 1)
DAYS = frozenset(FIRST + timedelta(n) for n in range(10))
KEYS = st.tuples(st.sampled_from(["E1", "E2", "E3"]), st.sampled_from(sorted(DAYS)))
VALUES = st.dictionaries(KEYS, st.integers(1, 10**15), min_size=1)


def counted(values: dict[tuple[str, date], int]) -> Counts:
    days = [day for _, day in values]
    return Counts(Counter.LOGS, values, first=min(days), last=max(days))


@given(VALUES)
def test_what_counts_the_same_agrees(values: dict[tuple[str, date], int]):
    badge = compare(Billed(DAYS, values), counted(values), "distribution").badge(Figure.BYTES)

    assert (badge.verdict, badge.difference, badge.because) == (Verdict.AGREES, 0.0, ())


@given(VALUES, st.data())
def test_what_lacks_some_has_less_and_says_what_it_lacks(values: dict[tuple[str, date], int], data: st.DataObject):
    """The same figures, of which some are not there: they are the same where both have them."""
    kept = data.draw(st.lists(st.sampled_from(sorted(values)), min_size=1, unique=True))
    found = compare(Billed(DAYS, values), counted({key: values[key] for key in kept}), "distribution")

    assert found.difference is not None
    assert found.difference <= 0
    assert found.same == 0
    assert Cause.NOT_TOLD not in {finding.cause for finding in found.findings}
    assert len(kept) == len(values) or found.findings


@given(VALUES, st.integers(2, 50))
def test_as_much_more_on_each_side_changes_nothing(values: dict[tuple[str, date], int], times: int):
    half = {key: value * 2 for key, value in values.items()}
    more = {key: value * times for key, value in values.items()}
    twice = {key: value * times for key, value in half.items()}

    one, other = (compare(Billed(DAYS, b), counted(c), "distribution") for b, c in ((half, values), (twice, more)))
    assert (one.difference, one.findings) == (other.difference, other.findings)


@given(st.sets(st.sampled_from(sorted(DAYS))))
def test_days_in_words_name_every_day_once(days: set[date]):
    found: set[date] = set()
    for span in filter(None, spans(days).split(", ")):
        first, _, last = span.partition(" to ")
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
        found |= {start + timedelta(n) for n in range((end - start).days + 1)}

    assert found == days
