"""Currencies: which ones the bills are in; amounts in different ones are never added."""

from core.costs.dimensions import NOT_STATED
from core.errors import UnknownCurrency
from core.warehouse import Warehouse

#: The currency of a row of `charges` or `bills`, as SQL.
CURRENCY = f"coalesce(nullif(billing_currency, ''), '{NOT_STATED}')"


def currencies(warehouse: Warehouse) -> tuple[str, ...]:
    """Every currency that a bill is in: the usual one first, the others by name.

    Usual is what most charges of the two newest months are in: the first bill of a month changes nothing.
    """
    rows = warehouse.standing(f"""
        SELECT {CURRENCY} AS currency,
            sum(row_count) FILTER (billing_period_start >= newest - INTERVAL 1 MONTH) AS charges
        FROM bills, (SELECT max(billing_period_start) AS newest FROM bills WHERE counted)
        WHERE counted GROUP BY ALL ORDER BY charges DESC NULLS LAST, currency
    """)
    usual, *others = [currency for currency, _ in rows] or [None]
    return (usual, *sorted(others)) if usual else ()


def usual_currency(warehouse: Warehouse) -> str:
    """What most of the newest charges are in; USD while there is no bill."""
    return next(iter(currencies(warehouse)), "USD")


def currency_named(warehouse: Warehouse, name: str) -> str:
    """The currency that a person means, in capitals or not. Raises UnknownCurrency, which names those there are."""
    there, name = currencies(warehouse), name.strip()
    match = name if name in there else next((each for each in there if each.upper() == name.upper()), None)
    if match is None:
        raise UnknownCurrency(
            f"No bill is in {name!r}.", f"The bills are in {in_words(there)}." if there else "Ingest a bill first."
        )
    return match


def in_words(names: tuple[str, ...]) -> str:
    """EUR, EUR and USD, EUR, GBP and USD."""
    *first, last = sorted(names)
    return f"{', '.join(first)} and {last}" if first else last
