"""Noncurrent versions: what they cost, once they have been so for a month."""

from decimal import Decimal
from typing import Any

from core.actions.action import Action, Kind
from core.recommendations.recommendation import LeftOut
from core.recommendations.rules.noncurrent import find
from tests.costs.measurements import Row
from tests.recommendations.small import Small, fee, line, listed, only, remarks


def version(video: str, gib: float, day: int = 31, month: int = 10, objects: int = 1, **columns: Any) -> Row:
    row = listed(video, gib, "1080p", kind="noncurrent", current=False, objects=objects, **columns)
    return row | {"day": f"2026-{month:02}-{day:02}"}


def test_versions_that_were_noncurrent_a_month_ago_cost_storage(small: Small):
    small.lists(
        version("a", 6, objects=3), version("a", 4, 30, 9, objects=2), version("b", 5),
        listed("a", 0, kind="delete marker", current=False, objects=7), listed("a", 100),
    )  # fmt: skip

    found = only(list(find(small.grounds())))

    assert found.monthly_saving_usd == Decimal("0.092")  # 4 GiB at 0.023: 2 GiB are younger, and so is all of b
    assert (found.evidence.objects, found.evidence.left_out) == (
        2, (LeftOut(2, "They may have become noncurrent in the last 30 days."),),
    )  # fmt: skip
    assert line(found.evidence, "Delete markers") == 7
    assert found.one_off_usd == Decimal("0.00001")  # a look at each of two
    assert found.action == Action(Kind.DELETE_NONCURRENT_VERSIONS, "s3", {"older_than_days": 30, "prefix": ""})
    assert "cannot come back" in found.catch


def test_leaving_a_class_early_is_paid_for(small: Small):
    small.lists(*(version("a", 10, day, month, storage_class="GLACIER_IR") for day, month in ((31, 10), (1, 10))))

    found = only(list(find(small.grounds())))

    assert fee(found.evidence, "Storage in GLACIER_IR").now_usd == Decimal("0.04")
    assert found.one_off_usd == Decimal("0.000005")
    # at most 60 of 90 days are left
    assert round(found.one_off_more_usd, 15) == round(Decimal("0.04") * 60 * 12 / 365, 15)


def test_without_an_inventory_of_a_month_ago_nothing_is_said(small: Small):
    small.lists(version("a", 6), version("a", 6, 21))

    assert remarks(list(find(small.grounds()))) == [
        "Its inventories reach back 10 days: nobody knows which versions are 30 days old."
    ]


def test_a_bucket_without_old_versions_has_nothing_to_say(small: Small):
    small.lists(listed("a", 100), listed("a", 100, day=1))

    assert list(find(small.grounds())) == []


def test_without_an_inventory_that_is_said(small: Small):
    assert remarks(list(find(small.grounds())))[0].startswith("There is no inventory of S3")
