"""Builders: rows of a bill, and deliveries of them in the layouts that providers use."""

import csv
import gzip
import io
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Row = dict[str, Any]

BUCKET = "billing-bucket"
#: A delivery's moment, where a test does not say: October 2026 is over and invoiced.
DELIVERED = datetime(2026, 11, 6, 5, 0, tzinfo=UTC)


# --- rows ---------------------------------------------------------------------------------------------------------


def cur2(cost: str | float | Decimal = "1", **columns: Any) -> Row:
    """A line of CUR 2.0: one gigabyte out of S3 on 10 October 2026, unless said otherwise."""
    row = {
        "bill_invoice_id": "EUINV26-1",
        "bill_payer_account_id": "111111111111",
        "bill_billing_period_start_date": "2026-10-01T00:00:00Z",
        "line_item_usage_account_id": "222222222222",
        "line_item_line_item_type": "Usage",
        "line_item_usage_start_date": "2026-10-10T00:00:00Z",
        "line_item_usage_end_date": "2026-10-11T00:00:00Z",
        "line_item_product_code": "AmazonS3",
        "line_item_usage_type": "DataTransfer-Out-Bytes",
        "line_item_operation": "GetObject",
        "line_item_resource_id": "videos",
        "line_item_currency_code": "USD",
        "line_item_usage_amount": "1",
        "line_item_unblended_cost": cost,
        "pricing_unit": "GB",
        "product": {"product_name": "Amazon Simple Storage Service"},
        "product_region_code": "us-east-1",
        "resource_tags": {},
    }
    return row | columns


_LEGACY_NAMES = {
    "bill_invoice_id": "bill/InvoiceId",
    "bill_payer_account_id": "bill/PayerAccountId",
    "bill_billing_period_start_date": "bill/BillingPeriodStartDate",
    "line_item_usage_account_id": "lineItem/UsageAccountId",
    "line_item_line_item_type": "lineItem/LineItemType",
    "line_item_usage_start_date": "lineItem/UsageStartDate",
    "line_item_usage_end_date": "lineItem/UsageEndDate",
    "line_item_product_code": "lineItem/ProductCode",
    "line_item_usage_type": "lineItem/UsageType",
    "line_item_operation": "lineItem/Operation",
    "line_item_resource_id": "lineItem/ResourceId",
    "line_item_currency_code": "lineItem/CurrencyCode",
    "line_item_usage_amount": "lineItem/UsageAmount",
    "line_item_unblended_cost": "lineItem/UnblendedCost",
    "pricing_unit": "pricing/unit",
    "product_region_code": "product/regionCode",
}


def legacy(cost: str = "1", **columns: Any) -> Row:
    """The same line as a legacy CUR in CSV writes it; further columns by their own names, `lineItem/...`."""
    modern = cur2(cost)
    return {name: modern[key] for key, name in _LEGACY_NAMES.items()} | columns


def athena(cost: str | float | Decimal = "1", **columns: Any) -> Row:
    """The same line as a legacy CUR in Parquet for Athena writes it: flattened names, lower case."""
    modern = cur2(cost)
    return {key: modern[key] for key in _LEGACY_NAMES} | columns


def focus(cost: str | float | Decimal = "1", **columns: Any) -> Row:
    """A line of FOCUS 1.0: the same gigabyte."""
    row = {
        "BilledCost": cost,
        "BillingAccountId": "111111111111",
        "BillingCurrency": "USD",
        "BillingPeriodStart": "2026-10-01T00:00:00Z",
        "BillingPeriodEnd": "2026-11-01T00:00:00Z",
        "ChargeCategory": "Usage",
        "ChargePeriodStart": "2026-10-10T00:00:00Z",
        "ChargePeriodEnd": "2026-10-11T00:00:00Z",
        "ConsumedQuantity": "1",
        "ConsumedUnit": "GB",
        "EffectiveCost": cost,
        "ListCost": cost,
        "ProviderName": "AWS",
        "PublisherName": "Amazon Web Services, Inc.",
        "RegionId": "us-east-1",
        "ResourceId": "videos",
        "ServiceName": "Amazon Simple Storage Service",
        "SubAccountId": "222222222222",
        "Tags": "{}",
    }
    return row | columns


def without(row: Row, *names: str) -> Row:
    """The row without some columns."""
    return {name: value for name, value in row.items() if name not in names}


# --- files --------------------------------------------------------------------------------------------------------


def csv_text(rows: Sequence[Row], end: str = "\n") -> str:
    """The rows as CSV, quoted as AWS does; a mapping is JSON, None is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator=end)
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def csv_gz(rows: Sequence[Row]) -> bytes:
    return gzip.compress(csv_text(rows).encode(), mtime=0)


def csv_zip(rows: Sequence[Row], member: str = "report-1.csv") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, csv_text(rows))
    return packed.getvalue()


def parquet(rows: Sequence[Row], **types: pa.DataType) -> bytes:
    """The rows as Parquet with CUR 2.0's types: DOUBLE costs, MAP columns, TIMESTAMPs without a zone."""
    columns = {name: _arrow(name, [row[name] for row in rows], types.get(name)) for name in rows[0]}
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def _cell(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, Mapping) else value


def _arrow(name: str, values: list[Any], asked: pa.DataType | None) -> pa.Array:
    type_ = asked or _type(name, values)
    if pa.types.is_timestamp(type_):
        values = [value and datetime.fromisoformat(value).replace(tzinfo=None) for value in values]
    if pa.types.is_floating(type_):
        values = [None if value in (None, "") else float(value) for value in values]
    if pa.types.is_map(type_):
        values = [None if value is None else list(value.items()) for value in values]
    return pa.array(values, type_)


_AMOUNTS = ("_cost", "_amount", "_fee", "_commitment", "_to_date", "_for_billing_period", "Cost", "Quantity")


def _type(name: str, values: list[Any]) -> pa.DataType:
    if name.endswith(_AMOUNTS) or isinstance(values[0], float):
        return pa.float64()
    if name.endswith(("_start_date", "_end_date", "Start", "End")):
        return pa.timestamp("ms")
    return pa.map_(pa.string(), pa.string()) if isinstance(values[0], Mapping) else pa.string()


# --- deliveries ---------------------------------------------------------------------------------------------------


def put(file: Path, content: bytes | str, delivered_at: datetime = DELIVERED) -> Path:
    """A file, dated as its delivery."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(file, (delivered_at.timestamp(), delivered_at.timestamp()))
    return file


def deliver_cur2(
    bucket: Path,
    rows: Sequence[Row] | Sequence[bytes],
    month: str = "2026-10",
    *,
    export: str = "cur/platform",
    execution: str = "aaaaaaaa-0000-4000-8000-000000000001",
    delivered_at: datetime = DELIVERED,
    create_new: bool = False,
    ending: str = "snappy.parquet",
) -> Path:
    """One execution of a Data Export; `rows` may also be the files' contents. Gives the manifest's path.

    Overwrite keeps one set of files for each billing period; create-new keeps each execution in its own folder.
    """
    name = export.rpartition("/")[2]
    partition = f"BILLING_PERIOD={month}" + (
        f"/{delivered_at:%Y-%m-%dT%H-%M-%S.000Z}-{execution}" if create_new else ""
    )
    files = [rows_or_bytes for rows_or_bytes in rows if isinstance(rows_or_bytes, bytes)]
    files = files or [csv_gz(_rows(rows)) if ending == "csv.gz" else parquet(_rows(rows))]
    keys = [f"{export}/data/{partition}/{name}-{number:05}.{ending}" for number in range(1, len(files) + 1)]
    for key, content in zip(keys, files, strict=True):
        put(bucket / key, content, delivered_at)
    manifest = {
        "exportArn": f"arn:aws:bcm-data-exports:us-east-1:111111111111:export/{name}",
        "executionId": execution,
        "billingPeriod": {"start": f"{month}-01T00:00:00.000Z"},
        "dataFiles": [f"s3://{BUCKET}/{key}" for key in keys],
    }
    return put(bucket / f"{export}/metadata/{partition}/{name}-Manifest.json", json.dumps(manifest), delivered_at)


def deliver_legacy(
    bucket: Path,
    rows: Sequence[Row],
    *,
    report: str = "legacy/report",
    span: str = "20261001-20261101",
    assembly: str | None = "20261106T050000Z",
    delivered_at: datetime = DELIVERED,
    current: bool = True,
    ending: str = "csv.gz",
) -> Path:
    """One assembly of a legacy report; without an assembly, its overwrite layout. Gives the data file.

    The current assembly's manifest also lies in the folder of the month.
    """
    name = report.rpartition("/")[2]
    month = f"{report}/{span}"
    folder = f"{month}/{assembly}" if assembly else month
    key = f"{folder}/{name}-00001.{ending}"
    content = {"csv.gz": csv_gz, "csv.zip": csv_zip, "snappy.parquet": parquet}[ending](rows)
    manifest = {
        "assemblyId": assembly or f"{delivered_at:%Y%m%dT%H%M%SZ}",
        "account": "111111111111",
        "reportName": name,
        "billingPeriod": {"start": f"{span[:8]}T000000.000Z", "end": f"{span[9:]}T000000.000Z"},
        "bucket": BUCKET,
        "reportKeys": [key],
    }
    for place in {folder, month} if current else {folder}:
        put(bucket / place / f"{name}-Manifest.json", json.dumps(manifest), delivered_at)
    return put(bucket / key, content, delivered_at)


def deliver_azure(
    container: Path,
    rows: Sequence[Row],
    *,
    export: str = "costs",
    run: str = "cccccccc-0000-4000-8000-000000000001",
    submitted: str = "2026-11-06T05:00:00.0000000Z",
    **stated: Any,
) -> Path:
    """One run of a Microsoft cost export; `stated` overrides what the manifest says of its blob."""
    folder = f"exports/{export}/20261001-20261031/{run}"
    content = csv_text(rows)
    blob = {"blobName": f"{folder}/part_0_0001.csv", "byteCount": len(content.encode()), "dataRowCount": len(rows)}
    manifest = {
        "exportConfig": {
            "exportName": export,
            "resourceId": "/subscriptions/33333333/providers/exports",
            "type": "FocusCost",
        },
        "runInfo": {"runId": run, "startDate": "2026-10-01T00:00:00", "submittedTime": submitted},
        "blobs": [blob | stated],
    }
    put(container / folder / "manifest.json", json.dumps(manifest))
    return put(container / folder / "part_0_0001.csv", content)


def _rows(rows: Sequence[Any]) -> list[Row]:
    return list(rows)
