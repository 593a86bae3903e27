"""Tax and support of a month stand on its first day: parts of months say so, worked out by hand."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.costs.period import Period
from core.costs.whole_months import Monthly, monthly_charges
from tests.billing.builders import deliver_cur2
from tests.billing.store import Store
from tests.costs.twelve import cdn, on

OCTOBER = date(2026, 10, 1)


@pytest.fixture
def taxed(store: Store, bucket: Path) -> Store:
    """10 a day on the 5th and on the 20th, and 4 of tax for all of October."""
    tax = on(1, "4", "", "", line_item_line_item_type="Tax")
    deliver_cur2(bucket, [cdn(5, "10", "US-DataTransfer-Out-Bytes"), cdn(20, "10", "US-DataTransfer-Out-Bytes"), tax])
    store.ingest(bucket)
    return store


@pytest.mark.parametrize(
    ("first", "end", "found"),
    [
        (1, 11, (Monthly(OCTOBER, Decimal(4), included=True),)),
        (2, 32, (Monthly(OCTOBER, Decimal(4), included=False),)),
        (1, 32, ()),
    ],
    ids=["with the 1st", "without it", "whole"],
)
def test_a_part_of_a_month_has_all_of_its_tax_or_none(taxed: Store, first: int, end: int, found: tuple[Monthly, ...]):
    until = date(2026, 11, 1) if end > 31 else date(2026, 10, end)

    assert monthly_charges(taxed.warehouse, Period(date(2026, 10, first), until), "USD") == found


def test_it_says_which_way_it_is():
    there, gone = (Monthly(OCTOBER, Decimal(4), included) for included in (True, False))

    assert (
        there.words("$4.00") == "$4.00 of it is tax, support and fees of all of October 2026, which stand on the 1st."
    )
    assert gone.words("$4.00") == "Tax, support and fees of October 2026 ($4.00) stand on the 1st and are not in it."
