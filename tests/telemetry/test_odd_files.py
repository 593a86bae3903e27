"""Files of logs that are none, that have bad lines, or whose clock was wrong: each is told, by name and every time."""

import gzip
import os
from datetime import UTC, datetime

from tests.telemetry.logged import V2, Logged, line
from tests.telemetry.test_logs import NEXT


def test_each_file_that_is_named_like_a_log_and_is_none_is_refused_by_name(logged: Logged):
    contents = {"empty": b"", "random": bytes(range(256)), "bare": f"{line()}\n".encode(), "packed": gzip.compress(b"")}
    for number, content in enumerate(contents.values()):
        logged.put(content, f"E2K2LNL5N3WR51.2026-11-28-1{number}.b203fd5a.gz")
    report = logged.ingest()

    none = "does not begin as a log of CloudFront's does"
    assert [(each.refused, each.reason) for each in report.measured.unwell] == [
        (True, f"E2K2LNL5N3WR51.2026-11-28-1{number}.b203fd5a.gz {what}. Copy it again, or remove it.")
        for number, what in enumerate(("is empty", none, none, none))
    ]
    assert report.deliveries == ()


def test_what_is_wrong_with_a_file_is_told_again_by_each_ingestion(logged: Logged):
    logged.deliver(line(), line(sc_bytes="-7"))
    first = logged.ingest().measured.unwell
    again = logged.ingest().measured

    assert again.unwell == first
    assert (again.files, again.bad_lines, again.refused) == (0, 0, 0)


def test_lines_of_a_day_after_their_file_was_written_are_told(logged: Logged):
    written = datetime(2026, 11, 28, 15, tzinfo=UTC).timestamp()
    fast = logged.deliver(line(V2, date="2026-11-29"), fields=V2)
    right = logged.deliver(line(V2), name=NEXT, fields=V2)
    for file in (fast, right):
        os.utime(file, (written, written))
    report = logged.ingest().measured

    assert [day.day.day for day in report.days] == [28, 29]
    assert report.remarks == (
        f"{fast.name} has lines of a day after it was written: a clock was wrong, and they are counted on that day",
    )
    assert logged.ingest().measured.remarks == report.remarks
