"""Ranges: a player gets the bytes that it asks for, and only those it has not."""

from datetime import UTC, datetime

import pytest

from dashboard.ranges import Span, Unsatisfiable, Version, is_unchanged, wanted_span

NOW = Version("abc", datetime(2026, 11, 22, 20, 0, 30, 500_000, tzinfo=UTC))
SECOND, BEFORE = "Sun, 22 Nov 2026 20:00:30 GMT", "Sun, 22 Nov 2026 20:00:29 GMT"


def span(text: str, size: int = 100, **headers: str) -> Span | None:
    return wanted_span({"range": text, **{name.replace("_", "-"): value for name, value in headers.items()}}, size, NOW)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("bytes=0-0", Span(0, 1)),
        ("bytes=10-19", Span(10, 20)),
        ("bytes=90-", Span(90, 100)),
        ("bytes=0-", Span(0, 100)),
        ("bytes=99-99", Span(99, 100)),
        ("bytes=50-1000", Span(50, 100)),
        ("bytes=-10", Span(90, 100)),
        ("bytes=-1000", Span(0, 100)),
        ("Bytes = 1 - 2", Span(1, 3)),
    ],
)
def test_a_range_is_what_is_sent(text, wanted):
    assert span(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=--5", "bytes=1-2,5-6", "bytes=0-0, -1",
        "items=0-5", "bytes=0x1-2", "bytes=1.5-2", "0-5", "bytes=" + "9" * 30 + "-", "bytes=١-٢",
    ],
)  # fmt: skip
def test_what_is_no_single_range_is_answered_whole(text):
    assert span(text) is None


@pytest.mark.parametrize(
    ("text", "size"), [("bytes=100-", 100), ("bytes=500-600", 100), ("bytes=-0", 100), ("bytes=0-", 0), ("bytes=-5", 0)]
)
def test_a_range_behind_the_end_cannot_be_had(text, size):
    with pytest.raises(Unsatisfiable):
        span(text, size)


@pytest.mark.parametrize("tag", ['"abc"', ' "abc" ', SECOND])
def test_a_range_of_the_same_object_is_sent(tag):
    assert span("bytes=0-4", if_range=tag) == Span(0, 5)


@pytest.mark.parametrize("tag", ['"abd"', 'W/"abc"', "abc", "", BEFORE, "never", "*"])
def test_a_range_of_another_object_is_answered_whole(tag):
    assert span("bytes=0-4", if_range=tag) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"if-none-match": '"abc"'},
        {"if-none-match": 'W/"abc"'},
        {"if-none-match": '"x", W/"abc"'},
        {"if-none-match": "*"},
        {"if-modified-since": SECOND},
        {"if-none-match": '"abc"', "if-modified-since": BEFORE},
    ],
    ids=str,
)
def test_what_somebody_has_already_is_not_sent_again(headers):
    assert is_unchanged(headers, NOW)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"if-none-match": '"abd"'},
        {"if-none-match": ""},
        {"if-none-match": "abc"},
        {"if-modified-since": BEFORE},
        {"if-modified-since": "yesterday"},
        {"if-modified-since": "99999999999999999999"},
        {"if-none-match": '"abd"', "if-modified-since": SECOND},
    ],
    ids=str,
)
def test_what_somebody_has_not_is_sent(headers):
    assert not is_unchanged(headers, NOW)


def test_a_state_is_told_by_its_tag_and_time():
    assert NOW.headers == {"ETag": '"abc"', "Last-Modified": SECOND}
