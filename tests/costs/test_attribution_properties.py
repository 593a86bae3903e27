"""Attribution of any bill: it adds up to the last digit, whatever is billed, measured or missing."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import core
from core.costs.attribution import steps_of
from core.costs.dimensions import Metric
from core.costs.pools import FOLLOWING, Pool
from core.costs.titles import Title
from core.steps import take_steps

Row = dict[str, Any]
_ROOT = Path(core.__file__).parent
_VIEWS = ("resource_charges", "request_titles", "inventory", "origin_requests")
_DAYS = some.dates(date(2026, 9, 28), date(2026, 10, 4))
_VIDEOS = some.sampled_from(["", "A", "B", "C"])
_SIZES = some.integers(0, 10**15) | some.integers(0, 3)
_KINDS = [
    ("Amazon Simple Storage Service", "storage", "TimedStorage-ByteHrs", "STANDARD"),
    ("Amazon Simple Storage Service", "requests", "Requests-Tier2", None),
    ("Amazon Simple Storage Service", "requests", "Requests-Tier1", None),
    ("Amazon Simple Storage Service", "retrieval", "Retrieval-GIR", "GLACIER_IR"),
    ("Amazon Simple Storage Service", "transfer out", "DataTransfer-Out-Bytes", None),
    ("Amazon Simple Storage Service", "management", "StorageLens", None),
    ("Amazon CloudFront", "transfer out", "US-DataTransfer-Out-Bytes", None),
    ("Amazon CloudFront", "requests", "EU-Requests-Tier2-HTTPS", None),
    ("AWS Elemental MediaConvert", "transcoding", "Basic-AVC", None),
    ("AWS Key Management Service", "encryption keys", "KMS-Requests", None),
    ("AWS Support (Business)", "support", None, None),
    ("Amazon Relational Database Service", "unmapped", "InstanceUsage", None),
    (None, None, None, None),
]
_CHARGES = some.builds(
    lambda day, kind, category, account, place, costs: {
        "charge_period_start": day, "billing_period_start": day.replace(day=1), "provider_name": "AWS",
        "sub_account_id": account, "service_name": kind[0], "usage_family": kind[1], "usage_type": kind[2],
        "storage_class": kind[3], "charge_category": category, "resource_id": place, "billing_currency": "USD",
        "billed_cost": costs[0], "effective_cost": costs[1], "list_cost": costs[2],
    },
    _DAYS,
    some.sampled_from(_KINDS),
    some.sampled_from(["usage", "usage", "usage", "tax", "credit", "fee", "other"]),
    some.sampled_from(["1", "2", None]),
    some.sampled_from(["media", "E1", "arn:aws:cloudfront::1:distribution/E1", None]),
    some.tuples(*[some.decimals(-(10**6), 10**6, places=18) | some.decimals(0, 1, places=10)] * 3),
)  # fmt: skip
_SERVED = some.builds(
    lambda day, video, region, result, size: {
        "day": day, "distribution": "E1", "price_region": region, "video": video, "rung": "1080p", "result": result,
        "requests": size % 7, "bytes": size,
    },
    _DAYS, _VIDEOS, some.sampled_from(["US", "EU", ""]), some.sampled_from(["hit", "miss"]), _SIZES,
)  # fmt: skip
_STORED = some.builds(
    lambda day, video, kind, size: {
        "provider": "AWS", "day": day, "bucket": "media", "video": video, "rung": "1080p", "storage_class": kind,
        "bytes": size, "billable_bytes": size,
    },
    _DAYS, _VIDEOS, some.sampled_from(["STANDARD", "GLACIER_IR"]), _SIZES,
)  # fmt: skip
_ACCESSED = some.builds(
    lambda day, video, tier, via_cdn, size: {
        "hour": day, "bucket": "media", "video": video, "rung": "", "tier": tier, "via_cdn": via_cdn, "requests": 1,
        "bytes": size,
    },
    _DAYS, _VIDEOS, some.sampled_from(["1", "2", ""]), some.booleans(), _SIZES,
)  # fmt: skip
_BILLS = some.tuples(*(some.lists(rows, max_size=10) for rows in (_CHARGES, _SERVED, _STORED, _ACCESSED)))
_ENCODED = [{"day": date(2026, 10, 1), "video": "A", "rung": "720p", "seconds": 7}]
_SEPTEMBER, _OCTOBER, _END = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture(scope="module")
def duck() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    for file in ("warehouse.sql", "measurements.sql"):
        connection.execute((_ROOT / file).read_text())
    return connection


def fill(duck: duckdb.DuckDBPyConnection, bill: Sequence[Sequence[Row]]) -> None:
    for view, rows in zip(_VIEWS, bill, strict=True):
        duck.execute(f"CREATE OR REPLACE TABLE {view} AS FROM empty_{view}")
        for row in rows:
            duck.execute(
                f"INSERT INTO {view} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values())
            )


def shared_out(
    duck: duckdb.DuckDBPyConnection, start: date, end: date, metric: Metric = Metric.BILLED
) -> list[tuple[Any, ...]]:
    """The rows of the answer, without those of the wholes."""
    parameters = {"start": start, "end": end, "currency": "USD", "encoded": _ENCODED}
    rows = take_steps(duck, steps_of(Title.VIDEO, metric), parameters).to_pylist()
    names = ("name", "pool", "measure", "reason", "cost", "driver", "first_day", "last_day", "days")
    found = [tuple(row[name] for name in names) for row in rows if row["title"] is not None]
    return [(*row[:4], Decimal(row[4]), *row[5:]) for row in found]


def by_title(rows: Sequence[tuple[Any, ...]]) -> dict[tuple[str, str, str], Decimal]:
    found: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for title, pool, _, reason, cost, *_ in rows:
        found[title, pool, reason] += cost
    return {key: cost for key, cost in found.items() if cost}


@settings(deadline=None, max_examples=10)
@given(_BILLS, some.sampled_from(Metric))
def test_what_is_shared_out_is_the_bill_to_the_last_digit(duck, bill, metric: Metric):
    fill(duck, bill)

    rows = shared_out(duck, _SEPTEMBER, _END, metric)
    assert sum((row[4] for row in rows), Decimal(0)) == sum((row[f"{metric}_cost"] for row in bill[0]), Decimal(0))


@settings(deadline=None, max_examples=6)
@given(_BILLS, some.randoms())
def test_the_order_of_rows_changes_nothing(duck, bill, random: Random):
    fill(duck, bill)
    rows = shared_out(duck, _SEPTEMBER, _END)
    fill(duck, [random.sample(of_view, len(of_view)) for of_view in bill])

    assert shared_out(duck, _SEPTEMBER, _END) == rows


@settings(deadline=None, max_examples=6)
@given(_BILLS)
def test_months_add_up_video_by_video(duck, bill):
    fill(duck, bill)

    apart = shared_out(duck, _SEPTEMBER, _OCTOBER) + shared_out(duck, _OCTOBER, _END)
    assert by_title(shared_out(duck, _SEPTEMBER, _END)) == by_title(apart)


@settings(deadline=None, max_examples=6)
@given(_BILLS)
def test_no_direct_share_of_what_was_paid_is_negative(duck, bill):
    charges, *measured = bill
    fill(duck, [[row | {"billed_cost": abs(row["billed_cost"])} for row in charges], *measured])

    rows = shared_out(duck, _SEPTEMBER, _END)
    assert all(cost >= 0 for _, pool, _, _, cost, *_ in rows if Pool(pool) not in FOLLOWING)
