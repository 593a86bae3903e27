"""Attribution: what each video costs, worked out by hand, through the whole way from a delivery."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.costs.attributed import Attribution, Reason
from core.costs.attribution import attribute
from core.costs.dimensions import Metric
from core.costs.encoded import Encoded
from core.costs.period import Period, month_of
from core.costs.pools import Measure, Pool
from core.costs.shares import in_cents
from core.costs.titles import Title
from core.errors import MixedCurrencies, NoBillingData
from tests.billing.builders import Row, csv_gz, deliver_cur2, focus, put
from tests.billing.store import Store
from tests.costs.measurements import accessed, measure, served, stored, watched
from tests.costs.twelve import BILL, MEASURED, cdn, on

OCTOBER = month_of(date(2026, 10, 1))


@pytest.fixture(scope="module")
def bills(shared_store: Store, shared_bucket: Path) -> Store:
    deliver_cur2(shared_bucket, BILL)
    shared_store.ingest(shared_bucket)
    for view, rows in MEASURED.items():
        measure(shared_store, view, rows)
    return shared_store


def costs(attribution: Attribution) -> dict[str, dict[Pool, Decimal]]:
    return {each.title: {share.pool: share.cost for share in each.shares} for each in attribution.titles}


def test_a_bill_of_twelve_lines_is_shared_out_over_two_videos(bills: Store):
    """By hand, in the bill's order:

    3.00  by bytes stored 600:300:100 of the inventory two days before: A 1.8, B 0.9, 0.3 of no video
    0.07  padding in Standard-IA, where only B has anything: B 0.07
    10    by bytes 750:250: A 7.5, B 2.5
    1     by bytes 1:2: A 0.3333333333, B 0.6666666667 (two thirds have the larger remainder)
    4     a day without logs
    0.09  by requests 1:2: A 0.03, B 0.06
    0.4   no access logs: by missed bytes, which only A has: A 0.4
    0.05  no access logs
    5     a database: nobody knows what for
          so far 9.35 of no video, A 10.0633333333, B 4.1966666667; together 23.61
    0.2361  keys, one hundredth of that: A 0.1006333333, B 0.0419666667, 0.0935
    0.704   tax, a fifth of S3's 3.52: A 2.2 -> 0.44, B 0.97 -> 0.194, 0.35 -> 0.07
    -1.509  credit, a tenth of CloudFront's 15.09: A 7.8633333333 -> 0.7863333333, B 3.2266666667 -> 0.3226666667, 0.4
    """
    found = attribute(bills.warehouse, OCTOBER)

    assert costs(found) == {
        "A": {
            Pool.EGRESS: Decimal("7.8333333333"),
            Pool.STORAGE: Decimal("1.8"),
            Pool.TAX: Decimal("0.44"),
            Pool.ORIGIN: Decimal("0.4"),
            Pool.OVERHEAD: Decimal("0.1006333333"),
            Pool.CDN_REQUESTS: Decimal("0.03"),
            Pool.CREDITS: Decimal("-0.7863333333"),
        },
        "B": {
            Pool.EGRESS: Decimal("3.1666666667"),
            Pool.STORAGE: Decimal("0.97"),
            Pool.TAX: Decimal("0.194"),
            Pool.CDN_REQUESTS: Decimal("0.06"),
            Pool.OVERHEAD: Decimal("0.0419666667"),
            Pool.CREDITS: Decimal("-0.3226666667"),
        },
    }
    assert {(each.pool, each.reason): each.cost for each in found.unallocated} == {
        (Pool.OTHER, Reason.UNKNOWN_USE): Decimal(5),
        (Pool.EGRESS, Reason.NO_LOGS): Decimal(4),
        (Pool.STORAGE, Reason.NO_VIDEO): Decimal("0.3"),
        (Pool.OVERHEAD, Reason.GOES_WITH_IT): Decimal("0.0935"),
        (Pool.TAX, Reason.GOES_WITH_IT): Decimal("0.07"),
        (Pool.PUTS, Reason.NO_ACCESS_LOGS): Decimal("0.05"),
        (Pool.CREDITS, Reason.GOES_WITH_IT): Decimal("-0.4"),
    }
    assert found.total == bills.total(period=OCTOBER) == Decimal("23.0411")


@pytest.mark.parametrize("metric", Metric)
def test_videos_and_unallocated_add_up_to_the_bill_by_each_cost(bills: Store, metric: Metric):
    found = attribute(bills.warehouse, OCTOBER, metric=metric)

    assert found.allocated_total + found.unallocated_total == found.total == bills.total(metric, OCTOBER)


def test_a_share_explains_itself(bills: Store):
    egress = attribute(bills.warehouse, OCTOBER).of("A").shares[0]

    assert (egress.pool, egress.measure, egress.driver, egress.whole) == (Pool.EGRESS, Measure.DELIVERED, 751, 1003)
    assert (egress.cost, egress.pool_cost) == (Decimal("7.8333333333"), Decimal(11))
    assert egress.share == pytest.approx(7.8333333333 / 11)


def test_what_is_unallocated_says_of_which_days_it_is(bills: Store):
    (egress,) = [each for each in attribute(bills.warehouse, OCTOBER).unallocated if each.reason is Reason.NO_LOGS]

    assert (egress.days, egress.first_day, egress.last_day) == (1, date(2026, 10, 11), date(2026, 10, 11))


def test_a_video_that_the_bill_has_nothing_for_costs_nothing(bills: Store):
    nobody = attribute(bills.warehouse, OCTOBER).of("C")

    assert (nobody.total, nobody.shares, nobody.per_view) == (0, (), None)


def test_days_and_months_of_the_period_are_its_bill(bills: Store):
    for days in (Period(date(2026, 10, 10), date(2026, 10, 11)), Period(date(2026, 9, 20), date(2026, 10, 11))):
        found = attribute(bills.warehouse, days)

        assert found.total == bills.total(period=days)
        assert found.allocated_total + found.unallocated_total == found.total


def test_without_a_bill_there_is_nothing_to_share_out(bills: Store):
    with pytest.raises(NoBillingData):
        attribute(bills.warehouse, month_of(date(2026, 1, 1)))


def delivered(store: Store, bucket: Path, rows: list[Row], **measured: list[Row]) -> Store:
    deliver_cur2(bucket, rows)
    store.ingest(bucket)
    for view, of_view in measured.items():
        measure(store, view, of_view)
    return store


def test_rungs_share_the_bill_as_videos_do(store: Store, bucket: Path):
    """10 by bytes: 720p 6 + 2, 1080p 1, and 1 of a video's, of no rung that is known."""
    logs = [served("A", 6, rung="720p"), served("B", 2, rung="720p"), served("B", 1), served("A", 1, rung="")]
    delivered(store, bucket, [cdn(10, "10", "US-DataTransfer-Out-Bytes")], request_titles=logs)

    found = attribute(store.warehouse, OCTOBER, Title.RUNG)
    assert [(each.title, each.total) for each in found.titles] == [("720p", 8), ("1080p", 1), ("no rung", 1)]
    assert attribute(store.warehouse, OCTOBER).of("A").total == 7


def test_what_a_view_an_hour_and_a_gigabyte_cost(store: Store, bucket: Path):
    """A: 6 for two views of 30 minutes and 2 GB. B: 3 for one view of an hour and 1 GB. C: 1, and nobody watched."""
    delivered(
        store,
        bucket,
        [cdn(10, "9", "US-DataTransfer-Out-Bytes"), on(10, "1", "TimedStorage-ByteHrs")],
        request_titles=[served("A", 2**31), served("B", 2**30)],
        inventory=[stored("C", 7)],
        sessions=[watched("A", 30), watched("A", 30), watched("B", 60), watched("B", 0)],
    )

    found = attribute(store.warehouse, OCTOBER)
    rates = {each.title: (each.per_view, each.per_hour, each.per_gib) for each in found.titles}
    assert rates == {"A": (3, 6, 3), "B": (3, 3, 3), "C": (None, None, None)}
    assert [each.title for each in found.dearest_per_view(5)] == ["A", "B"]
    assert [each.title for each in found.unwatched(5)] == ["C"]


def test_a_view_that_stands_for_others_counts_as_many(store: Store, bucket: Path):
    """Each of A's sessions stands for 20, as one player in twenty reports; a crawler watches nothing."""
    delivered(
        store,
        bucket,
        [cdn(10, "9", "US-DataTransfer-Out-Bytes")],
        request_titles=[served("A", 2**31)],
        sessions=[watched("A", 30, weight=20.0), watched("A", 15, weight=20.0), watched("A", 30, device="bot")],
    )

    (cost,) = attribute(store.warehouse, OCTOBER).titles
    assert (cost.audience.views, cost.audience.watched_ms) == (40, 15 * 3_600_000)


def test_a_session_that_its_player_and_the_logs_tell_of_counts_once_as_the_player_had_it(store: Store, bucket: Path):
    delivered(
        store,
        bucket,
        [cdn(10, "9", "US-DataTransfer-Out-Bytes")],
        request_titles=[served("A", 2**31)],
        sessions=[watched("A", 30, session="s"), watched("A", 20, session="s", exact=False)],
    )

    (cost,) = attribute(store.warehouse, OCTOBER).titles
    assert (cost.audience.views, cost.audience.watched_ms) == (1, 1_800_000)


def test_s3_s_own_logs_come_before_what_the_cdn_missed(store: Store, bucket: Path):
    """Reads 4 by the bytes that were read 1:3; past the CDN 2, of which A took all; writes 0.6 by requests 2:1."""
    delivered(
        store,
        bucket,
        [
            on(10, "4", "Requests-Tier2", "GetObject"),
            on(10, "2", "DataTransfer-Out-Bytes", "GetObject"),
            on(10, "0.6", "Requests-Tier1", "PutObject"),
        ],
        request_titles=[served("A", 900, result="miss")],
        inventory=[stored("A", 1)],
        origin_requests=[
            accessed("A", 10, via_cdn=False),
            accessed("B", 30),
            accessed("A", 0, tier="1", requests=2),
            accessed("B", 0, tier="1", requests=1),
        ],
    )

    found = attribute(store.warehouse, OCTOBER)
    assert costs(found)["A"] == {Pool.ORIGIN: 1, Pool.S3_EGRESS: 2, Pool.PUTS: Decimal("0.4")}
    assert costs(found)["B"] == {Pool.ORIGIN: 3, Pool.PUTS: Decimal("0.2")}
    assert found.unallocated == ()


def test_what_is_read_from_a_class_is_of_the_videos_in_it(store: Store, bucket: Path):
    """Both were missed; only B lies in Glacier Instant Retrieval."""
    delivered(
        store,
        bucket,
        [on(10, "2", "Retrieval-GIR", "GetObject")],
        request_titles=[served("A", 900, result="miss"), served("B", 1, result="miss")],
        inventory=[stored("A", 1), stored("B", 1, storage_class="GLACIER_IR")],
    )

    assert costs(attribute(store.warehouse, OCTOBER)) == {"B": {Pool.RETRIEVAL: Decimal(2)}}


@pytest.mark.parametrize(
    ("day", "reason"), [(3, None), (17, None), (18, Reason.NO_INVENTORY), (2, Reason.NO_INVENTORY)]
)
def test_an_inventory_stands_for_a_week_around_it(store: Store, bucket: Path, day: int, reason: Reason | None):
    delivered(store, bucket, [on(day, "2", "TimedStorage-ByteHrs")], inventory=[stored("A", 5)])

    found = attribute(store.warehouse, OCTOBER)
    assert [each.reason for each in found.unallocated] == ([reason] if reason else [])


def test_the_newest_inventory_until_the_day_counts(store: Store, bucket: Path):
    inventory = [stored("A", 5, 8), stored("B", 5, 9), stored("C", 5, 11)]
    delivered(store, bucket, [on(10, "2", "TimedStorage-ByteHrs")], inventory=inventory)

    assert costs(attribute(store.warehouse, OCTOBER)) == {"B": {Pool.STORAGE: Decimal(2)}}


def test_mediaconvert_is_shared_out_by_the_seconds_encoded(store: Store, bucket: Path):
    """Three rungs of 100 s against one of 100 s, on the day; what ended on another day has nothing of it."""
    service: Row = {"line_item_product_code": "AWSElementalMediaConvert", "product": {}}
    delivered(store, bucket, [on(10, "8", "EU-Basic-AVC-HD-30FPS", **service)])
    encoded = [Encoded(date(2026, 10, 10), "A", rung, 100) for rung in ("1080p", "720p", "480p")]
    encoded += [Encoded(date(2026, 10, 10), "B", "480p", 100), Encoded(date(2026, 10, 11), "C", "480p", 100)]

    assert costs(attribute(store.warehouse, OCTOBER, encoded=encoded)) == {
        "A": {Pool.TRANSCODE: Decimal(6)},
        "B": {Pool.TRANSCODE: Decimal(2)},
    }
    (left,) = attribute(store.warehouse, OCTOBER).unallocated
    assert (left.reason, left.cost) == (Reason.NOTHING_ENCODED, 8)


def test_supabase_is_shared_out_by_what_lies_there(store: Store, bucket: Path):
    """Plan 25, storage 3 and egress 2 by 3:1; a bucket of S3 has nothing of it."""
    put(
        bucket / "supabase.csv.gz",
        csv_gz(
            [
                focus(
                    cost,
                    ProviderName="Supabase",
                    ServiceName=service,
                    x_UsageType=usage_type,
                    ChargeCategory="Purchase" if usage_type == "Plan" else "Usage",
                    ResourceId="project",
                )
                for service, usage_type, cost in (
                    ("Supabase Plan", "Plan", "25"),
                    ("Supabase Storage", "Storage Size", "3"),
                    ("Supabase Storage", "Egress", "2"),
                )
            ]
        ),
    )
    store.ingest(bucket)
    measure(
        store, "inventory", [stored("A", 3, provider="Supabase"), stored("B", 1, provider="Supabase"), stored("C", 9)]
    )

    found = attribute(store.warehouse, OCTOBER)
    assert costs(found) == {
        "A": {Pool.SUPABASE_STORAGE: Decimal(21), Pool.SUPABASE_EGRESS: Decimal("1.5")},
        "B": {Pool.SUPABASE_STORAGE: Decimal(7), Pool.SUPABASE_EGRESS: Decimal("0.5")},
    }


def test_support_follows_all_and_a_commitment_for_something_else_nothing(store: Store, bucket: Path):
    support: Row = {"line_item_line_item_type": "Fee", "line_item_product_code": "AWSSupportBusiness", "product": {}}
    plan: Row = {
        "line_item_line_item_type": "SavingsPlanRecurringFee",
        "line_item_product_code": "ComputeSavingsPlans",
        "product": {},
    }
    rows = [
        cdn(10, "9", "US-DataTransfer-Out-Bytes"),
        on(1, "10", None, line_item_resource_id="", line_item_usage_account_id="111111111111", **support),
        on(1, "5", None, line_item_resource_id="", **plan),
    ]
    delivered(store, bucket, rows, request_titles=[served("A", 2), served("B", 1)])

    found = attribute(store.warehouse, OCTOBER)
    assert [(each.title, each.pool(Pool.FEES)) for each in found.titles] == [
        ("A", Decimal("6.6666666667")),
        ("B", Decimal("3.3333333333")),
    ]
    assert [(each.pool, each.reason, each.cost) for each in found.unallocated] == [
        (Pool.FEES, Reason.NOTHING_TO_FOLLOW, 5)
    ]


def test_what_is_finer_than_the_unit_is_unallocated(store: Store, bucket: Path):
    rows = [cdn(10, "0.12345678901234", "US-DataTransfer-Out-Bytes"), cdn(11, "5e-12", "US-DataTransfer-Out-Bytes")]
    delivered(store, bucket, rows, request_titles=[served("A", 2), served("A", 2, 11)])

    found = attribute(store.warehouse, OCTOBER)
    assert found.of("A").total == Decimal("0.1234567890")
    assert {each.reason for each in found.unallocated} == {Reason.FINER}
    assert found.unallocated_total == Decimal("0.00000000001734")


def test_a_usage_type_that_nobody_knows_is_never_lost(store: Store, bucket: Path):
    rows = [on(10, "3", "Quantum-Bytes"), cdn(10, "-2", "US-Hologram-Bytes"), cdn(10, "1", "US-DataTransfer-Out-Bytes")]
    delivered(store, bucket, rows, request_titles=[served("A", 1, region="EU")])

    found = attribute(store.warehouse, OCTOBER)
    assert [(each.pool, each.reason, each.cost) for each in found.unallocated] == [
        (Pool.EGRESS, Reason.NOTHING_MEASURED, 1),
        (Pool.OTHER, Reason.UNKNOWN_USE, 1),
    ]
    assert found.total == 2


def test_another_distribution_is_none_of_the_videos_business(store: Store, bucket: Path):
    site = "arn:aws:cloudfront::222222222222:distribution/E2"
    rows = [
        cdn(10, "3", "US-DataTransfer-Out-Bytes"),
        cdn(10, "5", "US-DataTransfer-Out-Bytes", line_item_resource_id=site),
        cdn(10, "7", "US-DataTransfer-Out-Bytes", line_item_resource_id=""),
    ]
    delivered(store, bucket, rows, request_titles=[served("A", 1)])

    found = attribute(store.warehouse, OCTOBER)
    assert found.of("A").total == 10  # what names no distribution is of all of them
    assert [(each.reason, each.cost) for each in found.unallocated] == [(Reason.NO_LOGS, 5)]


def test_currencies_are_never_added(store: Store, bucket: Path):
    put(bucket / "bill.csv.gz", csv_gz([focus("10"), focus("20", BillingCurrency="EUR", BillingAccountId="7")]))
    store.ingest(bucket)

    with pytest.raises(MixedCurrencies):
        attribute(store.warehouse, OCTOBER)
    assert attribute(store.warehouse, OCTOBER, currency="eur").total == 20
    assert attribute(store.warehouse, OCTOBER, currency="USD").total == 10


def test_cents_of_the_lines_add_up_to_the_rounded_total():
    """1.004 + 1.004 + 1.004 - 0.009 = 3.003: 3.00; rounded down they are 2.99, so one cent goes to the first."""
    amounts = [Decimal("1.004"), Decimal("1.004"), Decimal("1.004"), Decimal("-0.009")]

    assert in_cents(amounts) == (Decimal("1.01"), 1, 1, Decimal("-0.01"))
    assert in_cents([]) == ()
