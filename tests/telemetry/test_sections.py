"""Lines of one log may have different fields: below each header its own, and in JSON each line."""

import gzip
import json

import pytest

from tests.telemetry.logged import LEGACY, NAME, V2, Logged, as_json, line, w3c

OTHER_ORDER = (*LEGACY[:3], "c-country", *reversed(LEGACY[4:]), "sc-bytes")  # sc-bytes at the end, no c-ip


@pytest.mark.parametrize("compressed", [True, False])
def test_below_a_second_header_fields_are_as_it_says(logged: Logged, compressed: bool):
    first = w3c(line(sc_bytes="1000"), line(sc_bytes="30"))
    second = w3c(line(OTHER_ORDER, sc_bytes="7", c_country="CH"), fields=OTHER_ORDER)
    logged.put(gzip.compress(first) + gzip.compress(second) if compressed else first + second)
    report = logged.ingest().measured

    assert (report.lines, report.bad_lines) == (3, 0)
    assert logged.ask("SELECT country, country_known, sum(bytes)::BIGINT FROM requests GROUP BY ALL ORDER BY 1") == [
        ("CH", True, 7),
        ("DE", False, 1030),
    ]
    assert report.remarks == ("Every log has lines without c-country: their country is the edge's",)


def test_a_second_header_with_the_same_fields_changes_nothing(logged: Logged):
    logged.put(w3c(line(), line()) + w3c(line()))
    report = logged.ingest().measured

    assert (report.lines, report.bad_lines, logged.counted()) == (3, 0, 3)


def test_a_line_with_too_few_or_too_many_fields_for_its_header_is_a_bad_one(logged: Logged):
    fewer = [field for field in LEGACY if field != "time-to-first-byte"]
    lines = (line(fewer), line(LEGACY), line(fewer)[:-4], "x", line(fewer))
    logged.put(w3c(line()) + w3c(*lines, fields=fewer))
    report = logged.ingest().measured

    assert (report.lines, report.bad_lines, logged.counted()) == (6, 3, 3)
    assert report.unwell[0].reason == "line 3: its fields are 1 more than its header's"
    assert logged.ask("SELECT sum(ttfb_ms)::BIGINT FROM requests") == [(20,)]


def test_a_second_header_without_what_is_needed_refuses_the_log(logged: Logged):
    untimed = [field for field in LEGACY if field != "time"]
    logged.put(w3c(line()) + w3c(line(untimed), fields=untimed))
    (refused,) = logged.ingest().measured.unwell

    assert refused.reason.startswith(f"{NAME} has no field date and time, or timestamp: ")


def test_lines_of_json_may_have_other_more_or_fewer_fields(logged: Logged):
    first = json.loads(as_json(line(sc_bytes="1000")))
    del first["time-to-first-byte"]
    more = json.loads(as_json(line(V2, sc_bytes="500", c_country="CH"), fields=V2))
    other = {name.replace("-", "_"): value for name, value in more.items()} | {"sc_bytes": 7, "x_new": [1]}
    other["x_edge_request_id"] = "another"
    logged.put("".join(f"{json.dumps(each)}\n" for each in (first, more, other)).encode(), "any.json")
    report = logged.ingest().measured

    assert (report.lines, report.bad_lines) == (3, 0)
    assert logged.ask("SELECT country, requests, bytes, ttfb_ms FROM requests ORDER BY country") == [
        ("CH", 2, 507, 40),
        ("DE", 1, 1000, None),
    ]
    assert report.remarks == (
        "Every log has lines without time-to-first-byte: they are in no percentile of it",
        "Every log has lines without c-country: their country is the edge's",
    )


def test_lines_of_json_that_do_not_say_when_are_bad_ones(logged: Logged):
    told = as_json(line(V2), fields=V2)
    logged.put(told + b'{"sc-bytes": "7"}\n[]\n"x"\n\n{"date"\n', "any.json")
    report = logged.ingest().measured

    assert (report.lines, report.bad_lines, report.remarks) == (5, 4, ())
    assert report.unwell[0].reason == "line 2: it does not say when"
