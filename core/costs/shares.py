"""Shares: an amount handed out whole, by largest remainder, as SQL for many and in Python for a table's cents."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

#: The unit that costs are shared out in.
UNIT = Decimal("1e-10")


def split_sql(name: str, lines: str, drivers: str) -> str:
    """CTEs that end in `<name>_shares`: id, title, driver, share. The shares of an id add up to its units, exactly.

    `lines` has id, basis, units (HUGEINT, of either sign) and whole, the sum of the drivers of its basis, above 0;
    `drivers` has basis, title and driver, none below 0. A share is the units x driver / whole, rounded down towards
    zero; the units that are left over go one each to the largest remainders, among equals to the first title. Nothing
    overflows while a whole is below 1.3e19: its square is the largest number that is met.
    """
    return f"""
{name}_floors AS MATERIALIZED (
    SELECT id, title, driver, sign(units) AS sign, whole, whole_units * driver + part // whole AS share,
        (part - part // whole * whole)::UBIGINT AS remainder
    FROM (
        SELECT id, title, units, whole, drivers.driver, abs(units) // whole AS whole_units,
            abs(units) % whole * drivers.driver AS part
        FROM (SELECT basis, title, driver::HUGEINT AS driver FROM {drivers}) drivers
        JOIN (SELECT id, basis, units, whole::HUGEINT AS whole FROM {lines}) lines USING (basis)
    )
),
{name}_left AS (
    SELECT id, sum(remainder) // any_value(whole) AS left_over FROM {name}_floors GROUP BY id
),
{name}_shares AS MATERIALIZED (
    SELECT id, title, driver, sign * (share + (turn <= left_over)::INT) AS share
    FROM (SELECT *, row_number() OVER (PARTITION BY id ORDER BY remainder DESC, title) AS turn FROM {name}_floors)
    JOIN {name}_left USING (id)
)"""


def scopes_sql(name: str, lines: str, amounts: str) -> str:
    """CTEs that end in `<name>_shared` and `<name>_drivers`, for `split_sql`: lines that follow amounts.

    Of its month and provider, a line follows what its account comes to for its scope_service (where that is NULL, for
    all services), or where that is nothing, what all accounts do. One that finds nothing is left out.
    """
    same = " AND ".join(f"{name}_amounts.{each} IS NOT DISTINCT FROM w.{each}" for each in ("account", "service"))
    return f"""
{name}_amounts AS MATERIALIZED (
    SELECT month, provider, account, service, title, sum(driver) AS driver FROM {amounts} WHERE driver > 0
    GROUP BY GROUPING SETS ((month, provider, account, service, title), (month, provider, account, title),
        (month, provider, service, title), (month, provider, title))
),
{name}_wholes AS MATERIALIZED (
    SELECT row_number() OVER () AS basis, * FROM (
        SELECT month, provider, account, service, sum(driver) AS whole FROM {name}_amounts GROUP BY ALL
    )
),
{name}_drivers AS (
    SELECT basis, title, driver FROM {name}_amounts
    JOIN {name}_wholes w ON {name}_amounts.month = w.month AND {name}_amounts.provider = w.provider AND {same}
),
{name}_shared AS MATERIALIZED (
    SELECT line.*, coalesce(near.basis, far.basis) AS basis, coalesce(near.whole, far.whole) AS whole
    FROM {lines} line
    LEFT JOIN {name}_wholes near ON near.month = line.month AND near.provider = line.provider
        AND near.account = line.account AND near.service IS NOT DISTINCT FROM line.scope_service
    LEFT JOIN {name}_wholes far ON far.month = line.month AND far.provider = line.provider
        AND far.account IS NULL AND far.service IS NOT DISTINCT FROM line.scope_service
    WHERE units <> 0 AND coalesce(near.basis, far.basis) IS NOT NULL
)"""


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
