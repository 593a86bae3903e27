"""Reconciliation of a period: CloudFront's bytes and requests, and S3's byte-hours, side by side."""

from collections.abc import Iterator

from core.costs.period import Period
from core.reconciliation.causes import compare
from core.reconciliation.cdn import CdnCounts, cdn_counts
from core.reconciliation.counts import billed_days
from core.reconciliation.reconciled import AGREED, Counted, Counter, Figure, Line, Reconciliation
from core.reconciliation.storage import StorageCounts, all_shelves, storage_counts
from core.warehouse import Warehouse


def reconcile(warehouse: Warehouse, period: Period) -> Reconciliation:
    """What AWS's bills count in a period, beside CloudWatch, logs and inventories.

    Bytes as CloudFront sent them (of the bill: GB of 2^30 bytes); byte-hours by bucket and storage class, padding and
    overheads included. Only days that the bills cover whole are compared; where there is none, nothing is.
    """
    cdn, storage = cdn_counts(warehouse, period), storage_counts(warehouse, period)
    every = all_shelves(storage)
    found = [_cdn_line(each) for each in cdn if _is_there(each)]
    found += [_storage_line(each) for each in ([every] if every else [])]
    found += [_storage_line(each) for each in storage]
    estimated = any(each.billed.estimated for each in (*cdn, *storage))
    return Reconciliation(period, tuple(sorted(billed_days(warehouse, period))), estimated, tuple(found))


def _is_there(each: CdnCounts) -> bool:
    return bool(each.billed.values) or any(counts.values for counts in each.counts)


def _cdn_line(each: CdnCounts) -> Line:
    counted = tuple(compare(each.billed, counts, "distribution") for counts in each.counts)
    return Line(each.figure, "", "", each.billed.total if each.billed.values else None, counted)


def _storage_line(each: StorageCounts) -> Line:
    billed = each.billed.total if any(each.billed.values.values()) else None
    return Line(Figure.STORED, each.bucket, each.storage_class, billed, tuple(_compared(each)))


def _compared(each: StorageCounts) -> Iterator[Counted]:
    """CloudWatch first, as it tells what an inventory may lack; in the order that they are shown in."""
    by_counter = {counts.by: counts for counts in each.counts}
    cloudwatch = compare(each.billed, by_counter[Counter.CLOUDWATCH], "bucket")
    agreeing = cloudwatch.same is not None and abs(cloudwatch.same) <= AGREED
    yield compare(each.billed, by_counter[Counter.INVENTORY], "bucket", agreeing)
    yield cloudwatch
