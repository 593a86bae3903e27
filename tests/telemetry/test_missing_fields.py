"""What a log does not tell is unknown: in no sum, bin or share, and said so; without some fields nothing is counted."""

from collections.abc import Sequence
from datetime import date

import pytest

from core.costs.period import Period
from core.performance.closed import Closed, closed_by_viewers
from core.performance.delivery import By, Line, delivery
from core.performance.paths import Trouble, worst_paths
from tests.telemetry.logged import LEGACY, V2, Logged, line

DAY = Period(date(2026, 11, 28), date(2026, 11, 29))
BIG = {"sc_bytes": "1000000", "time_taken": "0.500"}
OTHER = "E2K2LNL5N3WR51.2026-11-28-15.b203fd5a.gz"


def _without(*names: str) -> list[str]:
    return [field for field in V2 if field not in names]


def _remark(field: str, consequence: str) -> str:
    return f"Every log has lines without {field}: {consequence}"


def _total(logged: Logged) -> Line:
    return delivery(logged.warehouse, DAY, By.EDGE).total


def _told(logged: Logged, fields: Sequence[str], **values: str) -> str:
    """The only remark of an ingestion of one log with these fields, of two requests."""
    given = {name: value for name, value in values.items() if name.replace("_", "-") in fields}
    logged.deliver(line(fields, **given), line(fields, **given), fields=fields)
    (remark,) = logged.ingest().measured.remarks
    return remark


def test_without_time_to_first_byte_nothing_is_said_of_it(logged: Logged):
    remark = _told(logged, _without("time-to-first-byte"), **BIG)

    assert remark == _remark("time-to-first-byte", "they are in no percentile of it")
    assert logged.ask("SELECT ttfb_ms, taken_ms, requests FROM requests") == [(None, 1000, 2)]
    assert logged.ask("SELECT DISTINCT measure FROM request_timings ORDER BY 1") == [("taken",), ("throughput",)]
    assert _total(logged).ttfb_ms is None
    assert _total(logged).throughput_mbps is not None


def test_without_time_taken_there_is_no_speed(logged: Logged):
    remark = _told(logged, _without("time-taken"), sc_bytes="1000000")

    assert remark == _remark("time-taken", "they are in no download speed, and no session is estimated from them")
    assert logged.ask("SELECT taken_ms, ttfb_ms FROM requests") == [(None, 40)]
    assert logged.ask("SELECT DISTINCT measure FROM request_timings") == [("ttfb",)]
    assert _total(logged).throughput_mbps is None


def test_without_a_status_nobody_failed_and_nobody_closed_anything(logged: Logged):
    _told(logged, _without("sc-status"), **BIG)
    total = _total(logged)

    assert logged.ask("SELECT status, requests FROM requests") == [(None, 2)]
    assert logged.ask("SELECT errors_4xx, errors_5xx FROM place_days") == [(None, None)]
    assert (total.errors_4xx, total.errors_5xx, total.failed, total.requests) == (None, None, None, 2)
    assert closed_by_viewers(logged.warehouse, DAY) == Closed(0, 0)


def test_a_share_is_of_the_requests_that_tell(logged: Logged):
    logged.deliver(line(V2, sc_status="404"), line(V2), line(V2), line(V2, sc_status="503"), fields=V2)
    fewer = _without("sc-status")
    logged.deliver(*(line(fewer) for _ in range(6)), name=OTHER, fields=fewer)
    report = logged.ingest().measured
    total = _total(logged)

    assert (total.requests, total.answers, total.errors_4xx, total.errors_5xx) == (10, 4, 1, 1)
    assert (total.rate_4xx, total.failed) == (0.25, 0.5)
    assert report.remarks == (
        "1 of 2 logs has lines without sc-status: they are in no error rate and no download speed, and no session is "
        "estimated from them",
    )


def test_without_bytes_there_is_no_sum_of_them(logged: Logged):
    _told(logged, _without("sc-bytes"))
    total = _total(logged)

    assert logged.ask("SELECT bytes, requests FROM requests") == [(None, 2)]
    assert (total.bytes, total.byte_hit_ratio, total.hit_ratio) == (None, None, 1.0)


def test_bytes_are_summed_up_of_those_that_tell(logged: Logged):
    fewer = _without("sc-bytes")
    logged.deliver(line(V2, sc_bytes="700"), line(V2, sc_bytes="-"), fields=V2)
    logged.deliver(line(fewer), name=OTHER, fields=fewer)
    logged.ingest()

    assert (_total(logged).bytes, _total(logged).requests) == (700, 3)


def test_without_a_result_there_is_no_hit_ratio(logged: Logged):
    _told(logged, _without("x-edge-response-result-type", "x-edge-result-type"))

    assert logged.ask("SELECT result, requests FROM requests") == [("", 2)]
    assert logged.ask("SELECT DISTINCT cached FROM request_timings") == [(None,)]
    assert _total(logged).hit_ratio is None
    assert [line.label for line in delivery(logged.warehouse, DAY, By.RESULT).lines] == [""]


def test_a_miss_without_a_status_is_a_miss(logged: Logged):
    fewer = _without("sc-status")
    logged.deliver(line(fewer, x_edge_response_result_type="Miss"), fields=fewer)
    logged.ingest()

    (found,) = worst_paths(logged.warehouse, DAY, Trouble.MISS).lines
    assert (found.path, found.requests, found.status) == ("/videos/v1/hls/1080p.mp4", 1, None)
    assert worst_paths(logged.warehouse, DAY, Trouble.ERROR).lines == ()
    assert worst_paths(logged.warehouse, DAY, Trouble.CLOSED).lines == ()


def test_each_ingestion_says_what_is_missing_and_nothing_of_a_whole_log(logged: Logged):
    logged.deliver(line(V2), fields=V2)
    assert logged.ingest().measured.remarks == ()

    logged.deliver(line())
    remarks = (_remark("c-country", "their country is the edge's"),)
    assert logged.ingest().measured.remarks == remarks
    again = logged.ingest().measured
    assert (again.files, again.remarks) == (0, remarks)


NEEDED = {
    "date": ("date", "date and time, or timestamp"),
    "time": ("time", "date and time, or timestamp"),
    "cs-uri-stem": ("cs-uri-stem", "cs-uri-stem"),
}


@pytest.mark.parametrize(("left_out", "named"), NEEDED.values(), ids=NEEDED)
def test_a_log_that_does_not_say_when_or_what_is_refused_by_name(logged: Logged, left_out: str, named: str):
    fields = [field for field in LEGACY if field != left_out]
    file = logged.deliver(line(fields), fields=fields)
    (refused,) = logged.ingest().measured.unwell

    assert refused.reason == (
        f"{file.name} has no field {named}: its lines do not say enough to be counted. Choose it too where the "
        "distribution's logging is set up; what was logged without it has to be left out."
    )
    assert refused.refused


def test_a_sample_without_requests_names_is_scaled_right_on_average(logged: Logged):
    logged.put(b'{"Fields": ["timestamp", "x-edge-location", "cs-uri-stem"], "SamplingRate": 30}', "live/config.json")
    lines = (f"17958744{at % 100:02}.{at:03}\tFRA56\t/a\n" for at in range(900))
    logged.put("".join(lines).encode(), "live/part")
    logged.ingest()

    ((requests, counted),) = logged.ask("SELECT sum(requests)::BIGINT, sum(lines)::BIGINT FROM requests")
    assert counted == 900
    assert 2900 < requests < 3100  # 900 lines of 30 in 100; each stands for 3 or 4
