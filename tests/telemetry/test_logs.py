"""Logs become days of facts: each request once, whatever file its line lies in, and however late it comes."""

import gzip
import json
import os
from datetime import date, datetime
from pathlib import Path

import pytest

from core.telemetry import preparation
from core.telemetry.reports import Outcome
from tests.telemetry.logged import CHROME, LEGACY, V2, Logged, as_json, line, w3c

DAY = date(2026, 11, 28)
HOUR = datetime(2026, 11, 28, 14)
HLS = "/videos/v1/hls"
NEXT = "E2K2LNL5N3WR51.2026-11-28-15.b203fd5a.gz"


def test_a_small_day_is_found_to_the_digit(logged: Logged):
    logged.deliver(
        line(sc_bytes="1000", time_taken="0.200", time_to_first_byte="0.020"),
        line(sc_bytes="500", time_taken="0.100", time_to_first_byte="0.010"),
        line(sc_bytes="30", x_edge_response_result_type="Miss", sc_status="200", cs_uri_stem=f"{HLS}/master.m3u8"),
        line(sc_bytes="7", x_edge_response_result_type="Error", sc_status="404", cs_uri_stem="/favicon.ico"),
        line(sc_bytes="9", cs_user_agent="curl/8.0", x_edge_location="IAD89-C1", time="15:30:00"),
    )  # fmt: skip
    report = logged.ingest().measured

    assert [(day.day, day.outcome, day.lines) for day in report.days] == [(DAY, Outcome.LOADED, 5)]
    assert (report.files, report.lines, report.bad_lines, report.unwell) == (1, 5, 0, ())
    base = ("E2K2LNL5N3WR51", "FRA", "EU", "DE", False, "desktop", False)
    assert logged.ask("SELECT * FROM requests ORDER BY hour, bytes DESC") == [
        (HOUR, *base, "v1", "1080p", "hit", 206, "https", 2, 1500, 200, 300, 30, 2),
        (HOUR, *base, "v1", "playlist", "miss", 200, "https", 1, 30, 100, 200, 20, 1),
        (HOUR, *base, "", "", "error", 404, "https", 1, 7, 100, 200, 20, 1),
        (HOUR.replace(hour=15), "E2K2LNL5N3WR51", "IAD", "US", "US", False, "bot", True, "v1", "1080p", "hit", 206,
         "https", 1, 9, 100, 200, 20, 1),
    ]  # fmt: skip
    assert logged.ask("SELECT video, rung, result, requests, bytes FROM request_titles ORDER BY bytes DESC") == [
        ("v1", "1080p", "hit", 2, 1500),
        ("v1", "playlist", "miss", 1, 30),
        ("v1", "1080p", "hit", 1, 9),
        ("", "", "error", 1, 7),
    ]
    assert logged.ask("SELECT hour, edge, result, requests FROM request_places ORDER BY ALL") == [
        (HOUR, "FRA", "error", 1),
        (HOUR, "FRA", "hit", 2),
        (HOUR, "FRA", "miss", 1),
        (HOUR.replace(hour=15), "IAD", "hit", 1),
    ]
    assert logged.ask("SELECT path, edge, result, status, requests, bytes FROM request_paths ORDER BY ALL") == [
        ("/favicon.ico", "FRA", "error", 404, 1, 7),
        ("/videos/v1/hls/master.m3u8", "FRA", "miss", 200, 1, 30),
    ]


def test_how_long_it_took_is_kept_in_bins_of_a_tenth(logged: Logged):
    big = {"sc_bytes": "1000000", "time_taken": "0.500"}  # 8,000,000 bits in 500 ms: 16,000 kbit/s
    logged.deliver(line(time_to_first_byte="0.020", **big), line(time_to_first_byte="0.000", **big))
    logged.ingest()

    # 1.1^31 = 19.19 < 20 <= 1.1^32; 1.1^65 = 490.4 < 500 <= 1.1^66; 1.1^101 = 15,158 < 16,000 <= 1.1^102
    assert logged.ask("SELECT measure, bin, requests FROM request_timings ORDER BY ALL") == [
        ("taken", 66, 2), ("throughput", 102, 2), ("ttfb", 0, 1), ("ttfb", 32, 1),
    ]  # fmt: skip
    assert logged.ask("SELECT day, edge, measure, bin, requests FROM day_timings ORDER BY ALL") == logged.ask(
        "SELECT hour::DATE, edge, measure, bin, sum(requests) FROM request_timings WHERE measure <> 'taken' "
        "GROUP BY ALL ORDER BY ALL"
    )
    assert logged.ask("SELECT video, rung, measure, bin, requests FROM title_timings ORDER BY ALL") == [
        ("v1", "1080p", "throughput", 102, 2), ("v1", "1080p", "ttfb", 0, 1), ("v1", "1080p", "ttfb", 32, 1),
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["w3c", "plain", "json", "parquet"])
def test_the_chosen_fields_of_version_2_are_read_by_name_in_any_format(logged: Logged, form: str):
    fields = ["c-country", "sc-status", "unheard-of", *(f for f in V2 if f not in ("c-country", "sc-status"))]
    told = line(fields, c_country="AT", sc_status="304", unheard_of="x")
    if form == "w3c":
        logged.deliver(told, fields=fields, name="any.gz")
    elif form == "plain":
        logged.put(w3c(told, fields=fields), "any.log")
    elif form == "json":
        logged.put(gzip.compress(as_json(told, fields=fields)), "any.json.gz")
    else:
        _write_parquet(logged.folder / "AWSLogs" / "CloudFront" / "any.parquet", fields, told)
    logged.ingest()

    assert logged.ask("SELECT distribution, country, country_known, status, video, bytes FROM requests") == [
        ("E2K2LNL5N3WR51", "AT", True, 304, "v1", 1000)
    ]


def _write_parquet(file: Path, fields: list[str], *told: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file.parent.mkdir(parents=True)
    columns = zip(*(each.split("\t") for each in told), strict=True)
    pq.write_table(pa.table(dict(zip(fields, columns, strict=True))), file)


REAL_TIME = (
    "timestamp", "c-ip", "time-to-first-byte", "sc-status", "sc-bytes", "cs-uri-stem", "x-edge-location",
    "x-edge-request-id", "time-taken", "x-edge-result-type", "c-country", "cs-user-agent", "cs-host",
)  # fmt: skip


def test_real_time_lines_are_read_by_their_configuration_and_a_sample_is_scaled_in_sight(logged: Logged):
    logged.put(
        json.dumps({"RealtimeLogConfig": {"SamplingRate": 20, "Fields": REAL_TIME}}).encode(),
        "live/config.json",
    )  # fmt: skip
    values = {
        "timestamp": "1795874410.123",
        "cs_host": "d111.cloudfront.net",
        "cs_uri_stem": "/videos/v1/hls/720p/1.m4s?CMCD=bl",
    }
    logged.put("".join(f"{line(REAL_TIME, **values)}\n" for _ in range(3)).encode(), "live/2026/11/28/part-0001")
    logged.ingest()

    assert logged.ask("SELECT hour, distribution, rung, requests, bytes, lines FROM requests") == [
        (HOUR, "d111.cloudfront.net", "720p", 15, 15_000, 3)
    ]


def test_a_request_counts_once_in_whatever_files_and_however_late_its_line_comes(logged: Logged):
    twice, late = line(x_edge_request_id="a"), line(x_edge_request_id="late", time="13:59:59")
    logged.deliver(twice, twice, line(x_edge_request_id="b"))
    logged.ingest()
    assert logged.counted() == 2

    logged.deliver(twice, late, line(x_edge_request_id="c", time="15:00:00"), name=NEXT)
    report = logged.ingest().measured

    assert [(day.outcome, day.lines) for day in report.days] == [(Outcome.LOADED, 4)]
    assert logged.counted() == 4
    assert logged.ask("SELECT sum(bytes)::BIGINT FROM requests") == [(4000,)]


def test_a_line_of_the_day_before_reopens_that_day(logged: Logged):
    logged.deliver(line(), line())
    logged.ingest()
    logged.deliver(line(date="2026-11-29", time="00:00:01"), line(), name="E2K2LNL5N3WR51.2026-11-29-00.c3.gz")
    report = logged.ingest().measured

    assert [(day.day.day, day.lines) for day in report.days] == [(28, 3), (29, 1)]
    assert logged.ask("SELECT hour::DATE::VARCHAR, sum(lines)::BIGINT FROM requests GROUP BY 1 ORDER BY 1") == [
        ("2026-11-28", 3),
        ("2026-11-29", 1),
    ]


def test_what_is_known_is_not_read_again(logged: Logged):
    file = logged.deliver(line())
    logged.ingest()
    stat = file.stat()
    file.write_bytes(b"\0" * stat.st_size)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    report = logged.ingest().measured

    assert (report.days, report.untouched, report.files) == ((), 1, 0)
    assert logged.counted() == 1


def test_a_file_that_is_replaced_counts_as_it_is_now(logged: Logged):
    logged.deliver(line(), line(date="2026-11-27"))
    logged.ingest()
    logged.deliver(line(sc_bytes="7"))
    report = logged.ingest().measured

    assert [(day.day.day, day.lines) for day in report.days] == [(27, 0), (28, 1)]
    assert logged.ask("SELECT bytes FROM requests") == [(7,)]


def test_the_same_file_under_another_name_counts_once(logged: Logged):
    file = logged.deliver(line(), line())
    logged.put(file.read_bytes(), NEXT)
    logged.ingest()

    assert logged.counted() == 2


def test_a_file_that_is_being_written_is_refused_by_name_and_tried_again(logged: Logged):
    whole = logged.deliver(*[line() for _ in range(50)], name=NEXT).read_bytes()
    logged.put(whole[:-20], NEXT)
    logged.deliver(line())
    report = logged.ingest().measured

    (unwell,) = report.unwell
    assert (unwell.path, unwell.refused) == (NEXT, True)
    assert unwell.reason.startswith(f"{NEXT} is cut off or damaged, or is still being written.")
    assert logged.counted() == 1

    logged.put(whole, NEXT)
    assert logged.ingest().well
    assert logged.counted() == 51


def test_a_day_whose_file_is_damaged_later_stays_as_it_was(logged: Logged):
    file = logged.deliver(*[line() for _ in range(50)])
    logged.ingest()
    logged.put(file.read_bytes()[:-20])
    logged.deliver(line(), name=NEXT)
    report = logged.ingest().measured

    assert [(day.outcome, day.lines) for day in report.days] == [(Outcome.REFUSED, 50)]
    assert logged.counted() == 50


def test_a_late_line_does_not_cost_a_day_the_lines_of_a_file_that_is_gone(logged: Logged):
    file = logged.deliver(line(), line())
    logged.ingest()
    file.unlink()
    logged.deliver(line(), name=NEXT)
    report = logged.ingest().measured

    assert [(day.outcome, day.lines) for day in report.days] == [(Outcome.REFUSED, 2)]
    assert "that 2026-11-28 was made of is gone" in report.days[0].reason
    assert logged.counted() == 2


def test_a_damaged_day_is_made_again(logged: Logged):
    logged.deliver(line(), line())
    logged.ingest()
    for file in logged.warehouse.folder.rglob("requests.parquet"):
        file.write_bytes(b"no Parquet")
    logged.ingest()

    assert logged.counted() == 2


BAD = {
    "fewer": ("\t".join(["2026-11-28", "14:00:00", "FRA56"]), "line 2: its fields are 30 fewer than its header's"),
    "more": (line() + "\tx", "line 2: its fields are 1 more than its header's"),
    "negative": (line(sc_bytes="-5"), "line 2: sc-bytes is -5"),
    "an address": (line(sc_bytes="203.0.113.9"), "line 2: sc-bytes is no number"),
    "longer than a day": (line(time_taken="999999999999"), "line 2: time-taken is 999999999999.0"),
    "no status": (line(sc_status="600"), "line 2: sc-status is 600"),
    "no status either": (line(sc_status="42"), "line 2: sc-status is 42"),
    "no number": (line(sc_bytes="many"), "line 2: sc-bytes is no number"),
    "before": (line(date="1999-12-31"), "line 2: it is of 1999-12-31 14:00, which cannot be"),
    "after": (line(date="2099-01-01"), "line 2: it is of 2099-01-01 14:00, which cannot be"),
    "no date": (line(date="2026-13-45"), "line 2: date is no instant"),
    "no time": (line(time="-"), "line 2: it does not say when"),
}


@pytest.mark.parametrize(("bad", "reason"), BAD.values(), ids=BAD)
def test_a_bad_line_is_counted_with_its_reason_and_the_others_are_taken(logged: Logged, bad: str, reason: str):
    logged.deliver(line(), bad, line())
    report = logged.ingest().measured

    assert (report.lines, report.bad_lines) == (3, 1)
    assert [(each.refused, each.bad_lines, each.reason) for each in report.unwell] == [(False, 1, reason)]
    assert logged.counted() == 2


@pytest.mark.parametrize("form", ["json", "parquet"])
def test_a_value_that_is_no_number_is_a_bad_line_in_any_format(logged: Logged, form: str):
    told = [line(V2), line(V2, sc_bytes="many"), line(V2, time_taken="soon"), line(V2, sc_status="99")]
    if form == "json":
        logged.put(as_json(*told, fields=V2), "any.json")
    else:
        _write_parquet(logged.folder / "AWSLogs" / "CloudFront" / "any.parquet", V2, *told)
    report = logged.ingest().measured

    assert (report.lines, report.bad_lines, report.unwell[0].reason) == (4, 3, "line 2: sc-bytes is no number")
    assert logged.ask("SELECT sum(bytes)::BIGINT, sum(lines)::BIGINT FROM requests") == [(1000, 1)]


@pytest.mark.parametrize("at_once", [1, 500])
def test_each_of_several_logs_with_bad_lines_is_told_of(logged: Logged, monkeypatch: pytest.MonkeyPatch, at_once: int):
    monkeypatch.setattr(preparation, "_BATCH_FILES", at_once)
    for number in range(3):
        logged.deliver(line(), line(sc_bytes="-7"), name=f"{number}.gz")

    report = logged.ingest().measured

    assert [(file.path, file.bad_lines, file.reason) for file in report.unwell] == [
        (f"{number}.gz", 1, "line 2: sc-bytes is -7") for number in range(3)
    ]
    assert logged.counted() == 3


def test_a_bad_line_among_a_thousand_of_json_is_told_in_little_memory(logged: Logged):
    lines = as_json(*(line(V2) for _ in range(1000)), line(V2, sc_bytes="-5"), fields=V2)
    logged.put(gzip.compress(lines + b"no JSON\n"), "any.json.gz")
    report = logged.ingest().measured

    assert (report.lines, report.bad_lines) == (1002, 2)
    assert [each.reason for each in report.unwell] == ["line 1001: sc-bytes is -5"]
    assert logged.counted() == 1000


def test_odd_lines_are_no_bad_ones(logged: Logged):
    logged.deliver(
        line(sc_status="000", x_edge_response_result_type="Error"),
        line(c_ip="2001:db8::7", x_forwarded_for="2001:db8::8"),
        line(cs_uri_stem="/videos/my%2520film/hls/480p/1.ts"),
        line(cs_user_agent="a%09b%0Ac"),
        line(time="17:00:00"),
        line(time_to_first_byte="-"),
        "#Fields: a comment in the middle",
        "",
    )  # fmt: skip
    report = logged.ingest().measured

    assert (report.lines, report.bad_lines) == (6, 0)
    assert logged.ask("SELECT status FROM requests WHERE result = 'error'") == [(0,)]
    assert logged.ask("SELECT rung FROM requests WHERE video = 'my film'") == [("480p",)]
    assert logged.ask("SELECT lines FROM requests WHERE hour = '2026-11-28 17:00'") == [(1,)]


def test_no_address_of_a_viewer_is_kept(logged: Logged):
    logged.deliver(line(c_ip="198.51.100.77", x_forwarded_for="198.51.100.78"))
    logged.ingest()
    kept = b"".join(file.read_bytes() for file in logged.home.rglob("*") if file.is_file())

    assert b"198.51.100" not in kept


def test_bills_and_logs_may_lie_beside_each_other(logged: Logged):
    logged.deliver(line())
    logged.put(
        b"BilledCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,"
        b"ChargeCategory,ServiceName,ProviderName,BillingAccountId\n"
        b"12.5,USD,2026-10-01,2026-11-01,2026-10-01,2026-10-02,Usage,Storage,AWS,1\n",
        "october.csv",
    )
    report = logged.ingest()

    assert [delivery.outcome.value for delivery in report.deliveries] == ["loaded"]
    assert report.well
    assert logged.counted() == 1
    assert logged.ask("SELECT count(*) FROM charges") == [(1,)]


def test_requests_of_devices_are_told_apart_by_their_agents(logged: Logged):
    agents = {
        CHROME: "desktop",
        "Mozilla/5.0%20(iPhone;%20CPU%20iPhone%20OS%2017_0%20like%20Mac%20OS%20X)%20Mobile/15E148": "phone",
        "Mozilla/5.0%20(Linux;%20Android%2014;%20Pixel)%20Chrome/120%20Mobile%20Safari": "phone",
        "Mozilla/5.0%20(iPad;%20CPU%20OS%2017_0)": "tablet",
        "Mozilla/5.0%20(SMART-TV;%20Linux;%20Tizen%207.0)": "tv",
        "VLC/3.0.20%20LibVLC/3.0.20": "player",
        "ELB-HealthChecker/2.0": "bot",
        "Mozilla/5.0%2520(compatible;%2520Googlebot/2.1)": "bot",
        "-": "other",
    }
    logged.deliver(*(line(cs_user_agent=agent) for agent in agents))
    logged.ingest()

    found = dict(logged.ask("SELECT device, lines FROM request_places"))
    assert found == {"bot": 2, "desktop": 1, "other": 1, "phone": 2, "player": 1, "tablet": 1, "tv": 1}


def test_every_field_of_a_legacy_log_is_one_that_is_known():
    assert len(LEGACY) == 33


def test_a_log_that_is_a_batch_by_itself_is_read_in_memory_and_timings_are_added_up_over_batches(
    logged: Logged, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(preparation, "_BATCH_BYTES", 1)
    monkeypatch.setattr(preparation, "write_plain", None)  # what DuckDB would have to read
    for number in range(3):
        logged.deliver(line(x_edge_request_id=f"R{number}"), name=f"E2K2LNL5N3WR51.2026-11-28-14.{number:08x}.gz")

    logged.ingest()

    assert logged.ask("SELECT sum(requests) FROM requests") == [(3,)]
    assert [requests for (requests,) in logged.ask("SELECT requests FROM title_timings WHERE measure = 'ttfb'")] == [3]
