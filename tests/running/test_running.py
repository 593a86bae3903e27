"""This month until now: billed, and estimated beyond the bill, worked out by hand."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from core.billing.prices import load_prices
from core.running.estimated import Part, RunningLine, RunningMonth
from core.running.running import ListPrices, running_month
from tests.billing.builders import DELIVERED, Row, deliver_cur2, put
from tests.billing.store import Store
from tests.costs.measurements import accessed, measure, stored
from tests.costs.twelve import other
from tests.reconciliation.sides import bill, bucket_size, kept, logged, sent, told

#: The bill was delivered in the night, with usage until the 12th, 00:00; it is noon on the 13th: 36 hours later.
NIGHT, NOON = datetime(2026, 10, 13, 3, tzinfo=UTC), datetime(2026, 10, 13, 12, tzinfo=UTC)
PRICES = ListPrices(load_prices(), "pro", 10**9, "us-east-1")


def open_(rows: Sequence[Row]) -> list[Row]:
    """On no invoice yet, and each until the end of its day."""
    return [
        row
        | {
            "bill_invoice_id": "",
            "line_item_usage_end_date": f"2026-10-{int(row['line_item_usage_start_date'][8:10]) + 1:02}T00:00:00",
        }
        for row in rows
    ]


def running(store: Store) -> RunningMonth:
    return running_month(store.warehouse, PRICES, NOON)


def line(store: Store, part: Part) -> RunningLine:
    (found,) = [each for each in running(store).lines if each.part is part]
    return found


@pytest.fixture
def quota_used(store: Store, bucket: Path) -> Store:
    """The 1,024 GB that are free each month were sent in the US on two days; two dollars of support."""
    support = other(10, "2", "AWSSupportBusiness", "Dollar")
    bill(store, bucket, open_([sent(10, 512), sent(11, 512), support]), NIGHT)
    return store


def test_transfer_goes_on_by_cloudwatch_beyond_the_free_quota(quota_used: Store):
    """4 GB an hour on the 12th, 2 GB an hour until noon: 96 + 24 = 120 GB at $0.085."""
    measure(quota_used, "metrics", told(12, 96) + told(13, 48, range(12)))
    found = line(quota_used, Part.CDN_TRANSFER)

    assert found.billed == Decimal(2)
    assert found.estimate.usd == Decimal("10.2")
    assert (found.estimate.by, found.estimate.until, found.estimate.factor) == ("CloudWatch", NOON, None)
    assert found.estimate.remarks == (
        "not compared with the bill: fewer than three days are in both",
        "by price region as on this month's bill",
    )


def test_what_is_not_estimated_is_as_billed(quota_used: Store):
    measure(quota_used, "metrics", told(12, 96))
    found = running(quota_used)

    assert (found.others, found.estimated, found.total) == (Decimal(2), Decimal("8.16"), Decimal("12.16"))


def test_what_the_bill_had_more_before_is_put_on(store: Store, bucket: Path):
    """CloudWatch had 384 of 512 GB on three days: times 4/3, so 120 GB are 160 GB at $0.085."""
    bill(store, bucket, open_([sent(day, 512) for day in (9, 10, 11)]), NIGHT)
    before = [row for day in (9, 10, 11) for row in told(day, 384)]
    measure(store, "metrics", [*before, *told(12, 96), *told(13, 48, range(12))])
    estimate = line(store, Part.CDN_TRANSFER).estimate

    assert (estimate.usd, round(estimate.factor or 0, 9)) == (Decimal("13.6"), round(4 / 3, 9))
    assert estimate.remarks[0] == "times 1.3333, as the bill had on 3 days before"


def test_logs_are_taken_where_cloudwatch_lacks_hours(quota_used: Store):
    """36 GB in Asia: the quota is taken in proportion, so 36/1060 of 1024 GB x $0.085 + 36 GB x $0.12 are paid for."""
    hours = [(12, hour) for hour in range(24)] + [(13, hour) for hour in range(12)]
    rows = [logged(day, 1) | {"hour": f"2026-10-{day} {hour:02}:00:00", "price_region": "AP"} for day, hour in hours]
    measure(quota_used, "request_places", rows)
    measure(quota_used, "metrics", told(13, 48, range(12)))
    estimate = line(quota_used, Part.CDN_TRANSFER).estimate

    assert (estimate.by, estimate.until) == ("logs", NOON)
    assert estimate.usd == Decimal("3.1027924528")


def hourly(**columns: object) -> list[Row]:
    """1 GB and 1,000 requests in the US in each of the 36 hours since the bill."""
    hours = [(12, hour) for hour in range(24)] + [(13, hour) for hour in range(12)]
    rows = [logged(day, 1, requests=1000) | {"hour": f"2026-10-{day} {hour:02}:00:00"} for day, hour in hours]
    return [row | columns for row in rows]


def test_an_hour_in_which_a_line_lacks_its_bytes_is_not_told_of(quota_used: Store):
    """Of one of 36 hours some bytes are unknown: 35 GB at $0.085."""
    unknown = logged(12, 0) | {"bytes": None}  # in the hour of 05:00, in which other lines tell theirs
    measure(quota_used, "request_places", [*hourly(), unknown])
    estimate = line(quota_used, Part.CDN_TRANSFER).estimate

    assert (estimate.by, estimate.usd) == ("logs", Decimal("2.975"))
    assert estimate.remarks[0] == "nothing was counted in one hour, which was quiet or is not told of"


def test_logs_without_bytes_estimate_no_transfer(quota_used: Store):
    measure(quota_used, "request_places", hourly(bytes=None))
    transfer = line(quota_used, Part.CDN_TRANSFER).estimate

    assert (transfer.usd, transfer.remarks) == (None, ("neither CloudWatch nor logs tell anything since the bill",))


@pytest.mark.parametrize(
    "columns", [{"bytes": None}, {"scheme": None}, {"price_region": ""}], ids=["bytes", "scheme", "region"]
)
def test_requests_are_priced_as_https_in_the_us_where_logs_lack_the_rest(
    store: Store, bucket: Path, columns: dict[str, object]
):
    """10 M are free and used; 36,000 more by https in the US at $0.01 for 10,000, whatever their lines do not tell."""
    requests = sent(10, 10_000_000, line_item_usage_type="US-Requests-Tier2-HTTPS", pricing_unit="Requests")
    bill(store, bucket, open_([requests, sent(11, 1)]), NIGHT)
    measure(store, "request_places", hourly(**({"scheme": "https"} | columns)))

    assert line(store, Part.CDN_REQUESTS).estimate.usd == Decimal("0.036")


def test_requests_go_on_beyond_the_ten_million_that_are_free(store: Store, bucket: Path):
    """10 M by the bill; 1,000 an hour more by https in the US at $0.01 for 10,000."""
    requests = sent(10, 10_000_000, line_item_usage_type="US-Requests-Tier2-HTTPS", pricing_unit="Requests")
    bill(store, bucket, open_([requests, sent(11, 1)]), NIGHT)
    rows = [row | {"metric": "Requests", "value": 1000} for row in told(12, 1)]
    measure(store, "metrics", rows)

    assert line(store, Part.CDN_REQUESTS).estimate.usd == Decimal("0.024")


def test_missing_hours_are_said(quota_used: Store):
    measure(quota_used, "metrics", told(12, 96, range(20)) + told(12, 96, [23]))

    assert line(quota_used, Part.CDN_TRANSFER).estimate.remarks[0] == (
        "nothing was counted in 3 hours, which were quiet or are not told of"
    )


def test_a_flat_rate_plan_is_not_estimated(store: Store, bucket: Path):
    plan = sent(10, 1, line_item_usage_type="Global-CloudFrontPlan-Pro", line_item_product_code="CloudFrontPlans")
    bill(store, bucket, open_([plan, sent(11, 1)]), NIGHT)
    measure(store, "metrics", told(12, 96))

    assert line(store, Part.CDN_TRANSFER).estimate.usd is None


def test_storage_goes_on_by_its_last_size(store: Store, bucket: Path):
    """744 GB for 36 hours of a month of 744: 36 GB-months at $0.023."""
    bill(store, bucket, open_([kept(10, 744), kept(11, 744)]), NIGHT)
    measure(store, "metrics", [bucket_size(11, 744)])
    estimate = line(store, Part.STORAGE).estimate

    assert (estimate.usd, estimate.by, estimate.until) == (Decimal("0.828"), "CloudWatch", NOON)


def test_a_tier_costs_what_its_class_does(store: Store, bucket: Path):
    """744 GB for 36 hours in the infrequent tier: 36 GB-months at $0.0125, by CloudWatch and by the inventory."""
    bill(store, bucket, open_([kept(11, 744, "TimedStorage-INT-IA-ByteHrs", "IntelligentTieringIAStorage")]), NIGHT)
    measure(store, "inventory", [
        stored("A", 744 * 2**30, 11, "INTELLIGENT_TIERING", access_tier="INFREQUENT")
    ])  # fmt: skip
    listed = line(store, Part.STORAGE)
    measure(store, "metrics", [bucket_size(11, 744, "IntelligentTieringIAStorage")])
    told_ = line(store, Part.STORAGE)

    assert (listed.estimate.by, listed.estimate.usd) == ("inventory", Decimal("0.45"))
    assert (told_.estimate.by, told_.estimate.usd) == ("CloudWatch", Decimal("0.45"))
    assert told_.billed_until == datetime(2026, 10, 12, tzinfo=UTC)


def test_requests_to_buckets_go_on_by_their_access_logs(store: Store, bucket: Path):
    """1,000 that write at $0.005 a thousand, 10,000 others at $0.0004."""
    bill(store, bucket, open_([kept(11, 1)]), NIGHT)
    rows = [accessed("A", 1, 12, "1", requests=1000), accessed("A", 1, 12, "2", requests=10_000)]
    measure(store, "origin_requests", [*rows, accessed("A", 1, 12, "", requests=99)])

    assert line(store, Part.S3_REQUESTS).estimate.usd == Decimal("0.009")


def test_supabase_goes_on_with_what_it_stored_last(store: Store, bucket: Path):
    """144 GB, of which 100 are included, until the 11th; 60 hours later: 44 x 60 / 744 x $0.021."""
    head = "date,organization,project,storage_bytes,egress_bytes,cached_egress_bytes"
    days = [f"2026-10-{day:02},org,project,{144 * 10**9},0,0" for day in range(1, 11)]
    put(bucket / "supabase" / "usage.csv", "\n".join([head, *days]) + "\n", NIGHT)
    store.ingest(bucket)
    found = line(store, Part.SUPABASE)

    assert (found.billed_until, found.estimate.usd) == (datetime(2026, 10, 11, tzinfo=UTC), Decimal("0.0745161290"))


def test_its_past_error_is_what_it_would_have_said_in_a_month_that_is_final(store: Store, bucket: Path):
    """The bill is two days behind. On 13 September it would have known the 9th and 10th ($2), and said 24 GB more at
    $0.085 = $2.04; the final bill has $1 a day: $4, of which $2 were estimated."""
    september = [sent(day, gib) for day, gib in ((9, 512), (10, 512), (11, 12), (12, 12))]
    deliver_cur2(bucket, _september(september), "2026-09", delivered_at=DELIVERED)
    bill(store, bucket, open_([sent(10, 512), sent(11, 512)]), NIGHT)
    before = _september([row for day in (11, 12) for row in told(day, 12)])
    measure(store, "metrics", [*before, *told(12, 96)])
    (past,) = running(store).past

    assert (past.month, past.at) == (date(2026, 9, 1), datetime(2026, 9, 13, tzinfo=UTC))
    assert (past.said, past.became, past.estimated) == (Decimal("4.04"), Decimal(4), Decimal("2.04"))
    assert (round(past.error or 0, 9), round(past.estimate_error or 0, 9)) == (0.01, 0.02)


def _september(rows: Sequence[Row]) -> list[Row]:
    return [{name: str(v).replace("2026-10", "2026-09") if "2026-10" in str(v) else v for name, v in row.items()}
            for row in rows]  # fmt: skip


def test_a_month_that_is_not_final_is_not_looked_back_at(store: Store, bucket: Path):
    september = [row | {"bill_invoice_id": ""} for row in _september([sent(9, 512), sent(12, 10)])]
    deliver_cur2(bucket, september, "2026-09", delivered_at=DELIVERED)
    bill(store, bucket, open_([sent(11, 512)]), NIGHT)
    measure(store, "metrics", _september(told(12, 10)) + told(12, 96))

    assert running(store).past == ()


def test_without_measurements_nothing_is_estimated(quota_used: Store):
    found = running(quota_used)

    assert not found.is_measured
    assert (found.total, found.estimated) == (Decimal(4), Decimal(0))
