"""Measurements in S3 are found by their first bytes, compared before they are read, and read once."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import SourceUnreachable
from core.sources.opening import open_source
from tests.support import s3_faults
from tests.support.strict_s3 import StrictS3
from tests.telemetry import logged, test_access_logs
from tests.telemetry.ingesting import Delivery, Installation
from tests.telemetry.test_inventory import line as listed

ADDRESS = "s3://bills/told"
ACCESS = "told/access/2026-11-28-11-00-00-1234567890ABCDEF"
LOG = f"told/cdn/{logged.NAME}"
Upload = Callable[[Path], None]
_VIEWS = ("requests", "origin_requests", "inventory")


def log(requests: int) -> bytes:
    return gzip.compress(logged.w3c(*(logged.line() for _ in range(requests))))


@pytest.fixture
def delivered(s3: StrictS3, cloud: Installation, upload: Upload) -> Installation:
    """An inventory of two objects, a log of the CDN with three requests, and an access log with two."""
    Delivery(cloud.source / "told" / "inventories").csv(
        listed("videos/a+b/original.mp4", 5) + listed("videos/a%2Bb/original.mp4", 7)
    )
    upload(cloud.source)
    s3.put(LOG, log(3))
    s3.put(ACCESS, (test_access_logs.line("R1") + test_access_logs.line("R2")).encode())
    return cloud


def data(cloud: Installation) -> str:
    (file,) = (cloud.source / "told").rglob("part-0.csv.gz")
    return file.relative_to(cloud.source).as_posix()


def counted(cloud: Installation) -> list[int]:
    sums = ("requests", "requests", "objects")
    return [
        cloud.ask(f"SELECT coalesce(sum({what}), 0)::INT FROM {view}")[0][0]
        for view, what in zip(_VIEWS, sums, strict=True)
    ]


def test_all_that_lies_there_is_ingested(delivered: Installation):
    report = delivered.ingest(ADDRESS)

    assert report.well
    assert sorted((day.dataset, day.outcome) for day in report.measured.days) == [
        ("cloudfront", "loaded"), ("inventory", "loaded"), ("origin", "loaded"),
    ]  # fmt: skip
    assert counted(delivered) == [3, 2, 2]
    assert delivered.ask("SELECT video, bytes FROM inventory ORDER BY ALL") == [("a b", 5), ("a+b", 7)]


def test_what_is_known_is_not_even_looked_at_again(delivered: Installation, s3: StrictS3):
    delivered.ingest(ADDRESS)
    s3.log.clear()

    report = delivered.ingest(ADDRESS).measured

    assert (report.files, report.untouched) == (0, 3)
    assert s3.read_keys() == []


def test_a_late_file_has_those_of_its_day_read_again_and_no_other(delivered: Installation, s3: StrictS3):
    delivered.ingest(ADDRESS)
    s3.put("told/cdn/E2K2LNL5N3WR51.2026-11-28-15.b203fd5a.gz", log(1))

    delivered.ingest(ADDRESS)

    assert set(s3.read_keys()) == {LOG, "told/cdn/E2K2LNL5N3WR51.2026-11-28-15.b203fd5a.gz"}
    assert counted(delivered) == [4, 2, 2]


def test_a_listing_of_many_pages_is_read_to_its_end(delivered: Installation, s3: StrictS3):
    s3.page_size = 1

    delivered.ingest(ADDRESS)

    assert counted(delivered) == [3, 2, 2]


def test_only_the_first_bytes_are_asked_for_to_tell_what_a_file_is(cloud: Installation, s3: StrictS3):
    s3.put("told/file", bytes(range(200)))
    s3.put("told/empty", b"")
    source = open_source(ADDRESS, cloud.settings)
    empty, file = source.entries()

    assert source.head(file, 100) == bytes(range(100))
    assert source.head(file, 1000) == bytes(range(200))
    assert source.head(empty, 100) == b""
    assert [each.headers["range"] for each in s3.log if each.object_key] == ["bytes=0-99", "bytes=0-999"]


@pytest.mark.parametrize("part", ["log", "inventory"])
def test_a_bit_that_flips_in_transit_refuses_the_file_by_name_and_it_loads_next_time(
    delivered: Installation, s3: StrictS3, part: str
):
    key = LOG if part == "log" else data(delivered)
    s3.plan(lambda exchange: exchange.proceed(), key)  # its beginning is looked at first
    s3.plan(s3_faults.flip_bit(40), key)
    s3.checksums.clear()

    (file,) = delivered.ingest(ADDRESS).measured.unwell

    assert key.removeprefix("told/") in file.reason
    assert "does not agree with its MD5 in S3." in file.reason
    assert counted(delivered) == ([0, 2, 2] if part == "log" else [3, 2, 0])
    delivered.ingest(ADDRESS)
    assert counted(delivered) == [3, 2, 2]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (s3_faults.denied("s3:GetObject"), "s3:GetObject is denied. Allow s3:GetObject on arn:aws:s3:::bills/*."),
        (s3_faults.refuse(403, "InvalidObjectState"), "is archived. Restore it from Glacier"),
        (s3_faults.cut_body(10), "the connection broke"),
    ],
    ids=["denied", "archived", "cut"],
)
def test_a_file_whose_beginning_does_not_come_hinders_no_other(
    delivered: Installation, s3: StrictS3, fault: s3_faults.Fault, reason: str
):
    s3.plan(fault, ACCESS)

    (file,) = delivered.ingest(ADDRESS).measured.unwell

    assert (file.path, file.refused) == (ACCESS.removeprefix("told/"), True)
    assert reason in file.reason
    assert counted(delivered) == [3, 0, 2]
    delivered.ingest(ADDRESS)
    assert counted(delivered) == [3, 2, 2]


@pytest.mark.parametrize("fault", [s3_faults.slow_down, s3_faults.lost_answer], ids=["busy", "lost"])
def test_a_fault_that_passes_is_not_even_noticed(delivered: Installation, s3: StrictS3, fault: s3_faults.Fault):
    s3.plan(fault, LOG)

    assert delivered.ingest(ADDRESS).well
    assert counted(delivered) == [3, 2, 2]


def test_a_log_that_is_replaced_while_it_is_read_is_refused_and_loads_next_time(delivered: Installation, s3: StrictS3):
    s3.plan(s3_faults.after(lambda: s3.put(LOG, log(5))), LOG)

    (file,) = delivered.ingest(ADDRESS).measured.unwell

    assert "was replaced or removed while it was read" in file.reason
    delivered.ingest(ADDRESS)
    assert counted(delivered) == [5, 2, 2]


def test_where_no_file_may_be_read_it_is_said_once(cloud: Installation, s3: StrictS3):
    for n in range(30):
        s3.put(f"told/{n}", b"x")
    for n in range(30):
        s3.plan(s3_faults.denied("s3:GetObject"), f"told/{n}")

    with pytest.raises(SourceUnreachable, match="s3:GetObject is denied"):
        cloud.ingest(ADDRESS)
    assert len(s3.read_keys()) == 21
