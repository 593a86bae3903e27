"""Words: amounts as people read them, and what a message says."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.alerts import words
from core.alerts.alert import Alert
from core.alerts.figure import Reading, Unit
from core.alerts.machine import advance
from core.alerts.rule import Comparison, Rule
from tests.alerts.conftest import ADDRESS, NOON, Said, minutes


@pytest.mark.parametrize(
    ("value", "unit", "currency", "text"),
    [
        ("1234.567", Unit.MONEY, "USD", "$1,234.57"),
        ("1234.567", Unit.MONEY, "EUR", "1,234.57 EUR"),
        ("0.05", Unit.SHARE, "", "5 %"),
        ("0.12346", Unit.SHARE, "", "12.35 %"),
        ("1", Unit.SHARE, "", "100 %"),
        ("1200.4", Unit.MS, "", "1,200 ms"),
        ("2.50", Unit.HOURS, "", "2.5 h"),
        ("100", Unit.HOURS, "", "100 h"),
        ("3", Unit.DAYS, "", "3 days"),
        ("3", Unit.COUNT, "", "3"),
    ],
)
def test_an_amount(value, unit, currency, text):
    assert words.amount(Decimal(value), unit, currency) == text


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(minutes=5), "5 min"),
        (timedelta(hours=3, minutes=20), "3 h 20 min"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=2, hours=3, minutes=9), "2 days 3 h"),
    ],
)
def test_how_long_it_lasted(span, text):
    assert words.lasted(span) == text


def fired(threshold: str, subject: str = "", unit: Unit = Unit.SHARE) -> Alert:
    rule = Rule("r", "Many errors", "error_rate", Comparison.ABOVE, Decimal(threshold))
    reading = Reading(Decimal("0.08"), subject, "Of 100 requests.", minutes(-30), link="/performance")
    alert = advance(rule, Said(unit=unit).about, None, reading, NOON)
    assert alert
    return alert


def test_what_a_message_says():
    alert = fired("0.05", "<b>FRA</b>")

    assert words.title([alert]) == "Warning: Many errors: <b>FRA</b>"
    assert words.body([alert], ADDRESS).splitlines() == [
        "Many errors: <b>FRA</b>",
        "Now 8 %, above 5 %. Since 30 Nov 2026, 11:30 UTC.",
        "Of 100 requests.",
        "What to do: Look at the origin.",
        "https://videos.example.com/performance",
    ]
    html = words.html([alert], ADDRESS)
    assert "<h3>Many errors: &lt;b&gt;FRA&lt;/b&gt;</h3>" in html
    assert '<a href="https://videos.example.com/performance">' in html


def test_beside_nothing_the_value_says_it_all():
    assert words.how_much(fired("0")) == "8 %"
