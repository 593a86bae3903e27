"""Of two exports of one account, the one that holds a part of it only is not taken for the whole; a person is told."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.billing.overlaps import Overlap, overlaps
from tests.billing.builders import DELIVERED, Row, csv_text, cur2, deliver_cur2, deliver_legacy, focus, legacy, put
from tests.billing.store import Store

SINCE = date(2026, 9, 1)
OCTOBER = date(2026, 10, 1)
LATER = DELIVERED + timedelta(days=2)


def on(day: int, cost: str) -> Row:
    start, end = f"2026-10-{day:02}T00:00:00Z", f"2026-10-{day + 1:02}T00:00:00Z"
    return cur2(cost, line_item_usage_start_date=start, line_item_usage_end_date=end)


def deliver(bucket: Path, name: str, rows: Sequence[Row], days: float = 0, execution: str = "1") -> None:
    moment = DELIVERED + timedelta(days=days)
    deliver_cur2(bucket, rows, export=f"cur/{name}", execution=f"{name}-{execution}", delivered_at=moment)


def export_names(store: Store) -> tuple[str, str]:
    with store.database.reading() as connection:
        names = [row["export"] for row in connection.execute("select distinct export from deliveries")]
    return next(n for n in names if n.endswith("whole")), next(n for n in names if n.endswith("part"))


def test_a_later_delivery_of_a_part_is_not_counted_for_the_whole(store: Store, bucket: Path):
    """100 USD of S3 and CloudFront, and two days later an export of CloudFront's 40 USD only."""
    deliver(bucket, "whole", [on(10, "60"), on(11, "40")])
    deliver(bucket, "part", [on(11, "40")], days=2)
    store.ingest(bucket)
    whole, part = export_names(store)

    assert store.total() == Decimal(100)
    assert overlaps(store.database, SINCE) == (
        Overlap("AWS", OCTOBER, "USD", whole, Decimal(100), part, Decimal(40), (whole,)),
    )
    assert overlaps(store.database, date(2026, 11, 1)) == ()


def test_a_newer_execution_of_the_same_export_counts_whatever_it_lacks(store: Store, bucket: Path):
    deliver(bucket, "whole", [on(10, "60"), on(11, "40")])
    store.ingest(bucket)
    deliver(bucket, "whole", [on(11, "40")], days=2, execution="2")
    store.ingest(bucket)

    assert store.total() == Decimal(40)
    assert overlaps(store.database, SINCE) == ()


@pytest.mark.parametrize(
    ("older", "newer", "total"),
    [
        ([on(10, "60"), on(11, "40")], [on(10, "60"), on(11, "39.5")], "99.5"),  # half a per cent: restated
        ([on(10, "60"), on(11, "40")], [on(10, "60"), on(11, "40"), on(12, "-20")], "80"),  # a credit is one line more
        ([on(10, "60"), on(11, "40")], [on(13, "70")], "70"),  # the older one ends two days before
        ([on(10, "60")], [on(10, "60"), on(11, "40")], "100"),
    ],
    ids=["about the same", "more lines", "further days", "more"],
)
def test_otherwise_the_newer_one_counts(store: Store, bucket: Path, older: list[Row], newer: list[Row], total: str):
    deliver(bucket, "whole", older)
    deliver(bucket, "part", newer, days=2)
    store.ingest(bucket)

    assert store.total() == Decimal(total)


def test_where_it_cannot_be_known_which_is_whole_the_newer_one_counts_and_a_person_is_told(store: Store, bucket: Path):
    deliver(bucket, "whole", [on(10, "60"), on(11, "40")])
    deliver(bucket, "part", [on(13, "70")], days=2)
    store.ingest(bucket)
    whole, part = export_names(store)

    assert overlaps(store.database, SINCE) == (
        Overlap("AWS", OCTOBER, "USD", whole, Decimal(100), part, Decimal(70), (part,)),
    )


def test_an_export_that_no_manifest_vouches_for_is_never_the_whole(store: Store, bucket: Path):
    deliver(bucket, "part", [on(11, "40")])
    put(bucket / "whole/bill.csv", csv_text([on(10, "60"), on(11, "40")]), LATER)
    store.ingest(bucket)
    whole, part = export_names(store)

    assert store.total() == Decimal(40)
    assert overlaps(store.database, SINCE) == (
        Overlap("AWS", OCTOBER, "USD", whole, Decimal(100), part, Decimal(40), (part,)),
    )


@pytest.mark.parametrize(
    ("day", "cost"), [(11, "100"), (10, "92"), (5, "50")], ids=["the same", "a day behind", "six days behind"]
)
def test_exports_of_which_one_is_behind_the_other_are_no_concern(store: Store, bucket: Path, day: int, cost: str):
    """After eleven days 100 USD; the other one reaches less far, and so comes to less."""
    deliver(bucket, "part", [on(11, "100")])
    deliver(bucket, "whole", [on(day, cost)])
    store.ingest(bucket)

    assert overlaps(store.database, SINCE) == ()


def test_an_export_that_is_no_longer_delivered_is_no_concern(store: Store, bucket: Path):
    deliver_legacy(bucket, [legacy("90")])
    deliver(bucket, "whole", [on(10, "100")], days=2)
    store.ingest(bucket)

    assert store.total() == Decimal(100)
    assert overlaps(store.database, SINCE) == ()


@pytest.mark.parametrize("payer", ["", "111111111111"])
def test_exports_that_do_not_state_the_payer_are_both_counted_and_a_person_is_told(
    store: Store, bucket: Path, payer: str
):
    put(bucket / "whole/bill.csv", csv_text([focus("7", BillingAccountId="")]))
    put(bucket / "part/bill.csv", csv_text([focus("3", BillingAccountId=payer)]))
    store.ingest(bucket)
    whole, part = export_names(store)

    assert store.total() == Decimal(10)
    (overlap,) = overlaps(store.database, SINCE)
    assert overlap == Overlap("AWS", OCTOBER, "USD", whole, Decimal(7), part, Decimal(3), (part, whole))
    assert overlap.is_doubled


def test_an_account_that_is_not_stated_at_all_may_be_any_of_the_others(store: Store, bucket: Path):
    accounts = ("333333333333", "444444444444")
    put(bucket / "whole/bill.csv", csv_text([focus("3", SubAccountId=account) for account in accounts]))
    put(bucket / "part/bill.csv", csv_text([focus("2", BillingAccountId="", SubAccountId="")]))
    store.ingest(bucket)
    whole, part = export_names(store)

    assert overlaps(store.database, SINCE) == (
        Overlap("AWS", OCTOBER, "USD", whole, Decimal(6), part, Decimal(2), (part, whole)),
    )


def test_exports_of_other_accounts_are_no_concern(store: Store, bucket: Path):
    put(bucket / "a/bill.csv", csv_text([focus("7", BillingAccountId="")]))
    put(bucket / "b/bill.csv", csv_text([focus("3", BillingAccountId="", SubAccountId="333333333333")]))
    put(bucket / "c/bill.csv", csv_text([focus("2", BillingAccountId="9", SubAccountId="444444444444")]))
    store.ingest(bucket)

    assert store.total() == Decimal(12)
    assert overlaps(store.database, SINCE) == ()


def test_an_export_of_an_older_version_that_kept_microsofts_case_is_the_same_account(store: Store, bucket: Path):
    for name in "ab":
        row = focus("3", ProviderName="Microsoft", BillingAccountId="P", SubAccountId="S")
        put(bucket / f"{name}/bill.csv", csv_text([row]))
    store.ingest(bucket / "a")
    with store.database.transaction() as connection:
        connection.execute("update bills set billing_account_id = 'P', sub_account_id = 'S'")
    store.ingest(bucket / "b")

    with store.database.reading() as connection:
        bills = connection.execute("select billing_account_id, counted from bills order by export").fetchall()
    assert [tuple(bill) for bill in bills] == [("P", 1), ("p", 0)]
