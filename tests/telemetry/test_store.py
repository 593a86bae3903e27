"""Measured days are replaced whole, counted once, and read only by those who ask for them."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from core.errors import WarehouseError
from core.measurements import VIEWS, named_in, read_by
from core.segments import collect_orphans
from core.telemetry.store import Key, ReadFile, current_segments, read_files
from core.warehouse import Warehouse
from tests.support.databases import BOTH, either_database
from tests.telemetry.logged import Logged, line
from tests.telemetry.measured import DAY, NOW, Measured

LOG = ReadFile("a.gz", "f1", "cloudfront", {DAY: 3}, 4, 1, "a reason")


@pytest.fixture(params=BOTH)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Measured:
    home = tmp_path / "home"
    return Measured(home, either_database(request, home / "phyght.db"))


@pytest.mark.parametrize("view", VIEWS)
def test_without_measurements_a_view_has_its_columns_and_no_rows(store: Measured, view: str):
    table = store.warehouse.arrow(f"SELECT * FROM {view}")

    assert table.num_rows == 0
    assert table.column_names


def test_a_day_is_there_once_it_is_published(store: Measured):
    store.warehouse.query("SELECT * FROM requests")
    store.publish(store.segment({"E1": 3}), files=[LOG])

    assert store.requests() == [("E1", 3)]
    assert read_files(store.database, "logs") == {"a.gz": LOG}


def test_a_day_is_replaced_whole_and_others_stay(store: Measured):
    store.publish(store.segment({"E1": 3, "E2": 1}), store.segment({"E1": 5}, day=DAY + timedelta(1)))
    store.publish(store.segment({"E1": 4}, inputs="2"))

    assert store.requests() == [("E1", 4), ("E1", 5)]


def test_a_day_of_which_nothing_is_left_is_gone(store: Measured):
    store.publish(store.segment({"E1": 3}))
    store.publish(store.segment({}, inputs="2"))

    assert store.requests() == []
    assert current_segments(store.database, "logs", store.shelf) == {}


def test_of_two_sources_the_one_with_more_lines_is_counted_for_each_distribution(store: Measured):
    store.publish(store.segment({"E1": 3, "E2": 9}))
    store.publish(store.segment({"E1": 4, "E2": 8, "E3": 1}, source="copy"))
    assert store.requests() == [("E1", 4), ("E2", 9), ("E3", 1)]

    store.publish(store.segment({"E2": 9}, inputs="2"))
    store.publish(store.segment({"E1": 4, "E2": 10, "E3": 1}, source="copy", inputs="2"))
    assert store.requests() == [("E1", 4), ("E2", 10), ("E3", 1)]

    store.publish(store.segment({"E3": 1}, source="copy", inputs="3"))
    assert store.requests() == [("E2", 9), ("E3", 1)]


def test_what_another_ingestion_has_replaced_meanwhile_is_left_as_it_is(store: Measured):
    key = Key("cloudfront", "logs", DAY)
    store.publish(store.segment({"E1": 3}))
    overtaken = store.publish(store.segment({"E1": 2}, inputs="2"), seen={}, files=[LOG])

    assert overtaken == {key}
    assert store.requests() == [("E1", 3)]
    assert read_files(store.database, "logs") == {}


def test_who_asks_for_bills_opens_no_file_of_measurements(store: Measured):
    store.publish(store.segment({"E1": 3}))
    for file in store.warehouse.folder.rglob("*.parquet"):
        file.write_bytes(b"no Parquet")

    warehouse = Warehouse(store.warehouse.folder, store.database)
    assert warehouse.query("SELECT * FROM charges WHERE usage_family = 'requests' -- not requests") == []
    with pytest.raises(WarehouseError, match=r"requests\.parquet is damaged.+made again from the measurements"):
        warehouse.query("SELECT * FROM requests")


def test_a_view_opens_only_its_own_files(store: Measured):
    store.publish(store.segment({"E1": 3}))
    store.publish(store.segment({"E1": 3}, day=DAY + timedelta(1), view="request_places"))
    (other,) = store.warehouse.folder.rglob("request_places.parquet")
    other.unlink()

    assert store.requests() == [("E1", 3)]


def test_a_damaged_day_is_known_as_such(store: Measured):
    store.publish(store.segment({"E1": 3}))
    (file,) = store.warehouse.folder.rglob("requests.parquet")
    file.write_bytes(file.read_bytes()[:-1])

    (current,) = current_segments(store.database, "logs", store.shelf).values()
    assert not current.whole


def test_replaced_days_are_collected_and_current_ones_stay(store: Measured):
    store.publish(store.segment({"E1": 3}))
    store.publish(store.segment({"E1": 4}, inputs="2"))

    assert collect_orphans(store.warehouse.folder, store.database, NOW + timedelta(days=36500)) == 1
    assert store.requests() == [("E1", 4)]


def test_the_views_that_a_statement_names_are_found_wherever_it_names_them():
    sql = "SELECT 'sessions', r.requests FROM \"Request_Places\" r JOIN requests USING (edge) -- inventory"

    assert named_in(sql) == {"request_places", "requests"}
    assert named_in("SELECT 1 FROM charges, uncounted_bills") == frozenset()


@pytest.mark.parametrize(
    ("sql", "views"),
    [
        ("SELECT sum(requests) AS requests FROM request_places", {"request_places"}),
        ("-- of requests\nSELECT hour, requests FROM place_hours ORDER BY requests", {"place_hours"}),
        ("WITH x AS (SELECT requests FROM day_timings) FROM x JOIN Requests USING (hour)", {"day_timings", "requests"}),
        ("SELECT 1 WHERE EXISTS (SELECT 1 FROM request_titles t, (FROM metrics))", {"request_titles", "metrics"}),
        ("SELECT (SELECT max(requests) FROM request_paths WHERE day >= $requests)", {"request_paths"}),
        ("DESCRIBE empty_requests", {"requests"}),
        ("SELECT rung FROM playback_rungs", {"playback_rungs", "playbacks", "sessions", "session_rungs"}),
    ],
)
def test_a_column_that_is_called_like_a_view_opens_none_of_its_files(sql: str, views: set[str]):
    assert read_by(sql) == views


def test_a_file_is_known_by_its_days(store: Measured):
    two = ReadFile("b.gz", "f2", "cloudfront", {DAY: 1, date(2026, 11, 29): 2}, 3, 0, "")
    store.publish(store.segment({"E1": 3}), files=[LOG, two])

    assert read_files(store.database, "logs")["b.gz"].days == {DAY: 1, date(2026, 11, 29): 2}


def test_a_home_that_was_moved_has_what_was_measured_in_it_still(tmp_path, settings):
    before = Logged(tmp_path / "here" / "sources", tmp_path / "here", settings)
    before.deliver(line())
    assert before.ingest().measured.files == 1

    (tmp_path / "here").rename(tmp_path / "there")
    after = Logged(tmp_path / "there" / "sources", tmp_path / "there", settings)
    report = after.ingest().measured
    assert (report.files, report.untouched, after.counted()) == (0, 1, 1)
