"""An early and a final download of one month in one folder: each charge counts once, and parts of a bill all count."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.billing import versions
from tests.billing.builders import DELIVERED, Row, csv_text, focus, parquet, put
from tests.billing.store import Store

LATER = DELIVERED + timedelta(days=20)
MARKED = "no manifest: completeness not verified"


def on(day: int, cost: str = "1", resource: str = "videos") -> Row:
    start, end = f"2026-10-{day:02}T00:00:00Z", f"2026-10-{day + 1:02}T00:00:00Z"
    return focus(cost, ChargePeriodStart=start, ChargePeriodEnd=end, ResourceId=resource)


def days(first: int, last: int, cost: str = "1", resource: str = "videos") -> list[Row]:
    return [on(day, cost, resource) for day in range(first, last + 1)]


def told(store: Store, bucket: Path) -> tuple[Decimal | None, str]:
    (report,) = store.ingest(bucket).deliveries
    assert report.outcome == "loaded"
    return report.total, report.reason.removeprefix(MARKED).removeprefix("; ")


TAX = focus("9", ChargeCategory="Tax", ChargePeriodStart="2026-10-01T00:00:00Z", ChargePeriodEnd="2026-11-01T00:00:00Z")


@pytest.mark.parametrize("write", [csv_text, parquet])
@pytest.mark.parametrize("names", ["ab", "ba"])
def test_of_an_early_and_a_final_download_the_final_one_counts(store: Store, bucket: Path, names: str, write: object):
    """Ten days of 1 USD, of which the last one was filling still, and thirty days; the tax grows with them."""
    early, final = names
    put(bucket / f"{early}.csv", csv_text([*days(1, 9), on(10, "0.5"), focus("2", **tax())]))
    rows = [*days(1, 30), focus("6", **tax())]
    ending = "csv" if write is csv_text else "parquet"
    put(bucket / f"{final}.{ending}", write(rows), LATER)  # type: ignore[operator]

    assert told(store, bucket) == (
        Decimal(36), f"{early}.csv is left out: the files beside it hold its charges"
    )  # fmt: skip
    assert store.outcomes(bucket) == ["unchanged"]
    assert store.total() == Decimal(36)


def tax() -> Row:
    return {name: TAX[name] for name in ("ChargeCategory", "ChargePeriodStart", "ChargePeriodEnd")}


def test_of_large_downloads_a_sample_tells(store: Store, bucket: Path, monkeypatch: pytest.MonkeyPatch):
    """Every fourth row or so, of 200 and of 600."""
    early, final = ([row for film in range(20) for row in days(1, last, "1", f"film-{film}")] for last in (10, 30))
    put(bucket / "early.csv", csv_text(early))
    put(bucket / "final.csv", csv_text(final), LATER)
    monkeypatch.setattr(versions, "_COMPARED_BYTES", sum(file.stat().st_size for file in bucket.iterdir()) // 3)

    assert told(store, bucket) == (Decimal(600), "early.csv is left out: the files beside it hold its charges")


def test_of_two_that_reach_as_far_the_one_that_was_written_later_counts(store: Store, bucket: Path):
    put(bucket / "a.csv", csv_text([*days(1, 29), on(30, "7")]), LATER)
    put(bucket / "b.csv", csv_text([*days(1, 29), on(30, "1")]))

    assert told(store, bucket) == (Decimal(36), "b.csv is left out: the files beside it hold its charges")


def test_a_part_beside_the_whole_is_left_out_though_it_is_newer(store: Store, bucket: Path):
    put(bucket / "all.csv", csv_text([*days(1, 10), *days(1, 10, "2", "live")]))
    put(bucket / "live.csv", csv_text(days(1, 10, "2", "live")), LATER)

    assert told(store, bucket) == (Decimal(30), "live.csv is left out: the files beside it hold its charges")


def test_versions_may_be_split_in_other_places(store: Store, bucket: Path):
    for number, rows in enumerate((days(1, 5), days(6, 10))):
        put(bucket / f"early-{number}.csv", csv_text(rows))
    for number, rows in enumerate((days(1, 3), days(4, 8), days(9, 20))):
        put(bucket / f"final-{number}.csv", csv_text(rows), LATER)

    total, reason = told(store, bucket)
    assert total == Decimal(20)
    assert reason.count("is left out") == 2
    assert [part.split(" ")[0] for part in reason.split("; ")] == ["early-0.csv", "early-1.csv"]


@pytest.mark.parametrize(
    "parts",
    [
        [days(1, 5), days(6, 10)],
        [days(1, 5), days(1, 5, "1", "live")],
        [days(1, 5), [on(3, "2"), on(4, "2")]],
        [[on(1)], [on(2)]],
    ],
    ids=["days", "resources", "one resource's days", "single lines"],
)
def test_parts_of_a_bill_all_count(store: Store, bucket: Path, parts: Sequence[list[Row]]):
    for number, rows in enumerate(parts):
        put(bucket / f"part-{number}.csv", csv_text(rows))

    total, reason = told(store, bucket)
    assert total == sum(Decimal(row["BilledCost"]) for rows in parts for row in rows)
    assert reason == ""


def test_where_nobody_can_tell_both_count_and_it_is_said(store: Store, bucket: Path):
    """Of twenty days that no longer change, four are the same in the other file."""
    put(bucket / "a.csv", csv_text([*days(1, 4), *days(5, 21, "2")]))
    put(bucket / "b.csv", csv_text([*days(1, 4), *days(5, 31 - 1, "3")]), LATER)

    total, reason = told(store, bucket)
    assert total == Decimal(4 + 34) + Decimal(4 + 78)
    assert reason == (
        "20% of the charges in a.csv are in the files beside it too, and count twice: keep one version of the bill; "
        "14% of the charges in b.csv are in the files beside it too, and count twice: keep one version of the bill"
    )
