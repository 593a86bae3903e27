"""Shares: an amount handed out whole, by largest remainder, as SQL for many and in Python for a table's cents."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

#: The unit that costs are shared out in.
UNIT = Decimal("1e-10")


#: Parts of a unit that remainders are told apart by.
_PARTS = 2**40
#: Of part ÷ whole, to within one where the quotient, which is no larger than the driver, is small enough for a double:
#: to divide such large numbers takes twenty times as long. What it is off by is in the parts, be it below 0.
_QUOTIENT = f"""CASE WHEN driver < {2**50} THEN floor(part::DOUBLE / divisor)::BIGINT::HUGEINT
    ELSE part // whole END"""


def split_steps(name: str, lines: str, drivers: str) -> dict[str, str]:
    """Selects by the tables to be made of them; the last one, of that name, has sharing, title, driver and units.

    Those of a sharing add up to its units, exactly.
    `lines` has sharing, basis, units (HUGEINT, of either sign) and whole, the sum of the drivers of its basis;
    `drivers` has basis, title and driver, all above 0. A title is due units x driver / whole of each line; what it is
    due of all lines of a sharing is rounded down, and the units that are left over go one each to the largest
    remainders, among equals to the first title. Nothing overflows while a whole is below 1.3e19: its square is the
    largest number that is met. Remainders are known to 2^-40 of a unit, which decides who is first, never the sum.
    """
    return {
        f"{name}_due": f"""
            SELECT sharing, title, sum(driver) AS driver, sum(sign * (whole_units * driver + guess)) AS units,
                sum(sign * (rest::DOUBLE / divisor * {_PARTS})::BIGINT)::BIGINT AS parts
            FROM (
                SELECT *, part - guess * whole AS rest FROM (SELECT *, {_QUOTIENT} AS guess FROM (
                    SELECT sharing, title, sign, whole, divisor, whole_units, d.driver, units_over * d.driver AS part
                    FROM (SELECT basis, title, driver::HUGEINT AS driver FROM {drivers}) d
                    JOIN (
                        SELECT sharing, basis, sign(units)::INT AS sign, whole::HUGEINT AS whole,
                            whole::DOUBLE AS divisor,
                            abs(units) // whole::HUGEINT AS whole_units, abs(units) % whole::HUGEINT AS units_over
                        FROM {lines}
                    ) USING (basis)
                ))
            ) GROUP BY ALL""",
        f"{name}_floors": f"""
            SELECT sharing, title, driver, units + (parts - remainder) // {_PARTS} AS units, remainder
            FROM (SELECT *, (parts % {_PARTS} + {_PARTS}) % {_PARTS} AS remainder FROM {name}_due)""",
        name: f"""
            WITH left_over AS (
                SELECT sharing, wanted - given AS left_over
                FROM (SELECT sharing, sum(units) AS wanted FROM {lines} GROUP BY sharing)
                JOIN (SELECT sharing, sum(units) AS given FROM {name}_floors GROUP BY sharing) USING (sharing)
            )
            SELECT sharing, title, driver, units + (turn <= left_over)::INT AS units
            FROM (
                SELECT *, row_number() OVER (PARTITION BY sharing ORDER BY remainder DESC, title) AS turn
                FROM {name}_floors
            ) JOIN left_over USING (sharing)""",
    }


def in_cents(amounts: Sequence[Decimal], cent: Decimal = Decimal("0.01")) -> tuple[Decimal, ...]:
    """The amounts in whole cents that add up to their rounded sum, whatever their signs.

    Each is rounded down or up, never further; the cents that are left over go to those that rounding down took most
    from, among equals to the first. The sum is rounded half to even, as amounts are where they stand alone.
    """
    floors = [int((amount / cent).to_integral_value("ROUND_FLOOR")) for amount in amounts]
    total = int((sum(amounts, Decimal(0)) / cent).to_integral_value(ROUND_HALF_EVEN))
    taken = [amount - floor * cent for amount, floor in zip(amounts, floors, strict=True)]
    by_taken = sorted(range(len(amounts)), key=lambda n: (-taken[n], n))
    up = set(by_taken[: total - sum(floors)])
    return tuple((floor + (n in up)) * cent for n, floor in enumerate(floors))
