"""Originals: into a class that costs less, by how often they are read."""

from decimal import Decimal

import pytest

from core.actions.action import Action, Kind
from core.recommendations.recommendation import Confidence, LeftOut, Recommendation
from core.recommendations.rules import originals
from core.recommendations.rules.originals import find
from tests.costs.measurements import accessed, measure
from tests.recommendations.small import GIB, Small, asked, fee, line, listed, only, remarks

APART = Decimal("1e-9")
#: USD a month for the tag of one object, by which a rule knows it.
TAG = Decimal("0.0065") / 10_000


def near(value: str) -> object:
    return pytest.approx(Decimal(value), abs=APART)


def test_what_nobody_reads_costs_less_in_glacier_instant_retrieval(small: Small):
    small.holds(listed("a", 60), listed("b", 40))
    small.logs()

    found = only(list(find(small.grounds())))

    assert found.monthly_saving_usd == near("1.8999987")  # 100 GiB at 0.023 instead of 0.004, and two tags
    assert found.one_off_usd == near("0.00004")  # two transitions at 0.02 a thousand
    assert fee(found.evidence, "Storage").now_usd == near("2.3")
    assert fee(found.evidence, "Storage").then_usd == near("0.4")
    assert (found.evidence.objects, found.evidence.size_bytes) == (2, 100 * GIB)
    assert (found.evidence.days, found.evidence.reads) == (31, 0)
    assert found.action == Action(
        Kind.CHANGE_STORAGE_CLASS, "s3",
        {"storage_class": "GLACIER_IR", "kind": "original", "videos": ["a", "b"],
         "in_classes": ["STANDARD"], "at_least_bytes": 128 * 1024},
        "originals GLACIER_IR",
    )  # fmt: skip
    assert found.catch == ""


def test_reads_past_the_cdn_and_through_it_are_charged(small: Small):
    small.holds(listed("a", 100))
    small.logs(asked("a", 5, "original", 31, gib=3.1))
    days = [accessed("a", 0, day, bucket="local", rung="original", via_cdn=False) for day in range(1, 31)]
    read = accessed("a", 6 * GIB, 9, bucket="local", rung="original", via_cdn=False, requests=60)
    measure(small.store, "origin_requests", [*days, read])

    found = only(list(find(small.grounds())))

    # a month: 30 GETs and 3 GiB by the CDN, 30 + 60 GETs and 6 GiB past it
    assert fee(found.evidence, "Requests").now_usd == near("0.000048")
    assert fee(found.evidence, "Requests").then_usd == near("0.0012")
    assert fee(found.evidence, "Retrieval and restores").then_usd == near("0.27")
    assert found.monthly_saving_usd == near(str(Decimal("1.628848") - TAG))
    assert found.evidence.if_doubled_usd == near(str(Decimal("1.357696") - TAG))
    assert found.evidence.worst_month_usd == near(str(Decimal("1.6258384") - TAG))  # 31 GETs and 3.1 GiB in its 30 days
    assert found.evidence.confidence is Confidence.HIGH


def test_it_pays_until_so_much_is_read(small: Small):
    small.holds(listed("a", 100))
    small.logs()

    found = only(list(find(small.grounds())))

    # 0.019 a GiB and month saved, 0.03 for each GiB read and 0.0000096 more for its GET
    assert line(found.evidence, "Pays until each is read as a whole") == near(
        str((Decimal("1.9") - TAG) / Decimal("3.0000096"))
    )


def test_what_is_read_so_much_that_it_would_cost_more_stays(small: Small):
    small.holds(listed("a", 100), listed("b", 10))
    small.logs(asked("b", 5, "original", 10, gib=100))

    found = only(list(find(small.grounds())))

    assert found.action is not None
    assert found.action.terms["videos"] == ["a"]
    assert found.evidence.left_out == (LeftOut(1, originals._DEAR),)


def test_deep_archive_is_an_offer_that_names_its_wait(small: Small):
    small.holds(listed("a", 100), listed("a", 1, "1080p"))
    small.logs()

    instant, deep = (each for each in find(small.grounds()) if isinstance(each, Recommendation))

    assert instant.catch == ""
    assert "12 hours" in deep.catch
    # 100 GiB and 32 KiB at 0.00099, its name of 8 KiB at 0.023
    then = Decimal("0.099") + 32 * 1024 * Decimal("0.00099") / GIB + 8 * 1024 * Decimal("0.023") / GIB
    assert deep.monthly_saving_usd == near(str(Decimal("2.3") - then - TAG))
    assert deep.one_off_usd == near("0.00005")


def test_an_original_that_viewers_get_is_never_archived(small: Small):
    small.holds(*(listed(video, 100, rung) for video in "ab" for rung in ("original", "1080p")), listed("c", 100))
    small.logs(asked("b", 5, "original", 1, gib=0.1))

    deep = [each for each in find(small.grounds()) if isinstance(each, Recommendation)][1]

    assert deep.action is not None
    assert deep.action.terms["videos"] == ["a"]
    assert deep.evidence.left_out == (
        LeftOut(1, "Viewers get the original itself."),
        LeftOut(1, "Nothing was made of them yet that could be watched."),
    )


def test_leaving_a_class_early_is_paid_for(small: Small):
    small.holds(listed("a", 100, storage_class="GLACIER_IR"), listed("a", 1, "1080p"))
    small.logs()

    deep = only(list(find(small.grounds())))

    assert deep.one_off_usd == near("0.00005")  # the transition
    assert deep.one_off_more_usd == near(str(Decimal("0.4") * 90 * 12 / 365))  # 90 days of 100 GiB at 0.004


def test_what_is_small_or_without_a_size_is_left_out(small: Small):
    small.holds(listed("a", 100), listed("b", 0.0001), listed("c", 0))
    small.logs()

    found = only(list(find(small.grounds())))

    assert found.evidence.left_out == (
        LeftOut(1, "The inventory tells no size of them."),
        LeftOut(1, "They are under 128 KB: they would be billed as more than they are."),
    )


def test_without_an_inventory_nothing_is_said(small: Small):
    small.logs()

    assert remarks(list(find(small.grounds()))) == [
        "There is no inventory of S3: nobody knows what lies in which class."
    ]


@pytest.mark.parametrize(("days", "told"), [(0, "has 0 days"), (10, "has 10 days")])
def test_with_few_days_of_logs_nothing_is_said(small: Small, days: int, told: str):
    small.holds(listed("a", 100))
    if days:
        small.logs(days=range(22, 32))

    (said,) = find(small.grounds())

    assert told in remarks([said])[0]
    assert "28 days are needed" in remarks([said])[0]


def test_a_price_that_is_missing_is_said(small: Small):
    small.region = "eu-west-1"
    small.holds(listed("a", 100))
    small.logs()

    (said,) = find(small.grounds())

    assert remarks([said])[0].startswith("The price catalogue of 2026-11-22 has no price for GET requests of STANDARD")


def test_a_bucket_whose_region_nobody_tells_is_said(small: Small):
    small.lists(listed("a", 100, bucket="elsewhere"))
    small.logs()

    (said,) = find(small.grounds())

    assert remarks([said])[0].startswith(
        "Neither a provider nor a bill tells in which region the bucket elsewhere lies."
    )
