"""Measured: what the platform's own inventories and logs tell of who reads which rendition."""

from datetime import date
from typing import Any

import pytest

from core.errors import HistoryRefused
from core.recommendations.measured import measured_history
from core.recommendations.simulator.window import number_of
from tests.billing.store import Store
from tests.costs.measurements import Row, measure, served, stored


def listed(video: str, size: int, **columns: Any) -> Row:
    return stored(video, size, day=28, kind="object", **columns)


def missed(video: str, size: int, day: int, requests: int = 1, month: int = 10) -> Row:
    return served(video, size, requests=requests, result="miss") | {"day": f"2026-{month:02}-{day:02}"}


def test_a_rendition_is_read_where_the_cdn_did_not_have_it(store: Store):
    measure(store, "inventory", [listed("A", 1000)])
    measure(store, "request_titles", [missed("A", 600, 10, requests=3), served("A", 900, 10), missed("B", 5, 11)])

    found = measured_history(store.warehouse)

    assert found.catalogue.size.tolist() == [1000]
    assert found.catalogue.reads.gets.tolist() == [3]
    assert found.catalogue.reads.bytes.tolist() == [600]
    assert found.catalogue.reads.day.tolist() == [number_of(date(2026, 10, 10))]
    assert found.catalogue.created.tolist() == [number_of(date(2026, 10, 10))]  # it was there when it was read


def test_a_rung_of_several_objects_is_as_many_that_are_read_in_parts(store: Store):
    measure(store, "inventory", [listed("A", 1000, objects=4)])
    measure(store, "request_titles", [missed("A", 600, 10, requests=2)])

    found = measured_history(store.warehouse)

    assert found.catalogue.size.tolist() == [250] * 4
    assert found.catalogue.reads.gets.tolist() == [0.5] * 4
    assert found.catalogue.reads.bytes.tolist() == [150] * 4
    assert len(set(found.catalogue.group.tolist())) == 1


def test_originals_and_what_nobody_knows_the_video_of_are_not_its_matter(store: Store):
    measure(store, "inventory", [listed("A", 1), listed("A", 9, rung="original"), listed("", 7)])
    measure(store, "request_titles", [missed("A", 1, 10)])

    assert measured_history(store.warehouse).catalogue.size.tolist() == [1]


def test_what_was_read_before_days_without_logs_is_left_out(store: Store):
    """Nobody knows whether it was read from the second to the ninth."""
    measure(store, "inventory", [listed("A", 1)])
    measure(store, "request_titles", [missed("A", 1, day) for day in (1, 9, 10)])
    reads = [missed("A", 1, day, month=8) for day in (1, 2)]
    measure(store, "request_titles", reads)

    found = measured_history(store.warehouse)

    assert found.first == number_of(date(2026, 10, 9))
    assert found.remarks[-1] == (
        "Logs from 2026-08-01 on are left out until 2026-10-09, as days between them were not measured."
    )


@pytest.mark.parametrize(
    ("rows", "lacking"),
    [
        ({"request_titles": [missed("A", 1, 10)]}, "inventory of S3"),
        ({"inventory": [listed("A", 1)]}, "log of the CDN"),
    ],
)
def test_without_either_there_is_no_history(store: Store, rows: dict[str, list[Row]], lacking: str):
    for view, of in rows.items():
        measure(store, view, of)

    with pytest.raises(HistoryRefused, match=f"There is no {lacking}"):
        measured_history(store.warehouse)
