"""The simulator's bill is the reference's, and what was worked out by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.storage.provider import StorageClass
from tests.recommendations.built import daily_usd, used_by
from tests.recommendations.reference import GIB, KIB, Thing, bill

FIRST = date(2026, 1, 15)
CLASSES = [*StorageClass]
SIZES = st.one_of(st.sampled_from([0, 1, 128 * KIB - 1, 128 * KIB]), st.integers(0, 2**45))


@st.composite
def things(draw: st.DrawFn) -> Thing:
    """An object with any moves that S3 takes, and any reads, before the window, in it and afterwards."""
    begins = draw(st.integers(-200, 250))
    held = begins < 0
    stays = draw(st.lists(st.tuples(st.integers(0, 120), st.sampled_from(CLASSES)), min_size=1, max_size=5))
    day, (_, here) = begins, stays[0]
    moves = [(FIRST + timedelta(begins), here.value, "held" if held else "put")]
    for after, to in stays[1:]:
        day = max(day + after, 0) if held else day + after
        lower = CLASSES.index(to) > CLASSES.index(here)
        falls = lower and to is not StorageClass.STANDARD and draw(st.booleans())
        moves.append((FIRST + timedelta(day), to.value, "transition" if falls else "copy"))
        here = to
    gone = FIRST + timedelta(draw(st.one_of(st.integers(day + 1, day + 300), st.just(10_000))))
    reads = draw(
        st.dictionaries(
            st.integers(-50, 300).map(lambda n: FIRST + timedelta(n)),
            st.tuples(st.integers(0, 10**6), st.integers(0, 2**45)),
            max_size=12,
        )
    )
    return Thing(draw(SIZES), moves, max(gone, FIRST + timedelta(1)), reads)


@given(st.lists(things(), min_size=1, max_size=4), st.integers(1, 260))
def test_the_bill_is_that_of_going_through_every_object_day_by_day(objects, days):
    end = FIRST + timedelta(days)
    plain = bill(objects, FIRST, end)

    exact = daily_usd(objects, FIRST, end)

    expected = [plain[FIRST + timedelta(n)] for n in range(days)]
    assert sum(exact) == pytest.approx(sum(expected), rel=1e-10, abs=1e-12)
    assert exact == pytest.approx(expected, rel=1e-10, abs=1e-10 * sum(expected) + 1e-15)


def in_april(size: int, *moves: tuple[int, str, str], reads: dict[int, tuple[int, int]] | None = None) -> float:
    """USD of a month of 30 days; days count from 0."""
    first, end = date(2026, 4, 1), date(2026, 5, 1)
    placed = [(first + timedelta(day), name, how) for day, name, how in moves]
    read = {first + timedelta(day): each for day, each in (reads or {}).items()}
    return sum(daily_usd([Thing(size, placed, end, read)], first, end))


@pytest.mark.parametrize(
    ("usd", "expected"),
    [
        pytest.param(in_april(100 * GIB, (-400, "STANDARD", "held")), 2.30, id="100 GB in Standard: 100 x 0.023"),
        pytest.param(
            in_april(100 * GIB, (0, "STANDARD", "put"), reads={3: (1000, 7 * GIB)}),
            2.30 + 0.000005 + 0.0004,
            id="and a PUT and 1,000 GETs",
        ),
        pytest.param(
            in_april(100 * GIB, (-400, "STANDARD", "held"), (15, "GLACIER_IR", "transition")),
            0.5 * 2.30 + 0.00002 + 0.5 * 0.40,
            id="half a month in each, and the fee",
        ),
        pytest.param(
            in_april(100 * GIB, (-10, "STANDARD_IA", "held"), (10, "STANDARD", "copy")),
            10 / 30 * 1.25 + 10 / 30 * 1.25 + 0.000005 + 1.00 + 20 / 30 * 2.30,
            id="back after 20 of 30 days: 10 stored, 10 owed, a PUT, 100 GB retrieved, 20 in Standard",
        ),
        pytest.param(
            in_april(1000, (-400, "GLACIER_IR", "held"), reads={0: (2, 2000)}),
            128 * KIB / GIB * 0.004 + 2 * 0.00001 + 2000 / GIB * 0.03,
            id="1,000 bytes are billed as 128 KB, and read as 2,000 bytes",
        ),
        pytest.param(
            in_april(GIB, (-400, "GLACIER", "held"), reads={10: (1, GIB), 12: (1, GIB), 17: (1, GIB)}),
            (1 + 32 * KIB / GIB) * 0.0036 + 8 * KIB / GIB * 0.023
            + 2 * (0.00005 + 0.01 + 7 / 30 * 0.023) + 3 * 0.0000004,
            id="restored twice, for seven days each",
        ),
        pytest.param(
            in_april(GIB, (-100, "INTELLIGENT_TIERING", "held"), reads={20: (1, GIB)}),
            20 / 30 * 0.004 + 10 / 30 * 0.023 + 0.0000025 + 0.0000004,
            id="Intelligent-Tiering: archive instant for 20 days, frequent after the read, monitored",
        ),
        pytest.param(
            in_april(GIB, (-20, "INTELLIGENT_TIERING", "held")),
            10 / 30 * 0.023 + 20 / 30 * 0.0125 + 0.0000025,
            id="infrequent after 30 days",
        ),
        pytest.param(
            in_april(100 * KIB, (-300, "INTELLIGENT_TIERING", "held")),
            100 * KIB / GIB * 0.023,
            id="under 128 KB it is neither tiered nor monitored",
        ),
    ],
)  # fmt: skip
def test_a_month_comes_to_what_was_worked_out_by_hand(usd, expected):
    assert usd == pytest.approx(expected, rel=1e-12)


def test_a_gb_month_costs_the_same_in_a_short_month_and_in_a_long_one():
    held = [Thing(10 * GIB, [(date(2020, 1, 1), "STANDARD", "held")], date(2030, 1, 1))]

    february = sum(daily_usd(held, date(2026, 2, 1), date(2026, 3, 1)))
    march = sum(daily_usd(held, date(2026, 3, 1), date(2026, 4, 1)))

    assert (february, march) == (pytest.approx(0.23), pytest.approx(0.23))


def test_who_waits_for_a_restore_is_told_by_video():
    day = date(2026, 4, 1)
    archived = [(date(2025, 1, 1), "GLACIER", "held")]
    waits = Thing(GIB, archived, date(2027, 1, 1), {day: (1, 1)})
    unread = Thing(GIB, archived, date(2027, 1, 1))

    assert used_by([unread, waits], day, date(2026, 5, 1)).delayed.tolist() == [1]
