"""CUR 2.0: write a bill as AWS Data Exports deliver it, Parquet in the overwrite layout."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.demo.bill import Bill
from core.demo.cur2_columns import COLUMNS, manifest_columns
from core.demo.delivery import BUCKET, stamp, write_manifest
from core.demo.identity import line_item_id, sku, stable_uuid
from core.demo.lines import ACCOUNT_NAMES, LOCATIONS, PAYER_ACCOUNT, Item, Line, LineType

EXPORT = "platform-cur2"
PREFIX = f"aws/{EXPORT}"
_ENTITY = "Amazon Web Services, Inc."


def write_cur2(root: Path, bill: Bill) -> Path:
    """Write the bill's month below the bucket's root, over what lay there; gives the data file."""
    partition = f"BILLING_PERIOD={bill.month:%Y-%m}"
    key = f"{PREFIX}/data/{partition}/{EXPORT}-00001.snappy.parquet"
    file = root / key
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(_table(bill), file, compression="snappy")
    stamp(file, bill.as_of)
    write_manifest(root / f"{PREFIX}/metadata/{partition}/{EXPORT}-Manifest.json", _manifest(bill, key), bill.as_of)
    return file


def _manifest(bill: Bill, key: str) -> dict[str, Any]:
    return {
        "exportArn": f"arn:aws:bcm-data-exports:us-east-1:{PAYER_ACCOUNT}:export/{EXPORT}-{stable_uuid(EXPORT)}",
        "executionId": _execution(bill),
        "billingPeriod": {"start": _iso(bill.start), "end": _iso(bill.end)},
        "columns": manifest_columns(),
        "dataFiles": [f"s3://{BUCKET}/{key}"],
    }


def _execution(bill: Bill) -> str:
    return stable_uuid(EXPORT, bill.month, bill.as_of)


def _table(bill: Bill) -> pa.Table:
    columns = {**_bill_columns(bill), **_item_columns(bill), **_line_columns(bill)}
    arrays = [
        columns[name] if name in columns else pa.nulls(len(bill.lines), type_) for name, type_ in COLUMNS.items()
    ]
    return pa.table(arrays, schema=pa.schema(list(COLUMNS.items())))


def _bill_columns(bill: Bill) -> dict[str, pa.Array]:
    """What all lines of a bill share."""
    shared = {
        "bill_billing_entity": "AWS",
        "bill_billing_period_start_date": _naive(bill.start),
        "bill_billing_period_end_date": _naive(bill.end),
        "bill_invoicing_entity": _ENTITY,
        "bill_payer_account_id": PAYER_ACCOUNT,
        "bill_payer_account_name": ACCOUNT_NAMES[PAYER_ACCOUNT],
        "line_item_currency_code": "USD",
        "line_item_legal_entity": _ENTITY,
    }
    count = len(bill.lines)
    return {name: pa.repeat(pa.scalar(value, COLUMNS[name]), count) for name, value in shared.items()}


def _item_columns(bill: Bill) -> dict[str, pa.Array]:
    """What lines of one item share: worked out once for each item."""
    numbers: dict[Item, int] = {}
    places = pa.array([numbers.setdefault(line.item, len(numbers)) for line in bill.lines], pa.int32())
    return {
        name: pa.array([value(item) for item in numbers], COLUMNS[name]).take(places)
        for name, value in _OF_ITEM.items()
    }


def _line_columns(bill: Bill) -> dict[str, pa.Array]:
    lines, execution = bill.lines, _execution(bill)
    columns = {name: pa.array(map(value, lines), COLUMNS[name]) for name, value in _OF_LINE.items()}
    ids = [line_item_id(execution, number) for number in range(len(lines))]
    return {
        **columns,
        "identity_line_item_id": pa.array(ids, pa.string()),
        "bill_invoice_id": pa.array([bill.invoice_of(line) for line in lines], pa.string()),
    }


def _product(item: Item) -> list[tuple[str, str]]:
    facts = {"product_name": item.product.name, "servicename": item.product.name, "region": item.region}
    return [(key, value) for key, value in {**facts, **dict(item.attributes)}.items() if value]


def _attribute(name: str) -> Callable[[Item], str | None]:
    return lambda item: dict(item.attributes).get(name)


def _location(item: Item) -> str | None:
    return dict(item.attributes).get("location") or LOCATIONS[item.region] or None


def _location_type(item: Item) -> str | None:
    if item.region:
        return "AWS Region"
    return "AWS Edge Location" if "location" in dict(item.attributes) else None


def _item_sku(item: Item) -> str | None:
    return sku(item.product.code, item.usage_type, item.operation) if item.usage_type else None


_OF_ITEM: dict[str, Callable[[Item], Any]] = {
    "line_item_product_code": lambda item: item.product.code,
    "line_item_usage_type": lambda item: item.usage_type,
    "line_item_operation": lambda item: item.operation,
    "line_item_resource_id": lambda item: item.resource,
    "line_item_usage_account_id": lambda item: item.account,
    "line_item_usage_account_name": lambda item: ACCOUNT_NAMES[item.account],
    "pricing_unit": lambda item: item.unit or None,
    "product": _product,
    "product_from_location": _attribute("from_location"),
    "product_from_location_type": lambda item: "AWS Edge Location" if _attribute("from_location")(item) else None,
    "product_location": _location,
    "product_location_type": _location_type,
    "product_operation": lambda item: item.operation or None,
    "product_pricing_unit": lambda item: item.unit or None,
    "product_product_family": lambda item: item.family or None,
    "product_region_code": lambda item: item.region or None,
    "product_servicecode": lambda item: item.product.code,
    "product_sku": _item_sku,
    "product_to_location": _attribute("to_location"),
    "product_to_location_type": lambda item: "Other" if _attribute("to_location")(item) else None,
    "product_usagetype": lambda item: item.usage_type or None,
    "resource_tags": lambda item: [(f"user_{key}", value) for key, value in item.tags],
}


def _usage(value: Callable[[Line], Any]) -> Callable[[Line], Any]:
    """Only usage has prices and discounts; other lines leave the column empty."""
    return lambda line: value(line) if line.type is LineType.USAGE else None


def _net(line: Line) -> Decimal:
    """After discounts: a discount is taken off the usage here, and its own line counts nothing."""
    return Decimal(0) if line.type is LineType.DISCOUNT else line.cost + line.discount


def _discounts(line: Line) -> list[tuple[str, float]]:
    return [("private_rate_discount", float(line.discount))] if line.discount else []


def _rate_code(line: Line) -> str:
    code = _item_sku(line.item)
    return f"{code}.JRTCKXETXF.{sku(line.description)[:10]}"


_OF_LINE: dict[str, Callable[[Line], Any]] = {
    "bill_bill_type": lambda line: "Refund" if line.type is LineType.REFUND else "Anniversary",
    "discount": _discounts,
    "discount_total_discount": lambda line: float(line.discount) if line.discount else None,
    "identity_time_interval": lambda line: f"{_iso(line.start)}/{_iso(line.end)}",
    "line_item_blended_cost": lambda line: float(line.cost),
    "line_item_blended_rate": _usage(lambda line: f"{line.rate:f}"),
    "line_item_line_item_description": lambda line: line.description,
    "line_item_line_item_type": lambda line: line.type.value,
    "line_item_net_unblended_cost": lambda line: float(_net(line)),
    "line_item_tax_type": lambda line: "USSalesTax" if line.type is LineType.TAX else None,
    "line_item_unblended_cost": lambda line: float(line.cost),
    "line_item_unblended_rate": _usage(lambda line: f"{line.rate:f}"),
    "line_item_usage_amount": lambda line: float(line.quantity),
    "line_item_usage_start_date": lambda line: _naive(line.start),
    "line_item_usage_end_date": lambda line: _naive(line.end),
    "pricing_currency": _usage(lambda line: "USD"),
    "pricing_public_on_demand_cost": _usage(lambda line: float(line.cost)),
    "pricing_public_on_demand_rate": _usage(lambda line: f"{line.rate:f}"),
    "pricing_rate_code": _usage(_rate_code),
    "pricing_rate_id": _usage(lambda line: str(int(sku(line.description), 36) % 10**11)),
    "pricing_term": _usage(lambda line: "OnDemand"),
}


def _naive(instant: datetime) -> datetime:
    return instant.replace(tzinfo=None)  # the files hold UTC without saying so


def _iso(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
