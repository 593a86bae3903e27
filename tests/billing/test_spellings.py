"""One name for what exports spell in several ways: columns, currencies and the ids of accounts."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.billing.builders import Row, csv_text, cur2, deliver_cur2, focus, parquet, put
from tests.billing.store import Store

FURTHER = {
    "x_ServiceCode": "AmazonS3",
    "x_UsageType": "EU-DataTransfer-Out-Bytes",
    "x_Operation": "GetObject",
    "InvoiceId": "EUINV26-1",
    "PricingQuantity": "2",
    "PricingUnit": "GB",
}
AZURE = {
    "ProviderName": "Microsoft",
    "PublisherName": "Microsoft",
    "BillingAccountId": "/providers/Microsoft.Billing/billingAccounts/AB",
    "SubAccountId": "/subscriptions/AB",
    "ResourceId": "/subscriptions/AB/disks/D",
}


def renamed(row: Row, case: Callable[[str], str]) -> Row:
    return {case(name): value for name, value in row.items()}


@pytest.mark.parametrize("write", [csv_text, parquet])
@pytest.mark.parametrize("case", [str.lower, str.upper, str])
def test_focus_columns_are_known_in_any_case(store: Store, bucket: Path, case: Any, write: Any):
    """Athena writes them in small letters, Snowflake in capitals."""
    row = focus("3", EffectiveCost="2", ListCost="4", Tags='{"Team": "video"}') | FURTHER
    put(bucket / f"bill.{'csv' if write is csv_text else 'parquet'}", write([renamed(row, case)]))

    assert store.outcomes(bucket) == ["loaded"]
    facts = store.warehouse.query(
        "SELECT billed_cost, effective_cost, list_cost, consumed_quantity, consumed_unit, usage_type, operation, "
        "service_name, region_id, sub_account_id, billing_account_id, resource_id, tags['Team'], estimated, "
        "charge_period_start::VARCHAR FROM resource_charges"
    )
    assert facts == [
        (
            Decimal(3), Decimal(2), Decimal(4), Decimal(1), "GB", "EU-DataTransfer-Out-Bytes", "GetObject",
            "Amazon Simple Storage Service", "us-east-1", "222222222222", "111111111111", "videos", "video", False,
            "2026-10-10",
        )
    ]  # fmt: skip
    assert store.warehouse.query("SELECT usage_until::VARCHAR FROM bills") == [("2026-10-11 00:00:00+00",)]


def test_of_columns_in_two_cases_the_one_that_focus_names_is_read(store: Store, bucket: Path):
    put(bucket / "bill.csv", csv_text([focus("3") | {"BILLEDCOST": "9"}]))

    assert store.outcomes(bucket) == ["loaded"]
    assert store.total() == Decimal(3)


def test_where_focus_names_neither_of_two_nobody_can_tell(store: Store, bucket: Path):
    row = renamed(focus("3"), str.lower)
    put(bucket / "bill.csv", csv_text([row | {"BILLEDCOST": "9"}]))

    assert store.refusal(bucket) == "bill.csv has several columns billedcost and BILLEDCOST. Export it anew with one."


def test_a_currency_is_one_in_any_case(store: Store, bucket: Path):
    rows = [focus("1", BillingCurrency=currency) for currency in ("usd", "USD", " Usd")]
    put(bucket / "bill.csv", csv_text(rows))

    assert store.outcomes(bucket) == ["loaded"]
    assert store.warehouse.query("SELECT billing_currency, billed_cost FROM charges") == [("USD", Decimal(3))]


@pytest.mark.parametrize("type_", [pa.int64(), pa.float64(), pa.decimal128(14, 2), pa.string()])
def test_an_account_of_aws_that_is_stored_as_a_number_keeps_its_zeros(store: Store, bucket: Path, type_: pa.DataType):
    text = pa.types.is_string(type_)
    payer, user = ("000000000042", "012345678901") if text else (42, 12345678901)
    accounts = {"bill_payer_account_id": payer, "line_item_usage_account_id": user}
    types = dict.fromkeys(accounts, type_)
    deliver_cur2(bucket, [parquet([cur2("3", **accounts)], **types)])

    assert store.outcomes(bucket) == ["loaded"]
    assert store.costs("account") == {"012345678901": Decimal(3)}
    assert store.column("billing_account_id") == ["000000000042"]


@pytest.mark.parametrize(
    ("provider", "account"),
    [("AWS", "000000000042"), ("Amazon Web Services", "000000000042"), ("Microsoft", "42")],
)
def test_an_account_in_focus_has_zeros_where_aws_gives_it(store: Store, bucket: Path, provider: str, account: str):
    row = focus("3", ProviderName=provider, BillingAccountId=42, SubAccountId=42)
    put(bucket / "bill.parquet", parquet([row], BillingAccountId=pa.int64(), SubAccountId=pa.int64()))

    assert store.outcomes(bucket) == ["loaded"]
    assert store.column("billing_account_id") == [account]
    assert store.costs("account") == {account: Decimal(3)}


def test_an_id_of_microsoft_is_one_in_any_case(store: Store, bucket: Path):
    """Two exports of one subscription, one of which writes in capitals; 3 USD are billed."""
    for name, case in (("a", str.lower), ("b", str.upper)):
        ids = {name: case(AZURE[name]) for name in ("BillingAccountId", "SubAccountId", "ResourceId")}
        put(bucket / f"{name}/bill.csv", csv_text([focus("3") | AZURE | ids]))
    store.ingest(bucket)

    assert store.total() == Decimal(3)
    assert store.costs("account") == {"/subscriptions/ab": Decimal(3)}
    assert store.costs("resource") == {"/subscriptions/ab/disks/d": Decimal(3)}


def test_an_id_of_another_provider_is_as_the_bill_states_it(store: Store, bucket: Path):
    row = focus("3", ProviderName="Oracle", SubAccountId="ocid1.Tenancy.A", ResourceId="ocid1.A")
    put(bucket / "bill.csv", csv_text([row]))
    store.ingest(bucket)

    assert store.costs("account") == {"ocid1.Tenancy.A": Decimal(3)}
    assert store.column("resource_id") == ["ocid1.A"]
