"""Legacy CUR: write a bill as the Cost and Usage Report of old delivers it, gzipped CSV by assembly."""

import csv
import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from core.demo.bill import Bill
from core.demo.delivery import BUCKET, stamp, write_manifest
from core.demo.identity import iso, line_item_id, sku
from core.demo.lines import LOCATIONS, PAYER_ACCOUNT, Item, LineType
from core.demo.table import LineColumns, Value, make_table, usage_only

REPORT = "platform-report"
PREFIX = f"aws/legacy/{REPORT}"
_ENTITY = "Amazon Web Services, Inc."


def write_legacy(root: Path, bill: Bill, *, current: bool = True) -> Path:
    """Write one assembly of the bill's month below the bucket's root; gives the data file.

    The current one also gets the month's manifest, which says which assembly counts.
    """
    month = root / PREFIX / _span(bill)
    folder = month / _assembly(bill)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{REPORT}-00001.csv.gz"
    file.write_bytes(gzip.compress(_csv(bill).encode(), compresslevel=6, mtime=0))
    stamp(file, bill.as_of)
    for place in (folder, month) if current else (folder,):
        write_manifest(place / f"{REPORT}-Manifest.json", _manifest(bill), bill.as_of)
    return file


def _span(bill: Bill) -> str:
    return f"{bill.start:%Y%m%d}-{bill.end:%Y%m%d}"


def _assembly(bill: Bill) -> str:
    return f"{bill.as_of:%Y%m%dT%H%M%SZ}"


def _manifest(bill: Bill) -> dict[str, Any]:
    return {
        "assemblyId": _assembly(bill),
        "account": PAYER_ACCOUNT,
        "columns": [_manifest_column(name) for name in _COLUMNS],
        "charset": "UTF-8",
        "compression": "GZIP",
        "contentType": "text/csv",
        "reportId": sku(REPORT).lower() * 4,
        "reportName": REPORT,
        "billingPeriod": {"start": f"{bill.start:%Y%m%dT000000.000Z}", "end": f"{bill.end:%Y%m%dT000000.000Z}"},
        "bucket": BUCKET,
        "reportKeys": [f"{PREFIX}/{_span(bill)}/{_assembly(bill)}/{REPORT}-00001.csv.gz"],
        "additionalArtifactKeys": [],
    }


def _manifest_column(name: str) -> dict[str, str]:
    category, _, column = name.partition("/")
    return {"category": category, "name": column, "type": _MANIFEST_TYPES.get(name, "OptionalString")}


def _csv(bill: Bill) -> str:
    columns = LineColumns(of_kind={**_of_bill(bill), **_OF_KIND}, of_span=_OF_SPAN, of_line=_OF_LINE)
    table = make_table(bill.lines, columns, dict.fromkeys(_COLUMNS, pa.string()))
    ids = [line_item_id(_assembly(bill), number) for number in range(len(bill.lines))]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(zip(ids, *(column.to_pylist() for column in table.columns[1:]), strict=True))
    return text.getvalue()


def _of_bill(bill: Bill) -> dict[str, Value]:
    return {
        "bill/InvoiceId": bill.invoice_of,
        "bill/BillingPeriodStartDate": lambda _: iso(bill.start),
        "bill/BillingPeriodEndDate": lambda _: iso(bill.end),
    }


def _of_item(value: Callable[[Item], str]) -> Value:
    return lambda line: value(line.item)


def _attribute(name: str) -> Value:
    return lambda line: dict(line.item.attributes).get(name)


def _tag(name: str) -> Value:
    return lambda line: dict(line.item.tags).get(name)


_OF_KIND: dict[str, Value] = {
    "bill/InvoicingEntity": lambda _: _ENTITY,
    "bill/BillingEntity": lambda _: "AWS",
    "bill/BillType": lambda line: "Refund" if line.type is LineType.REFUND else "Anniversary",
    "bill/PayerAccountId": lambda _: PAYER_ACCOUNT,
    "lineItem/UsageAccountId": _of_item(lambda item: item.account),
    "lineItem/LineItemType": lambda line: line.type.value,
    "lineItem/ProductCode": _of_item(lambda item: item.product.code),
    "lineItem/UsageType": _of_item(lambda item: item.usage_type),
    "lineItem/Operation": _of_item(lambda item: item.operation),
    "lineItem/ResourceId": _of_item(lambda item: item.resource),
    "lineItem/CurrencyCode": lambda _: "USD",
    "lineItem/UnblendedRate": usage_only(lambda line: f"{line.rate:f}"),
    "lineItem/BlendedRate": usage_only(lambda line: f"{line.rate:f}"),
    "lineItem/LineItemDescription": lambda line: line.description,
    "lineItem/TaxType": lambda line: "USSalesTax" if line.type is LineType.TAX else None,
    "lineItem/LegalEntity": lambda _: _ENTITY,
    "product/ProductName": _of_item(lambda item: item.product.name),
    "product/location": _of_item(lambda item: LOCATIONS[item.region]),
    "product/locationType": _of_item(lambda item: "AWS Region" if item.region else ""),
    "product/operation": _of_item(lambda item: item.operation),
    "product/productFamily": _of_item(lambda item: item.family),
    "product/region": _of_item(lambda item: item.region),
    "product/regionCode": _of_item(lambda item: item.region),
    "product/servicecode": _of_item(lambda item: item.product.code),
    "product/servicename": _of_item(lambda item: item.product.name),
    "product/sku": _of_item(lambda item: item.sku),
    "product/storageClass": _attribute("storage_class"),
    "product/transferType": _attribute("transfer_type"),
    "product/usagetype": _of_item(lambda item: item.usage_type),
    "product/volumeType": _attribute("volume_type"),
    "pricing/currency": usage_only(lambda _: "USD"),
    "pricing/publicOnDemandRate": usage_only(lambda line: f"{line.rate:f}"),
    "pricing/term": usage_only(lambda _: "OnDemand"),
    "pricing/unit": _of_item(lambda item: item.unit),
    "resourceTags/user:content": _tag("content"),
    "resourceTags/user:environment": _tag("environment"),
    "resourceTags/user:team": _tag("team"),
}
_OF_SPAN: dict[str, Value] = {
    "identity/TimeInterval": lambda line: f"{iso(line.start)}/{iso(line.end)}",
    "lineItem/UsageStartDate": lambda line: iso(line.start),
    "lineItem/UsageEndDate": lambda line: iso(line.end),
}
_OF_LINE: dict[str, Value] = {
    "lineItem/UsageAmount": lambda line: f"{line.quantity:f}",
    "lineItem/UnblendedCost": lambda line: f"{line.cost:f}",
    "lineItem/BlendedCost": lambda line: f"{line.cost:f}",
    "pricing/publicOnDemandCost": usage_only(lambda line: f"{line.cost:f}"),
}

#: The columns of a report, in AWS's order; a legacy report has those that the month's usage needs.
_NAMES = """
identity/LineItemId identity/TimeInterval
bill/InvoiceId bill/InvoicingEntity bill/BillingEntity bill/BillType bill/PayerAccountId
bill/BillingPeriodStartDate bill/BillingPeriodEndDate
lineItem/UsageAccountId lineItem/LineItemType lineItem/UsageStartDate lineItem/UsageEndDate lineItem/ProductCode
lineItem/UsageType lineItem/Operation lineItem/AvailabilityZone lineItem/ResourceId lineItem/UsageAmount
lineItem/NormalizationFactor lineItem/NormalizedUsageAmount lineItem/CurrencyCode lineItem/UnblendedRate
lineItem/UnblendedCost lineItem/BlendedRate lineItem/BlendedCost lineItem/LineItemDescription lineItem/TaxType
lineItem/LegalEntity
product/ProductName product/location product/locationType product/operation product/productFamily product/region
product/regionCode product/servicecode product/servicename product/sku product/storageClass product/transferType
product/usagetype product/volumeType
pricing/RateId pricing/currency pricing/publicOnDemandCost pricing/publicOnDemandRate pricing/term pricing/unit
reservation/ReservationARN reservation/SubscriptionId savingsPlan/SavingsPlanARN
savingsPlan/SavingsPlanEffectiveCost
resourceTags/user:content resourceTags/user:environment resourceTags/user:team
"""
_COLUMNS = _NAMES.split()

_MANIFEST_TYPES = {
    "identity/LineItemId": "String",
    "identity/TimeInterval": "Interval",
    "bill/BillingPeriodStartDate": "DateTime",
    "bill/BillingPeriodEndDate": "OptionalDateTime",
    "lineItem/UsageStartDate": "DateTime",
    "lineItem/UsageEndDate": "DateTime",
    "lineItem/UsageAmount": "OptionalBigDecimal",
    "lineItem/UnblendedCost": "OptionalBigDecimal",
    "lineItem/BlendedCost": "OptionalBigDecimal",
    "pricing/publicOnDemandCost": "OptionalBigDecimal",
    "savingsPlan/SavingsPlanEffectiveCost": "OptionalBigDecimal",
}
