"""History: Parquet of every make is read, or refused in a sentence; what cannot be used is counted and told."""

from datetime import date

import pytest

from core.errors import HistoryRefused
from core.recommendations.history import Days, read_history
from core.recommendations.simulation import simulate
from core.recommendations.simulator.window import number_of
from tests.recommendations.built import PRICES
from tests.recommendations.parquet import OBJECTS, READS, written

UUID = "7f8b4c7e-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("objects", "reads"),
    [
        (
            "7::BIGINT, 1, 5e6::BIGINT, TIMESTAMP '2026-01-01 23:00:00'",
            "7::TINYINT, TIMESTAMPTZ '2026-01-05 01:00:00+00', 1, 10",
        ),
        ("7.0::DOUBLE, 1.5, 5e6::DOUBLE, '2026-01-01T23:00:00Z'", "7, '2026-01-05', 1.0, 10.0"),
        (f"'{UUID}'::UUID, NULL, 5e6, 20454", f"'{UUID}', 1767571200, 1, 10"),
        ("'a', 'v', 5e6::HUGEINT, 1767225600000", "'a', 1767571200000000, 1, 10"),
    ],
    ids=["numbers and timestamps", "fractions and texts", "UUIDs, days and seconds", "milliseconds and microseconds"],
)  # fmt: skip
def test_ids_and_days_may_be_of_any_type(tmp_path, objects, reads):
    names = 't(object, "group", bytes, created)', "t(object, day, gets, bytes)"
    files = written(
        tmp_path, f"SELECT * FROM (VALUES ({objects})) {names[0]}", f"SELECT * FROM (VALUES ({reads})) {names[1]}"
    )

    found = read_history(*files)

    assert found.catalogue.created.tolist() == [number_of(date(2026, 1, 1))]
    assert found.catalogue.reads.day.tolist() == [number_of(date(2026, 1, 5))]
    assert found.remarks == ()


def test_what_cannot_be_used_is_counted_and_told(tmp_path):
    objects = f"""{OBJECTS} UNION ALL BY NAME
        SELECT * FROM (VALUES ('none', 'v', NULL, DATE '2026-01-01'), ('less', 'v', -1, DATE '2026-01-01'),
        ('huge', 'v', 9e18, DATE '2026-01-01'), ('ever', 'v', 1, NULL), ('a', 'v', 2000000, DATE '2026-01-02'))
        t(object, "group", bytes, created)"""
    reads = f"""{READS} UNION ALL BY NAME
        SELECT * FROM (VALUES ('a', DATE '2026-01-05', 1, 10), ('b', DATE '2026-01-05', 1, 10),
        ('less', DATE '2026-01-05', 1, 10), ('a', DATE '2025-12-31', 1, 10), ('a', NULL, 1, 10),
        ('a', DATE '2026-01-05', -1, 10)) t(object, day, gets, bytes)"""

    found = read_history(*written(tmp_path, objects, reads))

    assert found.catalogue.size.tolist() == [1000000]
    assert found.catalogue.reads.gets.tolist() == [2]
    assert sorted(found.remarks) == [
        "1 objects are larger than the 50 TB that S3 takes: they are left out.",
        "1 objects have a size below 0: they are left out.",
        "1 objects have no day of creation from 1970 to 2099: they are left out.",
        "1 objects have no size: they are left out.",
        "1 reads are from before their object's creation: they are left out.",
        "1 reads are of objects that are left out: they are left out too.",
        "1 reads are of objects that are not listed: they are left out.",
        "1 reads have a number of GETs or bytes below 0: they are left out.",
        "1 reads have no day from 2000 to 2099: they are left out.",
        "1 rows list an object again: the earliest of each counts.",
        "1 rows of reads tell of an object and day again: they are added up.",
    ]


@pytest.mark.parametrize(
    ("objects", "reads", "said"),
    [
        (f"{OBJECTS} LIMIT 0", READS, "has no object with a size and a day of creation"),
        (OBJECTS, f"{READS} LIMIT 0", "has no read of an object in"),
        (OBJECTS, "SELECT 'a' AS object, 1 AS gets", "has no column day and no bytes"),
    ],
    ids=["no objects", "no reads", "no columns"],
)
def test_a_file_that_tells_nothing_is_refused_in_a_sentence(tmp_path, objects, reads, said):
    with pytest.raises(HistoryRefused, match=said):
        read_history(*written(tmp_path, objects, reads))


@pytest.mark.parametrize("content", [b"", b"object,group", b"PAR1broken"], ids=["empty", "CSV", "broken"])
def test_a_file_that_is_no_parquet_is_refused(tmp_path, content):
    file = tmp_path / "objects.parquet"
    file.write_bytes(content)

    with pytest.raises(HistoryRefused, match="cannot be read as Parquet"):
        read_history(file, file)
    with pytest.raises(HistoryRefused, match="cannot be read as Parquet"):
        read_history(tmp_path / "nowhere.parquet", file)


@pytest.mark.parametrize(
    ("reads", "said"),
    [
        ("SELECT 'a' AS object, DATE '2026-01-05' AS day, 0 AS gets, 0 AS bytes", "are of no GET and no byte"),
        ("SELECT 'a' AS object, DATE '2026-01-05' AS day, 'many' AS gets, 1 AS bytes", "have no number of GETs or"),
        ("SELECT 'a' AS object, '5.1.2026' AS day, 1 AS gets, 1 AS bytes", "have no day from 2000 to 2099"),
        ("SELECT 'a' AS object, DATE '2026-01-05' AS day, 'inf'::DOUBLE AS gets, 1 AS bytes", "have no number of GETs"),
        ("SELECT NULL AS object, DATE '2026-01-05' AS day, 1 AS gets, 1 AS bytes", "of objects that are not listed"),
    ],
    ids=["of nothing", "in words", "days of another make", "endless", "of no object"],
)
def test_reads_that_tell_nothing_are_refused_with_the_reason(tmp_path, reads, said):
    with pytest.raises(HistoryRefused, match="has no read of an object in") as refused:
        read_history(*written(tmp_path, OBJECTS, reads))

    assert said in str(refused.value.advice)


def test_the_order_of_rows_changes_nothing(tmp_path):
    named = "'o' || i AS object, 'v' AS \"group\", 1000000 + i AS bytes"
    objects = f"SELECT {named}, DATE '2026-01-01' AS created FROM range(9) t(i)"
    reads = (
        "SELECT 'o' || i % 9 AS object, DATE '2026-01-01' + i::INT AS day, 1 AS gets, 10 AS bytes FROM range(90) t(i)"
    )
    found = []
    for name, order in (("up", "ORDER BY ALL"), ("down", "ORDER BY ALL DESC")):
        (tmp_path / name).mkdir()
        found.append(
            simulate(read_history(*written(tmp_path / name, f"{objects} {order}", f"{reads} {order}")), PRICES, 2)
        )

    assert found[0] == found[1]


def test_objects_that_are_created_after_the_last_read_are_told(tmp_path):
    objects = (
        f"{OBJECTS} UNION ALL BY NAME SELECT * REPLACE ('b' AS object, DATE '2026-02-01' AS created) FROM ({OBJECTS})"
    )

    found = read_history(*written(tmp_path, objects))

    assert found.remarks == ("1 objects were created after the last read on 2026-01-05: they are not priced.",)


def test_weeks_in_which_nothing_was_read_are_told(tmp_path):
    days = "(SELECT unnest(list_concat(range(0, 60), range(100, 160))) AS i)"
    reads = f"SELECT 'a' AS object, DATE '2026-01-01' + i::INT AS day, 1 AS gets, 10 AS bytes FROM {days}"

    found = read_history(*written(tmp_path, OBJECTS, reads))

    assert found.remarks == (
        "Nothing was read from 2026-03-02 until 2026-04-11: that is taken for days without reads. "
        "Leave out all reads before, if they were not measured.",
    )


NOBODY = f"{READS} LIMIT 0"


def test_a_file_without_any_read_says_that_nobody_watched(tmp_path):
    days = Days(today=date(2026, 4, 1))

    found = read_history(*written(tmp_path, OBJECTS, NOBODY), days)

    assert (found.first, found.end) == (number_of(date(2026, 1, 1)), number_of(date(2026, 4, 1)))
    assert found.remarks == (
        "No read is told from 2026-01-01 to 2026-03-31: that is taken for days on which nobody read anything.",
    )
    costs = {each.policy: each.usd for each in simulate(found, PRICES, 2).policies}
    # a MB for the two months of February and March at 0.023 a GiB and month
    assert costs["standard"] == pytest.approx(2 * 0.023 * 1_000_000 / 2**30)
    assert costs["optimum"] <= costs["standard"]


def test_the_days_on_which_reads_were_looked_for_can_be_said(tmp_path):
    files = written(tmp_path, OBJECTS, f"{READS} UNION ALL SELECT 'a', DATE '2026-02-01', 3, 10")

    longer = read_history(*files, Days(date(2026, 1, 1), date(2026, 2, 9)))
    shorter = read_history(*files, Days(last=date(2026, 1, 31)))
    nobody = read_history(*written(tmp_path, OBJECTS, NOBODY), Days(last=date(2026, 1, 31)))

    assert (longer.first, longer.end) == (number_of(date(2026, 1, 1)), number_of(date(2026, 2, 10)))
    assert longer.catalogue.reads.gets.tolist() == [1, 3]
    assert shorter.catalogue.reads.gets.tolist() == [1], "what lies outside of them is not counted"
    assert nobody.end == number_of(date(2026, 2, 1))


def test_days_that_end_before_they_begin_are_refused(tmp_path):
    with pytest.raises(HistoryRefused, match="has no day from 2026-02-02 to 2026-02-01"):
        read_history(*written(tmp_path, OBJECTS, READS), Days(date(2026, 2, 2), date(2026, 2, 1)))


def test_reads_of_other_objects_alone_are_no_file_of_nobody(tmp_path):
    others = "SELECT 'z' AS object, DATE '2026-01-05' AS day, 1 AS gets, 10 AS bytes"
    with pytest.raises(HistoryRefused, match="has no read of an object in"):
        read_history(*written(tmp_path, OBJECTS, others), Days(today=date(2026, 4, 1)))
