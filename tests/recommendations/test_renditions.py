"""Renditions: into the class that the platform's own reads speak for."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.actions.action import Kind
from core.recommendations.measured import measured_history
from core.recommendations.recommendation import Confidence
from core.recommendations.rules.renditions import find
from core.recommendations.simulation import simulate
from tests.costs.measurements import Row
from tests.recommendations.built import PRICES
from tests.recommendations.small import Small, asked, fee, line, listed, only, remarks

LAST = date(2026, 10, 31)
#: USD a month for the tag of one object, by which a rule knows it.
TAG = Decimal("0.0065") / 10_000


def rung(video: str, gib: float, day: date, **columns: Any) -> Row:
    return listed(video, gib, "1080p", **columns) | {"day": day.isoformat()}


def lists(small: Small, days: int, *videos: tuple[str, float], **columns: Any) -> None:
    """So large on the first of so many days, and on the last one."""
    first = LAST - timedelta(days - 1)
    small.holds(*(rung(video, gib, day, **columns) for video, gib in videos for day in (first, LAST)))


def missed_daily(small: Small, days: int, video: str = "tiny", gib: float = 0, *more: Row) -> None:
    """One video on each of the last days, so that these have logs."""
    first = LAST - timedelta(days - 1)
    rows = [asked(video, 1, gib=gib) | {"day": (first + timedelta(n)).isoformat()} for n in range(days)]
    small.logged(*rows, *more)


def test_what_lies_in_standard_unread_costs_less_in_intelligent_tiering(small: Small):
    lists(small, 41, ("cold", 100), ("tiny", 0.00001))
    missed_daily(small, 40)

    found = only(list(find(small.grounds())))

    # 30 days as in Standard, then 10 of October at 0.0125 instead of 0.023; monitored for 9 days of September and all
    # of October; one transition; 40 days are told as 30
    saved = Decimal(100) * 10 / 31 * Decimal("0.0105") - Decimal("0.0000025") * Decimal("1.3") - Decimal("0.00001")
    assert found.monthly_saving_usd == pytest.approx(saved * 30 / 40 - TAG, abs=Decimal("1e-9"))
    assert found.action is not None
    assert found.action.kind is Kind.CHANGE_STORAGE_CLASS
    assert found.action.terms == {
        "storage_class": "INTELLIGENT_TIERING", "kind": "rendition", "videos": ["cold"], "in_classes": ["STANDARD"],
        "at_least_bytes": 128 * 1024,
    }  # fmt: skip
    assert found.one_off_usd == Decimal("0.00001")
    assert fee(found.evidence, "Transitions").then_usd == pytest.approx(Decimal("0.0000075"))
    assert line(found.evidence, "Pays until each is read as a whole") is None
    assert [each.objects for each in found.evidence.left_out] == [1]
    assert found.evidence.confidence is Confidence.LOW
    assert found.evidence.if_doubled_usd == pytest.approx(found.monthly_saving_usd)


def test_it_saves_what_the_simulation_says(small: Small):
    """All of them go to one class, so the whole difference is one recommendation's."""
    lists(small, 200, *((f"cold{n}", 40 + n) for n in range(8)))
    missed_daily(small, 200, "elsewhere", 0, asked("cold1", 3, gib=0.5) | {"day": "2026-05-03"})
    history = measured_history(small.store.warehouse)
    costs = {each.policy: each.usd for each in simulate(history, PRICES, 12, ("standard", "portfolio")).policies}

    found = only(list(find(small.grounds())))

    days = history.end - history.first
    assert float(found.monthly_saving_usd) == pytest.approx(
        (costs["standard"] - costs["portfolio"]) * 30 / days - 8 * float(TAG)
    )
    assert found.action is not None
    assert len(found.action.terms["videos"]) == 8


def test_nothing_is_saved_that_intelligent_tiering_saves_by_itself(small: Small):
    tier = {"storage_class": "INTELLIGENT_TIERING", "access_tier": "ARCHIVE_INSTANT"}
    lists(small, 120, ("cold", 100), **tier)
    missed_daily(small, 120)

    assert list(find(small.grounds())) == []


def test_what_is_read_all_the_time_stays_where_it_is(small: Small):
    lists(small, 120, ("hot", 10), storage_class="INTELLIGENT_TIERING")
    missed_daily(small, 120, "hot", 10)

    assert remarks(list(find(small.grounds()))) == [
        "By 120 days of reads nothing costs less than INTELLIGENT_TIERING for what lies there."
    ]


@pytest.mark.parametrize(
    ("days", "now", "told"),
    [
        (10, "STANDARD", "There are 10 days of reads: too few to tell whether another class than STANDARD costs less."),
        (27, "INTELLIGENT_TIERING", "There are 27 days of reads, and 28 are needed: Intelligent-Tiering stands."),
    ],
)
def test_with_few_days_of_reads_nothing_is_said(small: Small, days: int, now: str, told: str):
    lists(small, days, ("cold", 100), ("tiny", 0.00001), storage_class=now)
    missed_daily(small, days)

    assert remarks(list(find(small.grounds()))) == [told]


def test_without_logs_that_is_said(small: Small):
    lists(small, 40, ("cold", 100))

    assert remarks(list(find(small.grounds())))[0].startswith("There is no log of the CDN.")


def test_what_has_no_size_is_not_priced(small: Small):
    lists(small, 40, ("cold", 0))
    missed_daily(small, 40)

    assert list(find(small.grounds())) == []


def test_a_region_whose_prices_are_not_known_is_said(small: Small):
    small.region = "eu-west-1"
    lists(small, 40, ("cold", 100))
    missed_daily(small, 40)

    assert "has no price for storage of" in remarks(list(find(small.grounds())))[0]
