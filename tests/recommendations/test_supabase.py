"""Supabase: what is billed there, beside what the same would cost at AWS; and its plan."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.recommendations.recommendation import Recommendation
from core.recommendations.rules.supabase import find
from tests.billing.builders import put
from tests.billing.conftest import bucket
from tests.recommendations.small import Small, fee, line, listed, only, remarks

__all__ = ["bucket"]
_HEADER = "date,organization,project,storage_bytes,egress_bytes,cached_egress_bytes"
GB, GIB = Decimal(10**9), Decimal(2**30)


def used(small: Small, bucket: Path, stored: int, sent: int, cached: int = 0, first: date = date(2026, 10, 1)) -> None:
    """GB that lay there on each day until the end of October, and GB that were sent in each month."""
    days = [first + timedelta(n) for n in range((date(2026, 11, 1) - first).days)]
    rows = [
        f"{day},org,live,{stored * 10**9},{sent * 10**9 if day.day == 1 else 0},{cached * 10**9 if day.day == 1 else 0}"
        for day in days
    ]
    put(bucket / "usage.csv", "\n".join([_HEADER, *rows, ""]))
    small.store.ingest(bucket, lambda: datetime(2026, 11, 1, 12, tzinfo=UTC))


def lies_there(small: Small, gb: int) -> None:
    small.lists(listed("a", 0, bytes=gb * 10**9, provider="Supabase", bucket="fights", objects=3))


def test_what_costs_more_there_than_at_aws_would_better_move(small: Small, bucket: Path):
    used(small, bucket, 1_100, 10_250)
    lies_there(small, 1_100)

    found = only(list(find(small.grounds())))

    # 1,000 GB beyond the plan's at 0.021 and 10,000 at 0.09; 1,100 at 0.023 and 10,250 at 0.085 for 2^30 bytes each
    sent, stored = 10_250 * GB / GIB * Decimal("0.085"), 1_100 * GB / GIB * Decimal("0.023")
    assert fee(found.evidence, "Storage").now_usd == pytest.approx(Decimal(21))
    assert fee(found.evidence, "Sent to viewers").now_usd == pytest.approx(Decimal(900))
    assert found.monthly_saving_usd == pytest.approx(Decimal(921) - sent - stored)
    assert found.one_off_usd == pytest.approx(1_100 * Decimal("0.09"))  # it is read out once
    assert found.action is None
    assert "Migration page" in found.by_hand


def test_what_caches_send_costs_less_there(small: Small, bucket: Path):
    used(small, bucket, 1_100, 0, 10_250)
    lies_there(small, 1_100)

    assert [each.rule for each in find(small.grounds())] == ["supabase plan"]


def test_only_what_is_still_there_can_be_saved(small: Small, bucket: Path):
    used(small, bucket, 1_100, 10_250)
    lies_there(small, 550)

    found = only(list(find(small.grounds())))

    assert fee(found.evidence, "Sent to viewers").now_usd == pytest.approx(Decimal(450))
    assert line(found.evidence, "Sent in the month") == pytest.approx(5_125 * GB)


def test_nothing_is_said_where_no_bill_has_supabase(small: Small):
    lies_there(small, 1_100)

    assert list(find(small.grounds())) == []


def test_a_region_without_a_price_is_said(small: Small, bucket: Path):
    used(small, bucket, 1_100, 10_250)
    lies_there(small, 1_100)

    assert remarks(list(find(small.grounds(aws_region="xx-north-9"))))[0] == (
        "The price catalogue has no price for storage in xx-north-9."
    )


def plans(small: Small) -> list[str]:
    found = [each for each in find(small.grounds()) if isinstance(each, Recommendation)]
    return [each.title for each in found if each.rule == "supabase plan"]


def test_three_months_that_fit_into_the_free_plan_need_no_other(small: Small, bucket: Path):
    used(small, bucket, 1, 5, 5, date(2026, 8, 1))

    found = only(list(find(small.grounds())))

    assert (found.title, found.monthly_saving_usd) == ("Go back to Supabase's free plan", 25)
    assert found.catch


@pytest.mark.parametrize(("stored", "sent", "cached"), [(2, 5, 5), (1, 6, 5), (1, 5, 6)])
def test_one_thing_that_does_not_fit_keeps_the_plan(small: Small, bucket: Path, stored: int, sent: int, cached: int):
    used(small, bucket, stored, sent, cached, date(2026, 8, 1))

    assert plans(small) == []


def test_two_months_are_too_few_to_tell(small: Small, bucket: Path):
    used(small, bucket, 1, 5, 5, date(2026, 9, 1))

    assert remarks(list(find(small.grounds()))) == ["There are 2 whole months of bills, and 3 are needed."]
