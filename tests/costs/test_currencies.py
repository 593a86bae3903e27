"""Currencies: each is answered by itself, and what an answer leaves out is said."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.costs.attention import rises
from core.costs.breakdown import LeftOut, break_down
from core.costs.currencies import currencies, currency_named, usual_currency
from core.costs.dimensions import Filter
from core.costs.latest import month_before, newest_month, whole_days_until
from core.costs.period import Period, month_of
from core.costs.series import Grain, cost_series
from core.errors import MixedCurrencies, NoBillingData, UnknownCurrency
from tests.billing.builders import DELIVERED, Row, csv_gz, focus, put
from tests.billing.store import Store

SEPTEMBER, OCTOBER = month_of(date(2026, 9, 1)), month_of(date(2026, 10, 1))
BOTH = Period(SEPTEMBER.start, OCTOBER.end)


def charge(day: str, cost: str, currency: str, **columns: Any) -> Row:
    """A charge of one whole day: of S3 in dollars, or of a server in anything else."""
    stated = dict(
        BillingCurrency=currency,
        BillingPeriodStart=f"{day[:7]}-01T00:00:00Z",
        ChargePeriodStart=f"{day}T00:00:00Z",
        ChargePeriodEnd=f"{day}T23:00:00Z",
    )
    elsewhere = dict(ProviderName="OVH", BillingAccountId="7", SubAccountId="7", ServiceName="Server")
    return focus(cost, **(stated | ({} if currency == "USD" else elsewhere) | columns))


#: September: $30. October: $10, $5 and $2; on the first also 20 euros.
ROWS = [
    charge("2026-09-05", "30", "USD"),
    charge("2026-10-01", "10", "USD"),
    charge("2026-10-02", "5", "USD"),
    charge("2026-10-03", "2", "USD"),
    charge("2026-10-01", "20", "EUR"),
]


def load(store: Store, bucket: Path, rows: list[Row], delivered_at: datetime = DELIVERED) -> Store:
    put(bucket / "bill.csv.gz", csv_gz(rows), delivered_at)
    store.ingest(bucket)
    return store


@pytest.fixture
def mixed(store: Store, bucket: Path) -> Store:
    return load(store, bucket, ROWS)


def test_the_currency_of_most_new_charges_is_the_usual_one(mixed: Store):
    assert currencies(mixed.warehouse) == ("USD", "EUR")


def test_the_first_bill_of_a_month_does_not_change_what_is_usual(store: Store, bucket: Path):
    load(store, bucket, [*ROWS, charge("2026-11-01", "20", "EUR")])

    assert usual_currency(store.warehouse) == "USD"


def test_a_currency_that_bills_have_changed_to_is_the_usual_one(store: Store, bucket: Path):
    load(store, bucket, [*ROWS, charge("2026-11-01", "20", "EUR"), charge("2026-12-01", "20", "EUR")])

    assert currencies(store.warehouse) == ("EUR", "USD")


def test_without_a_bill_there_is_no_currency(store: Store):
    assert (currencies(store.warehouse), usual_currency(store.warehouse)) == ((), "USD")


def test_a_breakdown_says_what_it_leaves_out(mixed: Store):
    dollars = break_down(mixed.warehouse, OCTOBER, "provider", currency="USD")
    euros = break_down(mixed.warehouse, OCTOBER, "provider", currency="EUR")

    assert (dollars.total, dollars.left_out) == (17, (LeftOut("EUR", 1, Decimal(20)),))
    assert (euros.total, euros.left_out) == (20, (LeftOut("USD", 3, Decimal(17)),))
    assert break_down(mixed.warehouse, SEPTEMBER, "provider").left_out == ()


def test_what_is_left_out_is_filtered_too(mixed: Store):
    servers = break_down(mixed.warehouse, OCTOBER, "provider", filters=(Filter("service", "Server"),), currency="USD")

    assert (servers.total, servers.lines) == (0, ())
    assert servers.left_out == (LeftOut("EUR", 1, Decimal(20)),)


def test_only_bills_in_the_same_currency_are_before(mixed: Store):
    assert break_down(mixed.warehouse, OCTOBER, "provider", currency="USD").previous_total == 30
    assert break_down(mixed.warehouse, OCTOBER, "provider", currency="EUR").previous_total is None


def test_where_none_is_named_the_option_that_names_one_is(mixed: Store):
    with pytest.raises(MixedCurrencies, match=r"in EUR and USD.* --currency EUR or --currency USD"):
        break_down(mixed.warehouse, OCTOBER, "provider")
    with pytest.raises(MixedCurrencies):
        cost_series(mixed.warehouse, OCTOBER, "provider")


@pytest.mark.parametrize("name", ["eur", " EUR ", "Eur"])
def test_a_currency_may_be_written_small(mixed: Store, name: str):
    assert break_down(mixed.warehouse, OCTOBER, "provider", currency=name).currency == "EUR"


@pytest.mark.parametrize("name", ["XYZ", "", "EUR' OR '1'='1"])
def test_an_unknown_currency_is_refused_with_those_there_are(mixed: Store, name: str):
    with pytest.raises(UnknownCurrency, match="The bills are in EUR and USD"):
        break_down(mixed.warehouse, OCTOBER, "provider", currency=name)
    with pytest.raises(UnknownCurrency, match="No bill is in"):
        cost_series(mixed.warehouse, OCTOBER, "provider", currency=name)


def test_while_there_is_no_bill_no_currency_is_known(store: Store):
    with pytest.raises(UnknownCurrency) as refused:
        currency_named(store.warehouse, "EUR")

    assert refused.value.advice == "Ingest a bill first."


def test_days_that_only_other_currencies_are_billed_for_have_no_bill(mixed: Store):
    with pytest.raises(NoBillingData, match=r"No bill in EUR covers 2026-09-01.* bills from 2026-10 to 2026-10"):
        break_down(mixed.warehouse, SEPTEMBER, "provider", currency="EUR")


def test_a_charge_that_states_no_currency_is_in_none_of_the_others(store: Store, bucket: Path):
    load(store, bucket, [*ROWS, charge("2026-10-02", "4", "")])

    assert currencies(store.warehouse) == ("USD", "EUR", "not stated")
    assert break_down(store.warehouse, OCTOBER, "provider", currency="not stated").total == 4
    assert break_down(store.warehouse, OCTOBER, "provider", currency="USD").left_out == (
        LeftOut("EUR", 1, Decimal(20)),
        LeftOut("not stated", 1, Decimal(4)),
    )


def test_a_series_has_the_steps_that_bills_in_its_currency_cover(mixed: Store):
    dollars = cost_series(mixed.warehouse, BOTH, "provider", Grain.MONTH, currency="USD")
    euros = cost_series(mixed.warehouse, BOTH, "provider", Grain.MONTH, currency="EUR")

    assert (dollars.starts, dollars.costs) == ((SEPTEMBER.start, OCTOBER.start), {"AWS": (30, 17)})
    assert (euros.starts, euros.costs) == ((OCTOBER.start,), {"OVH": (20,)})


def test_how_far_the_bills_reach_is_known_of_each_currency(store: Store, bucket: Path):
    """October is delivered on the fourth at noon: dollars to the end of the third, euros to the end of the first."""
    load(store, bucket, ROWS, datetime(2026, 10, 4, 12, tzinfo=UTC))

    assert break_down(store.warehouse, OCTOBER, "provider", currency="USD").as_of == datetime(
        2026, 10, 3, 23, tzinfo=UTC
    )
    assert break_down(store.warehouse, OCTOBER, "provider", currency="EUR").as_of == datetime(
        2026, 10, 1, 23, tzinfo=UTC
    )
    days = cost_series(store.warehouse, OCTOBER, "provider", currency="EUR")
    assert (days.starts, days.incomplete) == ((date(2026, 10, 1),), {date(2026, 10, 1)})
    assert whole_days_until(store.warehouse, "USD") == date(2026, 10, 3)
    assert whole_days_until(store.warehouse) == date(2026, 10, 1)


def test_the_newest_month_is_that_of_a_currency(mixed: Store):
    dollars, euros = newest_month(mixed.warehouse, currency="USD"), newest_month(mixed.warehouse, currency="EUR")

    assert (dollars.period, dollars.total) == (Period(date(2026, 10, 1), date(2026, 10, 4)), 17)
    assert (euros.period, euros.total) == (Period(date(2026, 10, 1), date(2026, 10, 2)), 20)
    assert month_before(mixed.warehouse, dollars).total == 30
    assert month_before(mixed.warehouse, euros) is None


def test_a_rise_is_looked_for_in_each_currency_that_is_in_use(store: Store, bucket: Path):
    """Dollars and euros double from September to October; pounds did so a year ago, and are billed no more."""
    doubled = [
        charge(f"{year}-{month:02}-{day:02}", cost, currency)
        for currency, year in (("USD", 2026), ("EUR", 2026), ("GBP", 2025))
        for month, cost in ((9, "10"), (10, "20"))
        for day in (1, 30)
    ]
    load(store, bucket, doubled)

    found = [(each.currency, each.line.label, each.line.difference) for each in rises(store.warehouse)]

    assert found == [("EUR", "Server", 20), ("USD", "Amazon Simple Storage Service", 20)]
