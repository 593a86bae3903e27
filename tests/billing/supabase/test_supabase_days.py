"""The usage file: a row for each UTC day, from what was measured on it and what was typed of egress."""

from datetime import UTC, date, datetime

import pytest

from core.billing.supabase_days import measured_folder, write_usage
from core.billing.supabase_egress import egress_file
from core.errors import DeliveryRefused, SourceUnreachable
from core.units import instant_text

HEADER = "date,organization,project,storage_bytes,egress_bytes,cached_egress_bytes"
TODAY = date(2026, 11, 22)


@pytest.fixture
def home(settings):
    return settings.phyght_home


@pytest.fixture
def note(store):
    """Notes a measurement as `measure_buckets` does."""

    def note(day, hour, *sizes, project="abcd"):
        instant = instant_text(datetime(2026, 11, day, hour, tzinfo=UTC))
        with store.database.transaction() as connection:
            connection.execute("insert into supabase_measurements values (?, ?)", (project, instant))
            rows = [(project, instant, f"bucket-{n}", size, 1, 0) for n, size in enumerate(sizes)]
            connection.executemany("insert into supabase_bucket_sizes values (?, ?, ?, ?, ?, ?)", rows)

    return note


@pytest.fixture
def written(store, home):
    """Writes the file and returns its lines below the header."""

    def written(today=TODAY, project="abcd"):
        header, *rows = write_usage(project, store.database, home, today).file.read_text().splitlines()
        assert header == HEADER
        return rows

    return written


def type_egress(home, *rows):
    egress_file(home).parent.mkdir(parents=True, exist_ok=True)
    egress_file(home).write_text("\n".join(["date,egress_bytes,cached_egress_bytes", *rows]))


def test_a_day_is_the_average_of_its_measurements_of_all_buckets(note, written):
    note(20, 1, 100, 50)
    note(20, 13, 200, 50)
    note(20, 23)  # every bucket was deleted: 0 bytes

    # (150 + 250 + 0) / 3, to the nearest byte
    assert written() == ["2026-11-20,,abcd,133,0,0"]


def test_a_day_that_is_not_over_waits(note, written):
    note(21, 1, 100)
    note(22, 1, 900)

    assert written() == ["2026-11-21,,abcd,100,0,0"]


def test_the_first_day_of_all_is_there_at_once(note, written):
    note(22, 1, 100)
    note(22, 2, 200)

    assert written() == ["2026-11-22,,abcd,150,0,0"]


def test_days_between_measured_ones_lie_on_the_line_between_them(note, written, store, home):
    note(10, 1, 100)
    note(13, 1, 400)

    assert written() == [
        "2026-11-10,,abcd,100,0,0",
        "2026-11-11,,abcd,200,0,0",
        "2026-11-12,,abcd,300,0,0",
        "2026-11-13,,abcd,400,0,0",
    ]
    assert write_usage("abcd", store.database, home, TODAY).remark == (
        "egress not measured; 2 days without a measurement, taken from the days around"
    )


def test_days_before_the_first_measurement_and_after_the_last_are_left_out(note, written):
    note(12, 1, 100)

    assert written() == ["2026-11-12,,abcd,100,0,0"]


def test_projects_are_kept_apart_also_those_of_before(note, written):
    note(10, 1, 7, project="former")
    note(20, 1, 100)

    assert written() == ["2026-11-20,,abcd,100,0,0", "2026-11-10,,former,7,0,0"]


def test_typed_egress_stands_beside_the_days_of_the_project(note, written, store, home):
    note(19, 1, 5, project="former")
    note(19, 1, 100)
    note(20, 1, 100)
    type_egress(home, "2026-11-19,3000,4000")

    assert written() == [
        "2026-11-19,,abcd,100,3000,4000",
        "2026-11-20,,abcd,100,0,0",
        "2026-11-19,,former,5,0,0",
    ]
    assert write_usage("abcd", store.database, home, TODAY).remark == ""


def test_typed_egress_of_a_day_without_a_measurement_is_left_out_and_said(note, written, store, home):
    note(20, 1, 100)
    type_egress(home, "2026-11-20,1,2", "2026-11-01,5,6")

    assert written() == ["2026-11-20,,abcd,100,1,2"]
    assert write_usage("abcd", store.database, home, TODAY).remark == (
        "egress of 1 day left out: no storage was measured then"
    )


def test_egress_that_is_not_right_leaves_the_file_as_it_was(note, written, store, home):
    note(20, 1, 100)
    before = written()
    note(21, 1, 100)
    type_egress(home, "yesterday,1,2")

    with pytest.raises(DeliveryRefused):
        write_usage("abcd", store.database, home, TODAY)

    assert (measured_folder(home) / "usage.csv").read_text().splitlines()[1:] == before


def test_a_writer_that_was_killed_leaves_nothing_behind(note, written, home):
    note(20, 1, 100)
    measured_folder(home).mkdir(parents=True)
    (measured_folder(home) / "usage.tmp").write_text("2026-11-")

    written()

    assert [file.name for file in measured_folder(home).iterdir()] == ["usage.csv"]


def test_a_place_that_cannot_be_written_is_named(note, store, home):
    note(20, 1, 100)
    (home / "measured").write_text("a file where the folder should be")

    with pytest.raises(SourceUnreachable) as raised:
        write_usage("abcd", store.database, home, TODAY)

    assert str(raised.value).startswith(f"{measured_folder(home) / 'usage.csv'} cannot be written: ")
    assert raised.value.advice == "Give this user write permission on its folder."
