"""Attribution by logs that lack fields: what they tell is shared out, what they do not tell is no video's."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.costs.attributed import Attribution, Reason
from core.costs.attribution import attribute
from core.costs.period import month_of
from core.costs.pools import Pool
from tests.billing.builders import Row, deliver_cur2
from tests.billing.store import Store
from tests.costs.measurements import measure, served, stored
from tests.costs.twelve import cdn, on

OCTOBER = month_of(date(2026, 10, 1))


def attributed(store: Store, bucket: Path, bill: list[Row], logs: list[Row]) -> Attribution:
    """A bill by these logs; A and B lie in the bucket."""
    deliver_cur2(bucket, bill)
    store.ingest(bucket)
    measure(store, "request_titles", logs)
    measure(store, "inventory", [stored("A", 1), stored("B", 1)])
    return attribute(store.warehouse, OCTOBER)


def costs(found: Attribution) -> dict[str, dict[Pool, Decimal]]:
    return {each.title: {share.pool: share.cost for share in each.shares} for each in found.titles}


def left(found: Attribution) -> list[tuple[Pool, Reason, Decimal]]:
    return [(each.pool, each.reason, each.cost) for each in found.unallocated]


def test_where_a_line_lacks_its_bytes_nothing_is_shared_out_by_bytes(store: Store, bucket: Path):
    """In the US 10 by bytes, of which B's are unknown, and 0.09 by requests 1:2; in Europe 1 by bytes 1:3."""
    found = attributed(
        store,
        bucket,
        [
            cdn(10, "10", "US-DataTransfer-Out-Bytes"),
            cdn(10, "0.09", "US-Requests-Tier2-HTTPS"),
            cdn(10, "1", "EU-DataTransfer-Out-Bytes"),
        ],
        [
            served("A", 650),
            served("B", 100, bytes=None, requests=2),
            served("A", 1, region="EU"),
            served("B", 3, region="EU"),
        ],
    )

    assert costs(found) == {
        "A": {Pool.EGRESS: Decimal("0.25"), Pool.CDN_REQUESTS: Decimal("0.03")},
        "B": {Pool.EGRESS: Decimal("0.75"), Pool.CDN_REQUESTS: Decimal("0.06")},
    }
    assert left(found) == [(Pool.EGRESS, Reason.NO_FIELDS, 10)]
    assert found.allocated_total + found.unallocated_total == found.total == Decimal("11.09")


def test_a_day_that_lacks_bytes_takes_none_from_the_day_that_has_them(store: Store, bucket: Path):
    """10 of the 10th, by nothing; 4 of the 11th by bytes 1:3."""
    found = attributed(
        store,
        bucket,
        [cdn(10, "10", "US-DataTransfer-Out-Bytes"), cdn(11, "4", "US-DataTransfer-Out-Bytes")],
        [served("A", 0, bytes=None), served("B", 5), served("A", 1, 11), served("B", 3, 11)],
    )

    assert costs(found) == {"A": {Pool.EGRESS: Decimal(1)}, "B": {Pool.EGRESS: Decimal(3)}}
    (egress,) = found.unallocated
    assert (egress.reason, egress.cost, egress.first_day, egress.last_day) == (
        Reason.NO_FIELDS, 10, date(2026, 10, 10), date(2026, 10, 10)
    )  # fmt: skip


def test_a_charge_of_any_region_needs_the_bytes_of_all_regions(store: Store, bucket: Path):
    """The charge names no region: what was sent in the US is known, and what was sent in Europe is not."""
    found = attributed(
        store,
        bucket,
        [cdn(10, "10", "DataTransfer-Out-Bytes"), cdn(10, "2", "US-DataTransfer-Out-Bytes")],
        [served("A", 5), served("B", 0, region="EU", bytes=None)],
    )

    assert costs(found) == {"A": {Pool.EGRESS: Decimal(2)}}
    assert left(found) == [(Pool.EGRESS, Reason.NO_FIELDS, 10)]


@pytest.mark.parametrize(
    "lacking",
    [{"result": ""}, {"result": "miss", "bytes": None}],
    ids=["whether the cache had it", "the bytes"],
)
def test_reads_of_a_bucket_are_of_no_video_where_one_line_does_not_tell_what_was_missed(
    store: Store, bucket: Path, lacking: Row
):
    """Reads of the 10th 4, of the 11th 2: on the 11th only A was missed, on the 10th a line lacks what tells it."""
    found = attributed(
        store,
        bucket,
        [on(10, "4", "Requests-Tier2", "GetObject"), on(11, "2", "Requests-Tier2", "GetObject")],
        [
            served("A", 9, result="miss"),
            served("B", 9, **lacking),
            served("A", 9, 11, result="miss"),
            served("B", 9, 11),
        ],
    )

    assert costs(found) == {"A": {Pool.ORIGIN: Decimal(2)}}
    assert left(found) == [(Pool.ORIGIN, Reason.NO_FIELDS, 4)]


def test_what_was_sent_of_a_video_is_unknown_where_none_of_its_lines_tells_bytes(store: Store, bucket: Path):
    found = attributed(
        store,
        bucket,
        [cdn(10, "0.09", "US-Requests-Tier2-HTTPS")],
        [served("A", 7), served("B", 0, bytes=None, requests=2)],
    )

    assert {each.title: each.audience.sent_bytes for each in found.titles} == {"A": 7, "B": None}
    assert not found.of("B").is_unwatched
