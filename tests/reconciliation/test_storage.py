"""S3's byte-hours side by side, worked out by hand."""

from datetime import date
from pathlib import Path

from core.reconciliation.reconciled import Cause, Counted, Counter, Figure, Line
from core.reconciliation.reconciliation import reconcile
from tests.billing.store import Store
from tests.costs.measurements import measure, stored
from tests.reconciliation.sides import DAYS, FOUR_DAYS, GIB, bill, bucket_size, kept


def standard(store: Store) -> Line:
    lines = reconcile(store.warehouse, FOUR_DAYS).lines
    return next(each for each in lines if (each.bucket, each.storage_class) == ("media", "STANDARD"))


def by(line: Line, counter: Counter) -> Counted:
    counted = line.by(counter)
    assert counted
    return counted


def causes(counted: Counted) -> list[Cause]:
    return [finding.cause for finding in counted.findings]


def test_a_snapshot_stands_until_the_next(store: Store, bucket: Path):
    """2 GB on the first two days, 3 GB on the others: (2 + 2 + 3 + 3) x 24 = 240 GB-hours on each side."""
    bill(store, bucket, [kept(10, 2), kept(11, 2), kept(12, 3), kept(13, 3)])
    measure(store, "inventory", [stored("A", 2 * GIB, 10), stored("A", 2 * GIB, 12), stored("B", GIB, 12)])
    line = standard(store)

    assert line.billed == 240 * GIB
    assert (by(line, Counter.INVENTORY).value, by(line, Counter.INVENTORY).difference) == (240 * GIB, 0.0)
    assert by(line, Counter.CLOUDWATCH).value is None


def test_a_snapshot_stands_for_seven_days_at_most(store: Store, bucket: Path):
    """One of the 5th stands until the 11th."""
    bill(store, bucket, [kept(day, 1) for day in DAYS])
    measure(store, "inventory", [stored("A", GIB, 5)])
    inventory = by(standard(store), Counter.INVENTORY)

    assert inventory.missing == (date(2026, 10, 12), date(2026, 10, 13))
    assert [finding.words for finding in inventory.findings] == [
        "nothing by inventory since 2026-10-05: 2 of 4 days, 50.0 % of the bill"
    ]


def test_cloudwatch_adds_up_what_a_class_is_billed_for(store: Store, bucket: Path):
    """Standard-IA: 3 GB of objects and 1 GB of padding, each day."""
    types = ("TimedStorage-SIA-ByteHrs", "StandardIAStorage"), ("TimedStorage-SIA-SmObjects", "StandardIASizeOverhead")
    bill(store, bucket, [kept(day, gib, *type_) for day in DAYS for type_, gib in zip(types, (3, 1), strict=True)])
    measure(store, "metrics", [
        row for day in DAYS
        for row in (bucket_size(day, 3, "StandardIAStorage"), bucket_size(day, 1, "StandardIASizeOverhead"))
    ])  # fmt: skip
    (line,) = [each for each in reconcile(store.warehouse, FOUR_DAYS).lines if each.storage_class == "STANDARD_IA"]

    assert (line.billed, by(line, Counter.CLOUDWATCH).difference) == (4 * 24 * 4 * GIB, 0.0)


def test_padding_that_is_not_counted_alike_is_told(store: Store, bucket: Path):
    """4 GB are billed, of which 1 GB is padding; the inventory has 3 GB and pads nothing."""
    bill(store, bucket, [
        row for day in DAYS
        for row in (kept(day, 3, "TimedStorage-SIA-ByteHrs", "StandardIAStorage"),
                    kept(day, 1, "TimedStorage-SIA-SmObjects", "StandardIASizeOverhead"))
    ])  # fmt: skip
    measure(store, "inventory", [stored("A", 3 * GIB, 10, "STANDARD_IA")])
    (line,) = [each for each in reconcile(store.warehouse, FOUR_DAYS).lines if each.storage_class == "STANDARD_IA"]
    inventory = by(line, Counter.INVENTORY)

    assert (inventory.difference, causes(inventory)) == (-0.25, [Cause.PADDING])


def test_older_versions_and_unfinished_uploads_that_are_not_listed(store: Store, bucket: Path):
    """4 GB billed, and CloudWatch has them; the inventory lists 3 GB, and no older version."""
    bill(store, bucket, [kept(day, 4) for day in DAYS])
    measure(store, "inventory", [stored("A", 3 * GIB, 10)])
    measure(store, "metrics", [bucket_size(day, 4) for day in DAYS])

    assert causes(by(standard(store), Counter.INVENTORY)) == [Cause.VERSIONS, Cause.UNFINISHED]


def test_where_older_versions_are_listed_unfinished_uploads_are_left(store: Store, bucket: Path):
    bill(store, bucket, [kept(day, 4) for day in DAYS])
    measure(store, "inventory", [stored("A", 2 * GIB, 10), stored("A", GIB, 10, kind="noncurrent", current=False)])
    measure(store, "metrics", [bucket_size(day, 4) for day in DAYS])

    assert causes(by(standard(store), Counter.INVENTORY)) == [Cause.UNFINISHED]


def test_all_buckets_together_tell_those_without_an_inventory(store: Store, bucket: Path):
    """`media` 1 GB and `logs` 3 GB a day; `logs` is not listed."""
    others = [kept(day, 3) | {"line_item_resource_id": "logs"} for day in DAYS]
    bill(store, bucket, [*(kept(day, 1) for day in DAYS), *others])
    measure(store, "inventory", [stored("A", GIB, 10)])
    found = reconcile(store.warehouse, FOUR_DAYS)

    assert found.badge(Figure.STORED, Counter.INVENTORY).words == (
        "S3 byte-hours by inventory: differs by -75.0 % because the bill has other buckets, too (logs): 75.0 % of it"
    )
    assert [(line.bucket, line.billed) for line in found.lines] == [
        ("", 384 * GIB), ("logs", 288 * GIB), ("media", 96 * GIB),
    ]  # fmt: skip


def test_what_archived_objects_take_in_standard_is_standards(store: Store, bucket: Path):
    bill(store, bucket, [kept(day, 1, "TimedStorage-ByteHrs", "GlacierS3ObjectOverhead") for day in DAYS])

    assert standard(store).billed == 96 * GIB


def test_a_bill_without_resource_ids_is_compared_by_class(store: Store, bucket: Path):
    bill(store, bucket, [kept(day, 3) | {"line_item_resource_id": ""} for day in DAYS])
    measure(store, "inventory", [stored("A", GIB, 10), stored("A", 2 * GIB, 10, bucket="other")])
    line = reconcile(store.warehouse, FOUR_DAYS).lines[1]

    assert (line.bucket, line.storage_class, by(line, Counter.INVENTORY).difference) == ("", "STANDARD", 0.0)


def test_what_changes_between_snapshots_is_told(store: Store, bucket: Path):
    """The inventory has 2 GB as the bill does on its day, the 10th; then the bill grows to 3 GB: 8 of 11 GB-days."""
    bill(store, bucket, [kept(10, 2), *(kept(day, 3) for day in (11, 12, 13))])
    measure(store, "inventory", [stored("A", 2 * GIB, 10)])
    inventory = by(standard(store), Counter.INVENTORY)

    assert round(inventory.difference or 0, 9) == round(8 / 11 - 1, 9)
    assert causes(inventory) == [Cause.SNAPSHOTS]
