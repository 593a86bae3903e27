"""Measuring: what a project stores is noted whole, or not at all."""

from datetime import UTC, datetime, timedelta

import pytest

from core.billing.runs import ingestion_runs
from core.billing.supabase_days import measured_folder
from core.billing.supabase_measure import is_measured, measure_buckets, measure_supabase, unsized_objects
from core.errors import SourceUnreachable
from core.settings import load_settings
from tests.support.supabase_answers import storage_error

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def noted(store):
    with store.database.reading() as connection:
        rows = connection.execute(
            "select m.project, m.measured_at, bucket, size_bytes, objects, unsized from supabase_measurements m "
            "left join supabase_bucket_sizes using (project, measured_at) order by 1, 2, 3"
        )
        return [tuple(row) for row in rows]


def test_each_bucket_is_noted_with_its_instant(project, connected, store):
    project.bucket("thumbs").put("a.jpg", 10)
    project.bucket("videos").put("2026/a.mp4", 500)
    project.bucket("videos").put("2026/b.mp4", None)

    measure_buckets(connected, store.database, NOON)

    assert noted(store) == [
        ("127.0.0.1", "2026-11-22T12:00:00.000000Z", "thumbs", 10, 1, 0),
        ("127.0.0.1", "2026-11-22T12:00:00.000000Z", "videos", 500, 2, 1),
    ]


def test_objects_without_a_size_are_counted_in_the_newest_measurement(project, connected, store):
    assert unsized_objects(store.database) == 0
    project.bucket("videos").put("a.mp4", None)
    measure_buckets(connected, store.database, NOON - timedelta(hours=1))
    project.bucket("videos").put("b.mp4", None)
    project.bucket("thumbs").put("c.jpg", None)

    measure_buckets(connected, store.database, NOON)

    assert unsized_objects(store.database) == 3


def test_a_project_without_buckets_is_noted_too(connected, store):
    measure_buckets(connected, store.database, NOON)

    assert noted(store) == [("127.0.0.1", "2026-11-22T12:00:00.000000Z", None, None, None, None)]


def test_measured_twice_in_one_instant_it_counts_once(project, connected, store):
    project.bucket("videos").put("a.mp4", 500)

    measure_buckets(connected, store.database, NOON)
    measure_buckets(connected, store.database, NOON)

    assert noted(store) == [("127.0.0.1", "2026-11-22T12:00:00.000000Z", "videos", 500, 1, 0)]


def test_when_one_page_of_one_bucket_fails_nothing_is_noted(project, connected, store, settings):
    project.bucket("thumbs").put("a.jpg", 10)
    for number in range(1500):
        project.bucket("videos").put(f"{number:04}.ts", 1)

    def refuse_the_second_page(_):
        return storage_error("403", "Unauthorized", "no") if project.count("list-v2/videos") == 2 else None

    project.before = refuse_the_second_page

    with pytest.raises(SourceUnreachable):
        measure_supabase(connected, store.database, settings.phyght_home, lambda: NOON)

    assert noted(store) == []
    assert not measured_folder(settings.phyght_home).exists()


def test_a_failed_measurement_is_on_record_with_its_cure_and_without_the_key(
    project, store, settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SUPABASE_URL", project.url)
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", project.key("anon"))
    project.bucket("videos").put("a.mp4", 500)

    with pytest.raises(SourceUnreachable):
        measure_supabase(load_settings(), store.database, settings.phyght_home, lambda: NOON)

    (run,) = ingestion_runs(store.database)
    assert (run.source, run.outcome) == (str(measured_folder(settings.phyght_home)), "failed")
    assert run.error == (
        "SUPABASE_SERVICE_ROLE_KEY is a wrong or limited key: it is not the service role's. Set "
        "SUPABASE_SERVICE_ROLE_KEY to the service_role (or sb_secret_) key from the project's API settings."
    )
    assert project.requests == []


@pytest.mark.parametrize(
    ("variables", "measured"),
    [
        ({}, False),
        ({"SUPABASE_URL": "https://abcd.supabase.co"}, False),
        ({"SUPABASE_SERVICE_ROLE_KEY": "sb_secret_1"}, False),
        ({"SUPABASE_URL": "https://abcd.supabase.co", "SUPABASE_SERVICE_ROLE_KEY": "sb_secret_1"}, True),
    ],
    ids=["nothing", "address", "key", "both"],
)
def test_a_project_is_measured_where_its_address_and_its_key_are_set(variables, measured, monkeypatch):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert is_measured(load_settings()) is measured
