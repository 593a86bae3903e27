"""Anomalies: odd days of costs, what explains them, and what people said of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.access.access import shell_user
from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.costs.anomalies import TOTAL, anomalies, event_on
from core.costs.causes import Told, causes
from core.costs.judged import Judgement, Judgements
from core.costs.past import past_costs
from core.database import Database
from core.errors import PermissionDenied
from tests.billing.builders import cur2, deliver_cur2
from tests.billing.store import Store
from tests.costs.pasts import START, days, past_of
from tests.support.databases import BOTH, either_database

NOW = datetime(2026, 6, 12, 9, tzinfo=UTC)
UNTIL = date(2026, 6, 11)
NIGHT = START + timedelta(150)  #: 2026-05-31
ANALYST = User("ann", Role.ANALYST, Via.PASSWORD)


def with_night(*amounts):
    """10 a day for 161 days, but for some days from the last of May on."""
    values = [Decimal(10)] * 161
    values[150 : 150 + len(amounts)] = [Decimal(each) for each in amounts]
    return days(values)


def said(label, day=NIGHT, expected=True):
    return Judgement("service", label, day, expected, "ann", NOW)


def test_odd_days_in_a_row_are_one_event_whose_impact_is_their_sum():
    """30 and 20 where 10 was expected: 20 and 10 more."""
    found = anomalies(past_of({"S3": with_night(30, 20)}, UNTIL))

    event = event_on(found, "S3", NIGHT)
    assert (event.first, event.last, event.impact, event.ongoing) == (NIGHT, date(2026, 6, 1), Decimal(30), False)
    assert [(day.actual, day.expected) for day in event.days] == [(30, 10), (20, 10)]
    # a fifth of what was expected is no news
    assert (event.days[0].lo, event.days[0].hi) == (8, 12)


def test_an_event_on_the_newest_whole_day_goes_on():
    found = anomalies(past_of({"S3": with_night(*[10] * 10, 40)}, UNTIL))

    assert [(each.label, each.ongoing) for each in found.events] == [("S3", True), (TOTAL, True)]


def test_a_day_that_is_filling_is_not_judged():
    costs = with_night(10) | {UNTIL: Decimal("0.1")}

    assert anomalies(past_of({"S3": costs}, UNTIL)).events == ()


def test_small_money_is_no_event_however_unusual_it_is():
    """1 a day became 3 beside 200 a day: below 5 % of 201.07, the mean of 28 days."""
    small = {day: cost / 10 for day, cost in with_night(30).items()}

    found = anomalies(past_of({"S3": days([200] * 161), "KMS": small}, UNTIL))

    assert found.least_money == Decimal("10.053571")
    assert found.events == ()


def test_a_fee_on_the_first_is_nothing_odd():
    fee = {date(2026, month, 1): Decimal(500) for month in range(1, 7)}

    assert anomalies(past_of({"S3": days([10] * 161)}, UNTIL, monthly={"Plan": fee})).events == ()


def test_what_was_expected_is_not_told_again_nor_in_the_total_that_it_explains():
    past = past_of({"S3": with_night(40), "Lambda": days([1] * 161)}, UNTIL)

    assert [each.label for each in anomalies(past).events] == ["S3", TOTAL]
    assert anomalies(past, [said("S3")]).events == ()
    everything = anomalies(past, [said("S3")], with_expected=True).events
    assert [(each.label, each.is_expected) for each in everything] == [("S3", True), (TOTAL, False)]


def test_what_was_not_expected_is_told_with_who_said_so():
    found = anomalies(past_of({"S3": with_night(40)}, UNTIL), [said("S3", expected=False)])

    assert found.events[0].judgement == said("S3", expected=False)


def test_another_dimension_s_judgement_is_another_one():
    other = Judgement("provider", "S3", NIGHT, True, "ann", NOW)

    assert len(anomalies(past_of({"S3": with_night(40)}, UNTIL), [other]).events) == 2


def test_too_little_history_says_so():
    found = anomalies(past_of({"S3": days([2] * 30, UNTIL - timedelta(30))}, UNTIL))

    assert found.events == ()
    assert [(each.unique_id, each.reason) for each in found.left_out] == [
        ("S3", "It begins on 2026-05-12: 30 days are too few, 35 are needed."),
        (TOTAL, "It begins on 2026-05-12: 30 days are too few, 35 are needed."),
    ]


def test_only_events_that_reach_the_days_asked_for_are_told():
    past = past_of({"S3": with_night(30, 20)}, UNTIL)

    assert anomalies(past, since=date(2026, 6, 2)).events == ()
    assert [each.first for each in anomalies(past, since=date(2026, 6, 1)).events] == [NIGHT, NIGHT]


@pytest.fixture(params=BOTH)
def database(request, tmp_path) -> Database:
    return either_database(request, tmp_path / "phyght.db")


def test_a_judgement_is_remembered_with_its_line_and_the_latest_counts(database, tmp_path):
    judgements = Judgements(database, AuditLog(database))

    judgements.judge(ANALYST, "service", "S3", NIGHT, False, NOW)
    judgements.judge(ANALYST, "service", "S3", NIGHT, True, NOW, " the final ")

    assert judgements.all(ANALYST) == (Judgement("service", "S3", NIGHT, True, "ann", NOW, "the final"),)
    lines = AuditLog(database).latest(shell_user(tmp_path))
    assert [(line.action, line.subject, line.detail) for line in lines] == [
        ("call a day expected", "service S3 on 2026-05-31", "the final"),
        ("call a day not expected", "service S3 on 2026-05-31", ""),
    ]


def test_a_viewer_may_judge_nothing(database):
    judgements = Judgements(database, AuditLog(database))

    with pytest.raises(PermissionDenied, match="may not judge odd days"):
        judgements.judge(User("vic", Role.VIEWER, Via.PASSWORD), "service", "S3", NIGHT, True, NOW)
    assert judgements.all(ANALYST) == ()


@pytest.fixture(scope="module")
def night(shared_store: Store, shared_bucket: Path) -> Store:
    """August to September: 6 from `videos` and 4 from `logs` a day; on 20 September `videos` costs 26, `logs` 5."""
    for month, length in ((7, 31), (8, 31), (9, 30)):
        rows = [
            line
            for day in range(1, length + 1)
            for line in (
                _on(month, day, "26" if (month, day) == (9, 20) else "6", "videos", "DataTransfer-Out-Bytes"),
                _on(month, day, "5" if (month, day) == (9, 20) else "4", "logs", "TimedStorage-ByteHrs"),
            )
        ]
        period = f"2026-{month:02}"
        deliver_cur2(shared_bucket, rows, period, delivered_at=datetime(2026, 10, 6, tzinfo=UTC), execution=period)
    shared_store.ingest(shared_bucket)
    return shared_store


def _on(month: int, day: int, cost: str, bucket: str, usage_type: str):
    start = date(2026, month, day)
    return cur2(
        cost,
        bill_billing_period_start_date=f"2026-{month:02}-01",
        line_item_usage_start_date=f"{start}T00:00:00Z",
        line_item_usage_end_date=f"{start + timedelta(1)}T00:00:00Z",
        line_item_resource_id=bucket,
        line_item_usage_type=usage_type,
    )


def test_causes_are_ranked_by_their_share_of_the_excess(night: Store):
    """21 more than the usual 10: 20 from one bucket and what it sent, 1 from the other."""
    event = anomalies(past_costs(night.warehouse, "service")).events[0]

    found = causes(night.warehouse, event)

    assert event.impact == Decimal(21)
    assert [(each.dimension, each.value, each.excess, each.told) for each in found] == [
        ("usage_type", "DataTransfer-Out-Bytes", Decimal(20), Told.COST),
        ("resource", "videos", Decimal(20), Told.COST),
        ("usage_type", "TimedStorage-ByteHrs", Decimal(1), Told.COST),
        ("resource", "logs", Decimal(1), Told.COST),
    ]
    assert [each.share for each in found] == pytest.approx([20 / 21, 20 / 21, 1 / 21, 1 / 21])
    assert (found[0].usual, found[0].actual) == (Decimal(6), Decimal(26))
