"""Figures as a person reads them, and text from data that stays text."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from core.costs.period import Period, month_of
from dashboard import format
from dashboard.format import Direction


@pytest.mark.parametrize(
    ("amount", "compact", "table", "every_digit"),
    [
        ("0", "$0.00", "$0.00", "$0.00"),
        ("0.004", "<$0.01", "<$0.01", "$0.004"),
        ("-0.004", ">−$0.01", ">−$0.01", "−$0.004"),
        ("0.005", "$0.01", "$0.01", "$0.005"),
        ("18.0066386184", "$18.01", "$18.01", "$18.0066386184"),
        ("999.994", "$999.99", "$999.99", "$999.994"),
        ("4812.4", "$4,812", "$4,812.40", "$4,812.40"),
        ("-74.47", "−$74.47", "−$74.47", "−$74.47"),
        ("123456", "$123K", "$123,456.00", "$123,456.00"),
        ("999499", "$999K", "$999,499.00", "$999,499.00"),
        ("999500", "$1.0M", "$999,500.00", "$999,500.00"),
        ("1234567.891", "$1.2M", "$1,234,567.89", "$1,234,567.891"),
    ],
)
def test_money(amount, compact, table, every_digit):
    amount = Decimal(amount)

    assert (format.money(amount), format.cents(amount), format.exact(amount)) == (compact, table, every_digit)


def test_money_in_a_currency_without_a_sign_of_its_own_is_named():
    assert format.money(Decimal("12.5"), "CHF") == "CHF 12.50"
    assert format.money(Decimal("12.5"), "EUR") == "€12.50"


def test_a_difference_states_its_sign():
    assert [format.signed_money(Decimal(amount)) for amount in ("31.2", "-31.2", "0")] == [
        "+$31.20",
        "−$31.20",
        "$0.00",
    ]


@pytest.mark.parametrize(
    ("now", "before", "direction", "text", "words"),
    [
        ("112", "100", Direction.UP, "+12\u202f%", "12\u202f% more than"),
        ("88", "100", Direction.DOWN, "−12\u202f%", "12\u202f% less than"),
        ("105.4", "100", Direction.UP, "+5.4\u202f%", "5\u202f% more than"),
        ("100.4", "100", Direction.STEADY, "+0.4\u202f%", "about as much as"),
        ("99.6", "100", Direction.STEADY, "−0.4\u202f%", "about as much as"),
        ("100.5", "100", Direction.UP, "+0.5\u202f%", "0\u202f% more than"),
        ("100.001", "100", Direction.STEADY, "0.0\u202f%", "about as much as"),
        ("5", "0", Direction.UP, "new", "about as much as"),
        ("0", "0", Direction.STEADY, "0.0\u202f%", "about as much as"),
        ("-5", "-10", Direction.UP, "+50\u202f%", "50\u202f% more than"),
    ],
)
def test_a_change_is_news_from_half_a_per_cent_on(now, before, direction, text, words):
    change = format.change(Decimal(now), Decimal(before))

    assert (change.direction, str(change), change.in_words) == (direction, text, words)


def test_without_a_bill_before_there_is_no_change():
    change = format.change(Decimal(5), None)

    assert (change.direction, str(change)) == (Direction.UNKNOWN, "not compared")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1023, "1,023 bytes"),
        (1024, "1.0 KiB"),
        (1024**2 - 1, "1.0 MiB"),
        (int(61.2 * 2**40), "61.2 TiB"),
        (5000 * 2**60, "5,000.0 EiB"),
    ],
)
def test_sizes_go_in_steps_of_1024(size, text):
    assert format.size(size) == text


@pytest.mark.parametrize(
    ("period", "long", "short"),
    [
        (month_of(date(2026, 11, 1)), "November 2026", "November"),
        (Period(date(2026, 8, 1), date(2026, 11, 1)), "August to October 2026", "Aug 2026 to Oct 2026"),
        (Period(date(2025, 11, 1), date(2026, 11, 1)), "November 2025 to October 2026", "Nov 2025 to Oct 2026"),
        (Period(date(2026, 11, 1), date(2026, 11, 22)), "1 to 21 November 2026", "1 to 21 Nov"),
        (Period(date(2026, 10, 12), date(2026, 11, 9)), "12 Oct to 8 Nov 2026", "12 Oct to 8 Nov"),
        (Period(date(2025, 12, 12), date(2026, 1, 9)), "12 Dec 2025 to 8 Jan 2026", "12 Dec to 8 Jan"),
        (Period(date(2026, 11, 3), date(2026, 11, 4)), "3 November 2026", "3 Nov"),
    ],
)
def test_periods(period, long, short):
    assert (format.period(period), format.short_period(period)) == (long, short)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(30, "0 minutes"), (60, "1 minute"), (7_199, "119 minutes"), (7_200, "2 hours"), (172_800, "2 days")],
)
def test_an_age_is_told_in_the_unit_that_says_enough(seconds, text):
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    assert format.age(datetime.fromtimestamp(now.timestamp() - seconds, UTC), now) == text


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Amazon Simple Storage Service", "S3"),
        ("Amazon CloudFront", "CloudFront"),
        ("AmazonCloudWatch", "CloudWatch"),
        ("AWS", "AWS"),
        ("GLACIER_IR", "Glacier Instant"),
        ("", "(blank)"),
        ("arn:aws:cloudfront::111122223333:distribution/E1", "distribution/E1"),
        ("US-DataTransfer-Out-Bytes-and-more", "US-DataTra…es-and-more"),
    ],
)
def test_a_name_from_a_bill_becomes_short_enough_for_a_legend(name, label):
    assert format.label(name) == label


@settings(deadline=None)  # the first parse warms up
@given(st.text(max_size=80))
def test_text_from_data_is_text_in_markdown_and_nothing_else(text):
    html = MarkdownIt("commonmark", {"html": True}).render(f"x{format.markdown(text)}x").strip()

    assert html.startswith("<p>x")
    assert html.endswith("x</p>")
    assert "<" not in html.removeprefix("<p>").removesuffix("</p>")


@pytest.mark.parametrize("start", ["https://evil.example", "www.evil.example", "me@evil.example", ":smile:", ":red[x]"])
def test_what_markdown_would_make_a_link_or_symbol_of_is_broken_up(start):
    assert start not in format.markdown(start).replace("\\", "")


def test_html_in_a_label_of_a_chart_is_shown_and_not_obeyed():
    assert format.plotly("<b>a</b>") == "&lt;b&gt;a&lt;/b&gt;"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0, "0:00"), (12.4, "0:12"), (59.6, "1:00"), (1026, "17:06"), (3600, "1:00:00"), (7894.7, "2:11:35")],
)
def test_lengths(seconds, text):
    assert format.length(seconds) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [("s3", "S3"), ("s3-eu", "S3 EU"), ("supabase", "Supabase"), ("local", "This machine"), ("other", "other")],
)
def test_providers(name, text):
    assert format.provider(name) == text


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Rivera vs Stone", ["Rivera vs Stone"]),
        ("Jansen vs Okafor, Fight Night 140: main event", ["Jansen vs Okafor, Fight", "Night 140: main event"]),
        (
            "Jansen vs Okafor, Fight Night 140: press conference",
            ["Jansen vs Okafor, Fight", "Night 140: …s conference"],
        ),
        ("A" * 30, ["AAAAAAAAAAA…AAAAAAAAAAAA"]),
    ],
    ids=["short", "two lines", "more", "without a space"],
)
def test_a_long_title_stands_on_two_lines(title, lines):
    assert format.two_lines(title, 24) == lines
