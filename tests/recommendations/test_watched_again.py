"""Watched again: renditions come back out of Glacier IR once their reads have cost a few times what that costs."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.actions.action import Kind
from core.recommendations.rules import renditions, watched_again
from core.recommendations.rules.watched_again import find
from tests.costs.measurements import Row
from tests.recommendations.small import Small, asked, fee, line, listed, only, remarks

LAST, DAYS, GIB = date(2026, 10, 31), 120, 10


def lies(small: Small, *moves: tuple[int, str], gib: float = GIB) -> None:
    """A video's 1080p, by the day from the last one on which an inventory lists it in a class."""
    rows = [
        listed("watched", gib, "1080p", storage_class=name) | {"day": (LAST - timedelta(ago)).isoformat()}
        for ago, name in moves
    ]
    small.holds(*rows)


def read(small: Small, *ago: int, gib: float = GIB) -> None:
    """Once as a whole on each of some days from the last one; other videos on all days."""
    every: list[Row] = [asked("other", 1) | {"day": (LAST - timedelta(n)).isoformat()} for n in range(DAYS)]
    mine = [asked("watched", 1, gib=gib) | {"day": (LAST - timedelta(n)).isoformat()} for n in ago]
    small.logged(*every, *mine)


def test_what_is_read_four_days_running_is_brought_back(small: Small):
    """Back costs 0.300005, and three times that is borne; four reads have cost 1.2, less 0.019 for three days.

    The action copies 10 GB in 22 requests; nobody knows since when an object lies there, so 90 days may be due.
    """
    lies(small, (DAYS - 1, "GLACIER_IR"), (0, "GLACIER_IR"))
    read(small, 3, 2, 1, 0)

    found = only(list(find(small.grounds())))

    month = Decimal(30) / 31
    now = Decimal("0.04") * month + Decimal("1.2") + 4 * Decimal("0.00001")
    then = Decimal("0.23") * month + Decimal("0.0000025") * month + 4 * Decimal("0.0000004")
    assert found.monthly_saving_usd == pytest.approx(now - then, abs=Decimal("1e-9"))
    assert fee(found.evidence, "Retrieval and restores").now_usd == pytest.approx(Decimal("1.2"))
    assert found.one_off_usd == Decimal("0.30011")
    assert found.one_off_more_usd == pytest.approx(Decimal("0.04") * 90 * 12 / 365)
    assert line(found.evidence, "Reads there have cost, less what storage saved") == pytest.approx(
        Decimal("1.2") + 4 * Decimal("0.0000096") - 3 * Decimal("0.19") * 12 / 365, abs=Decimal("1e-9")
    )
    assert line(found.evidence, "Pays while each is read as a whole") == pytest.approx(
        (Decimal("0.19") + Decimal("0.0000025")) / (Decimal("0.3") + Decimal("0.0000096")), abs=Decimal("1e-9")
    )
    assert found.evidence.if_doubled_usd == pytest.approx(
        found.monthly_saving_usd + Decimal("1.2") + 4 * Decimal("0.0000096"), abs=Decimal("1e-9")
    )
    assert found.action is not None
    assert found.action.kind is Kind.CHANGE_STORAGE_CLASS
    assert found.action.terms == {
        "storage_class": "INTELLIGENT_TIERING", "kind": "rendition", "videos": ["watched"],
        "in_classes": ["GLACIER_IR"], "at_least_bytes": 128 * 1024,
    }  # fmt: skip


def test_three_reads_are_borne(small: Small):
    lies(small, (DAYS - 1, "GLACIER_IR"), (0, "GLACIER_IR"))
    read(small, 2, 1, 0)

    assert remarks(list(find(small.grounds()))) == [
        "Nothing in GLACIER_IR was read so much that it had better come back."
    ]


def test_reads_before_it_came_there_do_not_count(small: Small):
    lies(small, (DAYS - 1, "STANDARD"), (2, "STANDARD"), (1, "GLACIER_IR"), (0, "GLACIER_IR"))
    read(small, 60, 50, 40, 30, 5, 4, 3, 1, 0)

    assert remarks(list(find(small.grounds()))) == [
        "Nothing in GLACIER_IR was read so much that it had better come back."
    ]


def test_what_has_just_come_there_bears_the_rest_of_its_least_days_too(small: Small):
    """It has been there for 30 days: 60 x 0.04 x 12/365 are left of 90, so that four reads are borne, and five are not.
    What it costs once is told as its preview does, which knows no such day.
    """
    lies(small, (DAYS - 1, "STANDARD"), (30, "STANDARD"), (29, "GLACIER_IR"), (0, "GLACIER_IR"))
    read(small, 4, 3, 2, 1, 0)

    found = only(list(find(small.grounds())))

    assert (found.one_off_usd, round(found.one_off_more_usd, 6)) == (Decimal("0.30011"), Decimal("0.118356"))


def test_reads_long_ago_are_paid_off_by_what_storage_costs_less(small: Small):
    lies(small, (DAYS - 1, "GLACIER_IR"), (0, "GLACIER_IR"))
    read(small, 100, 99, 98, 97)

    assert remarks(list(find(small.grounds()))) == [
        "Nothing in GLACIER_IR was read so much that it had better come back."
    ]


def test_without_glacier_ir_nothing_is_said(small: Small):
    lies(small, (DAYS - 1, "STANDARD"), (0, "STANDARD"))
    read(small, 3, 2, 1, 0)

    assert list(find(small.grounds())) == []


def test_the_way_back_is_told_once(small: Small):
    lies(small, (DAYS - 1, "GLACIER_IR"), (0, "GLACIER_IR"))
    read(small, *range(60))

    assert only(list(watched_again.find(small.grounds()))).title.startswith("Bring back the renditions of 1 video")
    assert remarks(list(renditions.find(small.grounds()))) == [
        "By 120 days of reads nothing costs less than GLACIER_IR for what lies there."
    ]
