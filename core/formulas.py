"""Formulas: what a spreadsheet would run at the beginning of a cell, and how it is made mere text."""

import re

#: How a formula begins, also in the wide letters of East Asian keyboards; and what begins so and is an amount: -2,
#: +49 30 123, -1 day 02:00:00.
FORMULA, AMOUNT = "^[=+@\\-＝＋－＠\t\r\n]", r"^[+-]\d[\w .:]*$"


def harmless(cell: str) -> str:
    """With an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{cell}" if re.search(FORMULA, cell) and not re.search(AMOUNT, cell) else cell
