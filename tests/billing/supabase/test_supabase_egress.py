"""Egress: what a person has typed from Supabase's usage page."""

from datetime import date

import pytest

from core.billing.supabase_egress import Egress, egress_file, egress_measured_until, read_egress
from core.errors import DeliveryRefused

HEADER = "date,egress_bytes,cached_egress_bytes\n"


@pytest.fixture
def typed(tmp_path):
    """Types the file into a fresh home, which it returns."""

    def type_(text, encoding="utf-8"):
        egress_file(tmp_path).parent.mkdir(parents=True, exist_ok=True)
        egress_file(tmp_path).write_text(text, encoding=encoding)
        return tmp_path

    return type_


def test_without_a_file_egress_is_not_measured(tmp_path):
    assert read_egress(tmp_path) == {}
    assert egress_measured_until(tmp_path) is None


def test_each_day_is_read_in_whatever_order_it_was_typed(typed):
    home = typed(HEADER + "2026-11-02, 10, 20\n\n2026-11-01,300,0\n")

    assert read_egress(home) == {date(2026, 11, 2): Egress(10, 20), date(2026, 11, 1): Egress(300, 0)}
    assert egress_measured_until(home) == date(2026, 11, 2)


def test_a_file_saved_by_a_spreadsheet_is_read(typed):
    assert read_egress(typed(HEADER + "2026-11-01,1,2\n", "utf-8-sig")) == {date(2026, 11, 1): Egress(1, 2)}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "its first line is another one"),
        ("date,bytes\n2026-11-01,1\n", "its first line is another one"),
        (HEADER + "2026-11-01,1\n", "line 2 is not a day and two numbers of bytes"),
        (HEADER + "2026-11-01,1,2\n1.11.2026,1,2\n", "line 3 is not a day and two numbers of bytes"),
        (HEADER + "2026-11-01,-5,0\n", "line 2 is not a day and two numbers of bytes"),
        (HEADER + "2026-11-01,1.5 GB,0\n", "line 2 is not a day and two numbers of bytes"),
        (HEADER + "2026-11-01,1,2\n2026-11-01,1,2\n", "line 3 has 2026-11-01 a second time"),
    ],
    ids=["empty", "header", "short", "German day", "negative", "gigabytes", "twice"],
)
def test_a_line_that_cannot_be_meant_is_named(typed, text, reason):
    home = typed(text)

    with pytest.raises(DeliveryRefused) as raised:
        read_egress(home)

    assert raised.value.message == f"{egress_file(home)} cannot be used: {reason}."
    assert raised.value.advice.startswith("Begin it with the line date,egress_bytes,cached_egress_bytes")


def test_a_file_that_is_no_text_is_refused(typed):
    with pytest.raises(DeliveryRefused, match="it cannot be read"):
        read_egress(typed(HEADER + "é", "latin-1"))
