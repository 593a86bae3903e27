"""Shares: whatever the bill and the drivers, nothing is lost, nothing is turned round, and ties go by name."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from random import Random

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as some

from core.costs.shares import in_cents, split_steps

Line = tuple[int, int, int]  # sharing, basis, units
Driver = tuple[int, str, int]  # basis, title, driver

_DUCK = duckdb.connect(config={"threads": 1})
_TITLES = some.sampled_from(["", "A", "B", "C", "D"])
_DRIVER = some.integers(1, 10**18) | some.integers(1, 10**12) | some.integers(1, 3)
_DRIVERS = some.dictionaries(some.tuples(some.integers(1, 4), _TITLES), _DRIVER, min_size=1).map(
    lambda found: [(basis, title, driver) for (basis, title), driver in found.items()]
)
_UNITS = some.integers(-(10**20), 10**20) | some.integers(-4, 4)
_LINES = some.lists(some.tuples(some.integers(1, 3), some.integers(1, 4), _UNITS), min_size=1, max_size=12)


def split(lines: Sequence[Line], drivers: Sequence[Driver]) -> dict[tuple[int, str], int]:
    """What each title has of each sharing; lines of a basis without drivers are left out."""
    wholes: dict[int, int] = {}
    for basis, _, driver in drivers:
        wholes[basis] = wholes.get(basis, 0) + driver
    known = [(sharing, basis, units, wholes[basis]) for sharing, basis, units in lines if basis in wholes]
    duck = _DUCK.cursor()
    duck.execute("CREATE OR REPLACE TABLE lines (sharing INT, basis INT, units HUGEINT, whole HUGEINT)")
    duck.execute("CREATE OR REPLACE TABLE drivers (basis INT, title VARCHAR, driver HUGEINT)")
    for table, rows in (("lines", known), ("drivers", drivers)):
        for row in rows:
            duck.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    for name, select in split_steps("shares", "lines", "drivers").items():
        duck.execute(f"CREATE OR REPLACE TABLE {name} AS {select}")
    found = duck.execute("SELECT sharing, title, units FROM shares").fetchall()
    return {(sharing, title): int(units) for sharing, title, units in found}


def due(lines: Sequence[Line], drivers: Sequence[Driver]) -> dict[tuple[int, str], Fraction]:
    """The same, without rounding."""
    found: dict[tuple[int, str], Fraction] = {}
    for sharing, of, units in lines:
        whole = sum(driver for basis, _, driver in drivers if basis == of)
        for basis, title, driver in drivers:
            if basis == of:
                found[sharing, title] = found.get((sharing, title), Fraction(0)) + Fraction(units * driver, whole)
    return found


@settings(deadline=None, max_examples=40)
@given(_LINES, _DRIVERS)
def test_shares_add_up_and_each_is_what_is_due_to_within_a_unit(lines: list[Line], drivers: list[Driver]):
    shares, exact = split(lines, drivers), due(lines, drivers)

    assert shares.keys() == exact.keys()
    assert all(abs(share - exact[key]) < 1 + Fraction(1, 10**9) for key, share in shares.items())
    for sharing in {sharing for sharing, _ in shares}:
        wanted = sum(units for of, basis, units in lines if of == sharing and basis in {each[0] for each in drivers})
        assert sum(share for (of, _), share in shares.items() if of == sharing) == wanted


@settings(deadline=None, max_examples=40)
@given(_LINES, _DRIVERS, some.randoms())
def test_shares_do_not_depend_on_the_order_of_rows(lines: list[Line], drivers: list[Driver], random: Random):
    shuffled = random.sample(lines, len(lines)), random.sample(drivers, len(drivers))

    assert split(*shuffled) == split(lines, drivers)


@settings(deadline=None, max_examples=40)
@given(_LINES, _DRIVERS)
def test_what_is_paid_makes_no_share_negative_and_what_is_paid_back_none_positive(
    lines: list[Line], drivers: list[Driver]
):
    paid = [(sharing, basis, abs(units)) for sharing, basis, units in lines]
    back = [(sharing, basis, -units) for sharing, basis, units in paid]

    assert all(share >= 0 for share in split(paid, drivers).values())
    assert all(share <= 0 for share in split(back, drivers).values())


def test_a_tie_goes_to_the_first_title():
    """8 units by three equal drivers: 2 2/3 each; the two that are left over go to A and B."""
    drivers = [(1, title, 5) for title in ("C", "A", "B")]

    assert split([(1, 1, 8)], drivers) == {(1, "A"): 3, (1, "B"): 3, (1, "C"): 2}
    assert split([(1, 1, -8)], drivers) == {(1, "A"): -2, (1, "B"): -3, (1, "C"): -3}


def test_the_largest_remainder_is_that_of_all_lines_together():
    """Two lines of 1 unit, by thirds: A is due 2/3, B 4/3; not twice a unit for B."""
    drivers = [(1, "A", 1), (1, "B", 2), (2, "A", 1), (2, "B", 2)]

    assert split([(1, 1, 1), (1, 2, 1)], drivers) == {(1, "A"): 1, (1, "B"): 1}


def test_exabytes_and_billions_do_not_overflow():
    """A billion dollars by 12 exabytes, of which one byte is A's."""
    drivers = [(1, "A", 1), (1, "B", 12 * 10**18)]

    assert split([(1, 1, 10**19)], drivers) == {(1, "A"): 1, (1, "B"): 10**19 - 1}


@settings(deadline=None, max_examples=40)
@given(some.lists(some.decimals(-(10**6), 10**6, places=12)))
def test_cents_add_up_to_the_rounded_sum_and_none_is_off_by_a_cent(amounts: list[Decimal]):
    cents = in_cents(amounts)

    assert sum(cents) == sum(amounts, Decimal(0)).quantize(Decimal("0.01"))
    assert all(abs(cent - amount) < Decimal("0.01") for cent, amount in zip(cents, amounts, strict=True))
