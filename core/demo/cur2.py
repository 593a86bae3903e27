"""CUR 2.0: write a bill as AWS Data Exports deliver it, Parquet in the overwrite layout."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.demo.bill import Bill
from core.demo.cur2_columns import COLUMNS, manifest_columns
from core.demo.delivery import BUCKET, stamp, write_manifest
from core.demo.identity import iso, line_item_id, sku, stable_uuid
from core.demo.lines import ACCOUNT_NAMES, LOCATIONS, PAYER_ACCOUNT, Item, Line, LineType
from core.demo.table import LineColumns, Value, make_table, usage_only

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
        "billingPeriod": {"start": iso(bill.start), "end": iso(bill.end)},
        "columns": manifest_columns(),
        "dataFiles": [f"s3://{BUCKET}/{key}"],
    }


def _execution(bill: Bill) -> str:
    return stable_uuid(EXPORT, bill.month, bill.as_of)


def _table(bill: Bill) -> pa.Table:
    of_line = {**_OF_LINE, **(_NET if bill.has_discounts else {})}
    columns = LineColumns(of_kind={**_of_bill(bill), **_OF_KIND}, of_span=_OF_SPAN, of_line=of_line)
    table, execution = make_table(bill.lines, columns, COLUMNS), _execution(bill)
    ids = pa.array([line_item_id(execution, number) for number in range(len(bill.lines))])
    return table.set_column(table.column_names.index("identity_line_item_id"), "identity_line_item_id", ids)


def _of_bill(bill: Bill) -> dict[str, Value]:
    return {
        "bill_invoice_id": bill.invoice_of,
        "bill_billing_period_start_date": lambda _: _naive(bill.start),
        "bill_billing_period_end_date": lambda _: _naive(bill.end),
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


def _of_item(value: Callable[[Item], Any]) -> Value:
    return lambda line: value(line.item)


def _net(line: Line) -> float:
    """After discounts: a discount is taken off the usage here, and its own line counts nothing."""
    return 0.0 if line.type is LineType.DISCOUNT else float(line.cost + line.discount)


def _discounts(line: Line) -> list[tuple[str, float]]:
    return [("private_rate_discount", float(line.discount))] if line.discount else []


def _rate_code(line: Line) -> str:
    return f"{line.item.sku}.JRTCKXETXF.{sku(line.description)[:10]}"


_OF_KIND: dict[str, Value] = {
    "bill_bill_type": lambda line: "Refund" if line.type is LineType.REFUND else "Anniversary",
    "bill_billing_entity": lambda _: "AWS",
    "bill_invoicing_entity": lambda _: _ENTITY,
    "bill_payer_account_id": lambda _: PAYER_ACCOUNT,
    "bill_payer_account_name": lambda _: ACCOUNT_NAMES[PAYER_ACCOUNT],
    "line_item_blended_rate": usage_only(lambda line: f"{line.rate:f}"),
    "line_item_currency_code": lambda _: "USD",
    "line_item_legal_entity": lambda _: _ENTITY,
    "line_item_line_item_description": lambda line: line.description,
    "line_item_line_item_type": lambda line: line.type.value,
    "line_item_operation": _of_item(lambda item: item.operation),
    "line_item_product_code": _of_item(lambda item: item.product.code),
    "line_item_resource_id": _of_item(lambda item: item.resource),
    "line_item_tax_type": lambda line: "USSalesTax" if line.type is LineType.TAX else None,
    "line_item_unblended_rate": usage_only(lambda line: f"{line.rate:f}"),
    "line_item_usage_account_id": _of_item(lambda item: item.account),
    "line_item_usage_account_name": _of_item(lambda item: ACCOUNT_NAMES[item.account]),
    "line_item_usage_type": _of_item(lambda item: item.usage_type),
    "pricing_currency": usage_only(lambda _: "USD"),
    "pricing_public_on_demand_rate": usage_only(lambda line: f"{line.rate:f}"),
    "pricing_rate_code": usage_only(_rate_code),
    "pricing_rate_id": usage_only(lambda line: str(int(sku(line.description), 16) % 10**11)),
    "pricing_term": usage_only(lambda _: "OnDemand"),
    "pricing_unit": _of_item(lambda item: item.unit or None),
    "product": _of_item(_product),
    "product_from_location": _of_item(_attribute("from_location")),
    "product_from_location_type": _of_item(
        lambda item: "AWS Edge Location" if _attribute("from_location")(item) else None
    ),
    "product_location": _of_item(_location),
    "product_location_type": _of_item(_location_type),
    "product_operation": _of_item(lambda item: item.operation or None),
    "product_pricing_unit": _of_item(lambda item: item.unit or None),
    "product_product_family": _of_item(lambda item: item.family or None),
    "product_region_code": _of_item(lambda item: item.region or None),
    "product_servicecode": _of_item(lambda item: item.product.code),
    "product_sku": _of_item(lambda item: item.sku or None),
    "product_to_location": _of_item(_attribute("to_location")),
    "product_to_location_type": _of_item(lambda item: "Other" if _attribute("to_location")(item) else None),
    "product_usagetype": _of_item(lambda item: item.usage_type or None),
    "resource_tags": _of_item(lambda item: [(f"user_{key}", value) for key, value in item.tags]),
}
_OF_SPAN: dict[str, Value] = {
    "identity_time_interval": lambda line: f"{iso(line.start)}/{iso(line.end)}",
    "line_item_usage_start_date": lambda line: _naive(line.start),
    "line_item_usage_end_date": lambda line: _naive(line.end),
}
_OF_LINE: dict[str, Value] = {
    "discount": _discounts,
    "discount_total_discount": lambda line: float(line.discount) if line.discount else None,
    "line_item_blended_cost": lambda line: float(line.cost),
    "line_item_unblended_cost": lambda line: float(line.cost),
    "line_item_usage_amount": lambda line: float(line.quantity),
    "pricing_public_on_demand_cost": usage_only(lambda line: float(line.cost)),
}
#: Empty for an account that has negotiated nothing.
_NET: dict[str, Value] = {"line_item_net_unblended_cost": _net}


def _naive(instant: datetime) -> datetime:
    return instant.replace(tzinfo=None)  # the files hold UTC without saying so
