"""Past titles: what each day has cost by group of videos and by rung, worked out by hand."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.costs.attribution import attribute
from core.costs.dimensions import Dimension
from core.costs.forecast import expect
from core.costs.past import Key, PastCosts, past_costs
from core.costs.past_titles import BEFORE, MONTHLY, UNALLOCATED, past_titles, titles_of
from core.costs.period import midnight, month_of
from core.costs.titles import Title
from core.costs.uploads import Upload, uploads
from tests.billing.builders import deliver_cur2
from tests.billing.store import Store
from tests.catalog.videos import put, video
from tests.costs.measurements import measure, served, watched
from tests.costs.twelve import cdn, on, other

OCTOBER = month_of(date(2026, 10, 1))
OUT = "US-DataTransfer-Out-Bytes"
A, B = Upload("A", "2026 Q3"), Upload("B", "2026 Q4")


@pytest.fixture
def billed(store: Store, bucket: Path) -> Store:
    """A bill of three days, and the month's tax."""
    bill = [
        cdn(8, "5", OUT),
        cdn(10, "10", OUT),
        other(10, "1", "awskms", "us-east-1-KMS-Requests"),
        cdn(11, "4", OUT),
        on(11, "0.4", "Requests-Tier1", "PutObject"),
        on(1, "0.7", None, line_item_line_item_type="Tax", line_item_resource_id=""),
    ]
    deliver_cur2(bucket, bill)
    store.ingest(bucket)
    return store


@pytest.fixture
def bills(billed: Store) -> Store:
    """With logs of the 10th and the 11th; on the 8th nothing was measured yet."""
    logs = [served("A", 750), served("B", 200, rung="720p"), served("C", 50, rung="720p"), served("A", 1, 11)]
    measure(billed, "request_titles", logs)
    return billed


def amounts(past: PastCosts) -> dict[str, dict[int, Decimal]]:
    return {key.label: {day.day: cost for day, cost in days.items()} for key, days in past.daily.items()}


def test_each_day_is_shared_out_over_the_quarters_that_videos_were_uploaded_in(bills: Store):
    """The 10th: 10 by bytes 750:200:50, and keys for 1 with it. The 11th: 4 of A, and 0.4 that nothing tells of.
    The 8th was before it was measured; the tax is for the month.
    """
    past = past_titles(bills.warehouse, Title.UPLOADED, uploaded=(A, B))

    assert amounts(past) == {
        "2026 Q3": {10: Decimal("8.25"), 11: Decimal(4)},
        "2026 Q4": {10: Decimal("2.2")},
        "not in the library": {10: Decimal("0.55")},
        UNALLOCATED: {10: Decimal(0), 11: Decimal("0.4")},
        BEFORE: {8: Decimal(5)},
    }
    assert past.tax == {Key(MONTHLY, "AWS"): {date(2026, 10, 1): Decimal("0.7")}}


@pytest.mark.parametrize("by", [Title.RUNG, Title.UPLOADED])
def test_titles_of_each_day_add_up_to_its_bill(bills: Store, by: Title):
    whole = past_costs(bills.warehouse, Dimension.PROVIDER)
    past = past_titles(bills.warehouse, by, uploaded=(A,))

    for day, cost in whole.daily[Key("AWS", "AWS")].items():
        assert sum(days.get(day, Decimal(0)) for days in past.daily.values()) == cost
    assert (past.until, past.bills) == (whole.until, whole.bills)


def test_rungs_have_their_days(bills: Store):
    found = amounts(past_titles(bills.warehouse, Title.RUNG))

    assert found["1080p"] == {10: Decimal("8.25"), 11: Decimal(4)}
    assert found["720p"] == {10: Decimal("2.75")}


def test_a_rung_that_is_called_unallocated_is_nobody_s(billed: Store):
    """Of the 10th's 11, 1 of 4 bytes: 2.75."""
    measure(billed, "request_titles", [served("A", 3), served("A", 1, rung=UNALLOCATED), served("A", 1, 11)])

    found = amounts(past_titles(billed.warehouse, Title.RUNG))

    assert found[UNALLOCATED] == {10: Decimal("2.75"), 11: Decimal("0.4")}
    assert found["1080p"] == {10: Decimal("8.25"), 11: Decimal(4)}


def test_a_month_is_shared_out_over_quarters_with_those_who_watched(bills: Store):
    measure(bills, "sessions", [watched("A", 30), watched("B", 20), watched("B", 10)])

    found = attribute(bills.warehouse, OCTOBER, Title.UPLOADED, uploads=(A, Upload("B", "2026 Q3")))

    (first, other_) = found.titles
    assert (first.title, first.audience.views, first.audience.watched_ms) == ("2026 Q3", 3, 3_600_000)
    assert (first.audience.sent_bytes, other_.audience.sent_bytes) == (951, 50)
    assert (other_.title, other_.audience.views) == ("not in the library", 0)
    assert found.allocated_total + found.unallocated_total == found.total == bills.total(period=OCTOBER)


def test_a_video_s_quarter_is_that_of_its_upload(bills: Store):
    for id, day in (("A", date(2026, 9, 30)), ("B", date(2026, 10, 1)), ("C", date(2027, 1, 1))):
        put(bills.database, video(id, created_at=midnight(day)))

    assert [each.quarter for each in uploads(bills.database)] == ["2026 Q3", "2026 Q4", "2027 Q1"]
    assert uploads(bills.database, Title.RUNG) == ()
    assert set(amounts(titles_of(bills.warehouse, bills.database, Title.UPLOADED))) >= {"2026 Q3", "2026 Q4"}


def test_quarters_are_forecast_and_add_up(store: Store, bucket: Path):
    """A costs 3 a day for a month, B 1; what is expected of each day is the same."""
    deliver_cur2(bucket, [cdn(day, "4", OUT) for day in range(1, 32)])
    store.ingest(bucket)
    logs = [served(name, size, day) for day in range(1, 32) for name, size in (("A", 3), ("B", 1))]
    measure(store, "request_titles", logs)

    found = expect(past_titles(store.warehouse, Title.UPLOADED, uploaded=(A, B)), date(2026, 10, 31))

    means = {part.label: {round(day.expected, 6) for day in part.days} for part in found.parts}
    assert means == {"2026 Q3": {Decimal(3)}, "2026 Q4": {Decimal(1)}, UNALLOCATED: {Decimal(0)}}
    assert found.total
    assert {round(day.expected, 6) for day in found.total.days} == {Decimal(4)}
