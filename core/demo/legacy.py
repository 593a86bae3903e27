"""Legacy CUR: write a bill as the Cost and Usage Report of old delivers it, gzipped CSV by assembly."""

import csv
import gzip
import io
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from core.demo.bill import Bill
from core.demo.delivery import BUCKET, stamp, write_manifest
from core.demo.identity import line_item_id, sku
from core.demo.lines import LOCATIONS, PAYER_ACCOUNT, Item, Line, LineType

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
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for number, line in enumerate(bill.lines):
        values = {**_of_bill(bill, line), **_of_item(line.item), **{name: of(line) for name, of in _OF_LINE.items()}}
        values["identity/LineItemId"] = line_item_id(f"{REPORT} {bill.as_of}", number)
        writer.writerow([values.get(name, "") for name in _COLUMNS])
    return text.getvalue()


def _of_bill(bill: Bill, line: Line) -> dict[str, str]:
    return {
        "bill/InvoiceId": bill.invoice_of(line),
        "bill/BillingPeriodStartDate": _iso(bill.start),
        "bill/BillingPeriodEndDate": _iso(bill.end),
    }


@cache
def _of_item(item: Item) -> dict[str, str]:
    attributes, tags = dict(item.attributes), dict(item.tags)
    return {
        "bill/InvoicingEntity": _ENTITY,
        "bill/BillingEntity": "AWS",
        "bill/PayerAccountId": PAYER_ACCOUNT,
        "lineItem/UsageAccountId": item.account,
        "lineItem/ProductCode": item.product.code,
        "lineItem/UsageType": item.usage_type,
        "lineItem/Operation": item.operation,
        "lineItem/ResourceId": item.resource,
        "lineItem/CurrencyCode": "USD",
        "lineItem/LegalEntity": _ENTITY,
        "product/ProductName": item.product.name,
        "product/location": LOCATIONS[item.region],
        "product/locationType": "AWS Region" if item.region else "",
        "product/operation": item.operation,
        "product/productFamily": item.family,
        "product/region": item.region,
        "product/regionCode": item.region,
        "product/servicecode": item.product.code,
        "product/servicename": item.product.name,
        "product/sku": sku(item.product.code, item.usage_type, item.operation) if item.usage_type else "",
        "product/storageClass": attributes.get("storage_class", ""),
        "product/transferType": attributes.get("transfer_type", ""),
        "product/usagetype": item.usage_type,
        "product/volumeType": attributes.get("volume_type", ""),
        "pricing/unit": item.unit,
        **{f"resourceTags/user:{key}": tags.get(key, "") for key in ("content", "environment", "team")},
    }


def _usage(value: Callable[[Line], str]) -> Callable[[Line], str]:
    return lambda line: value(line) if line.type is LineType.USAGE else ""


_OF_LINE: dict[str, Callable[[Line], str]] = {
    "identity/TimeInterval": lambda line: f"{_iso(line.start)}/{_iso(line.end)}",
    "bill/BillType": lambda line: "Refund" if line.type is LineType.REFUND else "Anniversary",
    "lineItem/LineItemType": lambda line: line.type.value,
    "lineItem/UsageStartDate": lambda line: _iso(line.start),
    "lineItem/UsageEndDate": lambda line: _iso(line.end),
    "lineItem/UsageAmount": lambda line: f"{line.quantity:f}",
    "lineItem/UnblendedRate": _usage(lambda line: f"{line.rate:f}"),
    "lineItem/UnblendedCost": lambda line: f"{line.cost:f}",
    "lineItem/BlendedRate": _usage(lambda line: f"{line.rate:f}"),
    "lineItem/BlendedCost": lambda line: f"{line.cost:f}",
    "lineItem/LineItemDescription": lambda line: line.description,
    "lineItem/TaxType": lambda line: "USSalesTax" if line.type is LineType.TAX else "",
    "pricing/currency": _usage(lambda line: "USD"),
    "pricing/publicOnDemandCost": _usage(lambda line: f"{line.cost:f}"),
    "pricing/publicOnDemandRate": _usage(lambda line: f"{line.rate:f}"),
    "pricing/term": _usage(lambda line: "OnDemand"),
}

#: The columns of a report, in AWS's order; a legacy report has those that the month's usage needs.
_COLUMNS = """
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
""".split()

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


def _iso(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
