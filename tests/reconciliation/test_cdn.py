"""CloudFront's bytes and requests side by side, worked out by hand, through the whole way from a delivery."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from core.reconciliation.reconciled import Cause, Counted, Counter, Figure, Verdict
from core.reconciliation.reconciliation import reconcile
from tests.billing.store import Store
from tests.costs.measurements import measure
from tests.costs.twelve import cdn
from tests.reconciliation.sides import DAYS, FOUR_DAYS, GIB, bill, logged, sent, told


def by(store: Store, counter: Counter, figure: Figure = Figure.BYTES) -> Counted:
    line = reconcile(store.warehouse, FOUR_DAYS).line(figure)
    counted = line and line.by(counter)
    assert counted
    return counted


def causes(counted: Counted) -> list[Cause]:
    return [finding.cause for finding in counted.findings]


@pytest.fixture
def four_days(store: Store, bucket: Path) -> Store:
    """1 GB (2^30 bytes) a day by the bill."""
    bill(store, bucket, [sent(day, 1) for day in DAYS])
    return store


def test_the_same_bytes_agree(four_days: Store):
    measure(four_days, "request_places", [logged(day, 1) for day in DAYS])
    measure(four_days, "metrics", [row for day in DAYS for row in told(day, 1)])
    found = reconcile(four_days.warehouse, FOUR_DAYS)

    line = found.line(Figure.BYTES)
    assert line
    assert line.billed == 4 * GIB
    assert [(each.by, each.value, each.difference) for each in line.counted] == [
        (Counter.CLOUDWATCH, 4 * GIB, 0.0),
        (Counter.LOGS, 4 * GIB, 0.0),
    ]
    badge = found.badge(Figure.BYTES, Counter.LOGS)
    assert (badge.verdict, badge.words) == (Verdict.AGREES, "CloudFront bytes by logs: agrees with the bill within 1%")


def test_logs_that_were_not_enabled_from_the_beginning(four_days: Store):
    """2 of 4 GB: half is missing; on the two days that both have they are the same, and only those are judged."""
    measure(four_days, "request_places", [logged(12, 1), logged(13, 1)])
    logs = by(four_days, Counter.LOGS)

    assert (logs.value, logs.difference, logs.same, logs.same_days) == (2 * GIB, -0.5, 0.0, 2)
    assert [finding.words for finding in logs.findings] == [
        "nothing by logs before 2026-10-12: 2 of 4 days, 50.0 % of the bill"
    ]
    badge = logs.badge(Figure.BYTES)
    assert (badge.verdict, badge.difference, badge.days_text) == (Verdict.AGREES, 0.0, "on 2 of 4 days")
    assert badge.words == (
        "CloudFront bytes by logs: agrees with the bill within 1% on 2 of 4 days; not compared, as nothing is known "
        "by logs: 2026-10-10 to 2026-10-11"
    )


def test_what_differs_within_the_logs_is_not_hidden_by_days_outside_them(four_days: Store):
    """From the 11th on, 0.5 of 1 GB and nothing on the 12th: half of what is billed there."""
    measure(four_days, "request_places", [logged(11, 0.5), logged(13, 1)])
    badge = by(four_days, Counter.LOGS).badge(Figure.BYTES)

    assert (badge.verdict, badge.difference, badge.outside) == (Verdict.DIFFERS, -0.5, (date(2026, 10, 10),))
    assert badge.words == (
        "CloudFront bytes by logs: differs by -50.0 % on 3 of 4 days because nothing by logs on 2026-10-12: 1 of 4 "
        "days, 25.0 % of the bill; nothing in the data tells why; not compared, as nothing is known by logs: "
        "2026-10-10"
    )


def test_days_missing_in_between_and_since(four_days: Store):
    measure(four_days, "request_places", [logged(10, 1), logged(12, 1)])
    logs = by(four_days, Counter.LOGS)

    assert logs.missing == (date(2026, 10, 11), date(2026, 10, 13))
    assert [finding.words for finding in logs.findings] == [
        "nothing by logs since 2026-10-12: 1 of 4 days, 25.0 % of the bill",
        "nothing by logs on 2026-10-11: 1 of 4 days, 25.0 % of the bill",
    ]


def test_a_day_of_cloudwatch_with_a_gap_is_left_out_and_said(four_days: Store):
    """23 of 24 hours of the 11th: the other three days are counted."""
    rows = [row for day in (10, 12, 13) for row in told(day, 1)] + told(11, 1, range(1, 24))
    measure(four_days, "metrics", rows)
    cloudwatch = by(four_days, Counter.CLOUDWATCH)

    assert (cloudwatch.value, cloudwatch.difference, cloudwatch.same) == (3 * GIB, -0.25, 0.0)
    assert [finding.words for finding in cloudwatch.findings] == [
        "only a part of 2026-10-11 is known by CloudWatch, and left out: 1 of 4 days, 25.0 % of the bill"
    ]


def test_a_day_on_which_a_line_lacks_its_bytes_is_left_out_and_said(four_days: Store):
    """On the 11th one of two lines tells no bytes: three of four GB are counted; the day's requests all the same."""
    half, unknown = logged(11, 0.5, requests=2), logged(11, 0, requests=3) | {"bytes": None}
    measure(four_days, "request_places", [*(logged(day, 1) for day in (10, 12, 13)), half, unknown])
    logs = by(four_days, Counter.LOGS)

    assert (logs.value, logs.difference, logs.same, logs.same_days) == (3 * GIB, -0.25, 0.0, 3)
    assert [finding.words for finding in logs.findings] == [
        "only a part of 2026-10-11 is known by logs, and left out: 1 of 4 days, 25.0 % of the bill"
    ]
    assert by(four_days, Counter.LOGS, Figure.REQUESTS).value == 8


def test_logs_without_any_bytes_are_no_zero_beside_the_bill(four_days: Store):
    measure(four_days, "request_places", [logged(day, 0) | {"bytes": None} for day in DAYS])
    logs = by(four_days, Counter.LOGS)

    assert (logs.value, logs.difference, causes(logs)) == (None, None, [Cause.GAPS])
    assert logs.badge(Figure.BYTES).verdict is Verdict.UNKNOWN


def test_a_day_on_which_one_distribution_lacks_bytes_is_left_out_of_the_whole(store: Store, bucket: Path):
    """2 GB a day by a bill that names no distribution; on the 11th E2's bytes are unknown: 6 of 8 GB are counted."""
    bill(store, bucket, [sent(day, 2, line_item_resource_id="") for day in DAYS])
    rows = [logged(day, 1, name) for day in DAYS for name in ("E1", "E2") if (day, name) != (11, "E2")]
    measure(store, "request_places", [*rows, logged(11, 0, "E2") | {"bytes": None}])
    logs = by(store, Counter.LOGS)

    assert (logs.value, logs.difference, logs.same) == (6 * GIB, -0.25, 0.0)


def test_other_distributions_of_the_bill_are_told(store: Store, bucket: Path):
    """E1 1 GB and E2 3 GB a day; only E1 has logs: three quarters are another's."""
    bill(store, bucket, [sent(day, gib, name) for day in DAYS for name, gib in (("E1", 1), ("E2", 3))])
    measure(store, "request_places", [logged(day, 1) for day in DAYS])
    logs = by(store, Counter.LOGS)

    assert (logs.difference, logs.same) == (-0.75, 0.0)
    assert [finding.words for finding in logs.findings] == ["the bill has other distributions, too (E2): 75.0 % of it"]


def test_a_distribution_that_lacks_a_day_is_told(store: Store, bucket: Path):
    bill(store, bucket, [sent(day, 1, name) for day in DAYS for name in ("E1", "E2")])
    measure(store, "request_places", [logged(day, 1) for day in DAYS] + [logged(10, 1, "E2")])

    assert [finding.words for finding in by(store, Counter.LOGS).findings] == [
        "a distribution is missing by logs on 2026-10-11 to 2026-10-13"
    ]


def test_a_bill_without_resource_ids_is_compared_as_a_whole(store: Store, bucket: Path):
    bill(store, bucket, [sent(day, 2, line_item_resource_id="") for day in DAYS])
    measure(store, "request_places", [logged(day, 1, name) for day in DAYS for name in ("E1", "E2")])

    assert by(store, Counter.LOGS).badge(Figure.BYTES).verdict is Verdict.AGREES


def test_sampled_logs_are_scaled_and_said(store: Store, bucket: Path):
    """Each day 1,000 requests on the bill; 100 lines of the log stand for 1,100: a tenth too many."""
    rows = [cdn(day, "1", "US-Requests-Tier2-HTTPS", line_item_usage_amount="1000") for day in DAYS]
    bill(store, bucket, rows)
    measure(store, "request_places", [logged(day, 1, requests=1100, lines=100) for day in DAYS])
    logs = by(store, Counter.LOGS, Figure.REQUESTS)

    assert (logs.value, round(logs.difference or 0, 6)) == (4400, 0.1)
    assert [finding.words for finding in logs.findings] == ["the logs are a sample, of about 1 request in 11"]


def test_requests_of_bots_count_as_they_are_billed(store: Store, bucket: Path):
    bill(store, bucket, [cdn(10, "1", "US-Requests-Tier1", line_item_usage_amount="10")])
    measure(store, "request_places", [logged(10, 1, requests=7), logged(10, 1, requests=3) | {"bot": True}])

    assert by(store, Counter.LOGS, Figure.REQUESTS).value == 10


def test_what_the_bill_does_not_cover_yet_is_not_compared(store: Store, bucket: Path):
    """Delivered on the 13th, usage until the 12th, 00:00: two days are whole. It is on no invoice."""
    rows = [
        sent(day, 1, bill_invoice_id="", line_item_usage_end_date=f"2026-10-{day + 1}T00:00:00") for day in (10, 11)
    ]
    bill(store, bucket, rows, datetime(2026, 10, 13, tzinfo=UTC))
    measure(store, "request_places", [logged(day, 1.5) for day in DAYS])
    found = reconcile(store.warehouse, FOUR_DAYS)
    logs = by(store, Counter.LOGS)

    assert found.billed_days == (date(2026, 10, 10), date(2026, 10, 11))
    assert found.estimated
    assert (logs.value, logs.difference, causes(logs)) == (3 * GIB, 0.5, [Cause.NOT_FINAL])


def test_a_flat_rate_plan_itemises_nothing(store: Store, bucket: Path):
    plan = sent(10, 1, line_item_usage_type="Global-CloudFrontPlan-Pro", line_item_product_code="CloudFrontPlans")
    bill(store, bucket, [*(sent(day, 1) for day in DAYS), plan])
    measure(store, "request_places", [logged(day, 3) for day in DAYS])
    logs = by(store, Counter.LOGS)

    assert (logs.difference, causes(logs)) == (2.0, [Cause.FLAT_RATE])


def test_what_nothing_explains_is_said_so(four_days: Store):
    measure(four_days, "request_places", [logged(day, 0.9375) for day in DAYS])
    logs = by(four_days, Counter.LOGS)

    assert (logs.difference, causes(logs)) == (-0.0625, [Cause.NOT_TOLD])


def test_without_a_bill_it_cannot_be_told(store: Store):
    measure(store, "request_places", [logged(10, 1)])
    badge = reconcile(store.warehouse, FOUR_DAYS).badge(Figure.BYTES, Counter.LOGS)

    assert badge.words == "CloudFront bytes by logs: cannot be told: no bill covers a whole day of it yet"


def test_without_anything_there_are_no_lines(store: Store):
    found = reconcile(store.warehouse, FOUR_DAYS)

    assert found.lines == ()
    assert found.badge(Figure.BYTES, Counter.LOGS).verdict is Verdict.UNKNOWN
