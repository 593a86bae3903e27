"""What a rule would have done to the bill of the days that were measured, by hand."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from core.billing.prices import load_prices
from core.lifecycle.catalogued import Catalogued
from core.lifecycle.what_if import Supposed, suppose
from core.recommendations.simulator.arrays import floats, ints
from core.recommendations.simulator.catalogue import Catalogue, added_up
from core.recommendations.simulator.classes import NUMBER
from core.recommendations.simulator.prices import s3_prices
from core.recommendations.simulator.window import Window, number_of
from core.storage.lifecycle import LifecycleRule, Transition
from core.storage.provider import StorageClass
from core.units import GIB, KIB

PRICES = s3_prices(load_prices(), "us-east-1")
#: June has 30 days; a month of a year is 365 / 12 of them.
FIRST = number_of(date(2026, 6, 1))
JUNE = Window(FIRST, FIRST + 30)
MONTH = Decimal(365) / 12 / 30
STANDARD, GIR, ARCHIVE = Decimal("0.023"), Decimal("0.004"), Decimal("0.00099")


def held(*objects: tuple[str, int, int, StorageClass], reads: tuple[tuple[int, int, float, float], ...] = ()):
    """Objects: key, bytes, age on the first day, class; each is a video. Reads: object, day of June, gets, bytes."""
    columns = np.array(reads, dtype=float).reshape(-1, 4).T
    read = added_up(ints(columns[0]), ints(columns[1]) + FIRST - 1, floats(columns[2]), floats(columns[3]))
    catalogue = Catalogue(
        ints(range(len(objects))),
        ints([size for _, size, _, _ in objects]),
        ints([FIRST - age for _, _, age, _ in objects]),
        read,
    )
    classes = ints([NUMBER[each[3]] for each in objects])
    return Catalogued("s3", "us-east-1", tuple(each[0] for each in objects), classes, catalogue, JUNE, bool(reads))


def moving(days: int, storage_class: StorageClass) -> LifecycleRule:
    return LifecycleRule("phyght-x", transitions=(Transition(days, str(storage_class)),))


def part(found: Supposed, name: str) -> tuple[float, float]:
    [each] = [each for each in found.parts if each.name == name]
    return float(each.now_usd), float(each.then_usd)


def near(usd: Decimal | float) -> object:
    return pytest.approx(float(usd), abs=2e-6)


def test_what_is_due_already_moves_at_once_and_that_is_paid_once():
    found = suppose(held(("a", 10 * GIB, 100, StorageClass.STANDARD)), moving(60, StorageClass.GLACIER_IR), PRICES)
    assert part(found, "Storage") == (near(10 * STANDARD * MONTH), near(10 * GIR * MONTH))
    assert found.one_off_usd == Decimal("0.00002")
    assert part(found, "Moves") == (0, 0)
    assert (found.objects, found.moved, found.days) == (1, 1, 30)
    assert float(found.saving_usd) == near(10 * (STANDARD - GIR) * MONTH)


def test_what_comes_due_in_these_days_moves_then_month_for_month():
    found = suppose(held(("a", 10 * GIB, 45, StorageClass.STANDARD)), moving(60, StorageClass.GLACIER_IR), PRICES)
    half = 10 * (STANDARD + GIR) / 2 * MONTH
    assert part(found, "Storage") == (near(10 * STANDARD * MONTH), near(half))
    assert found.one_off_usd == 0
    assert part(found, "Moves") == (0, near(Decimal("0.00002") * MONTH))


def test_reads_pay_for_their_retrieval():
    objects = held(("a", GIB, 100, StorageClass.STANDARD), reads=((0, 10, 1000.0, 5.0 * GIB),))
    found = suppose(objects, moving(60, StorageClass.GLACIER_IR), PRICES)
    assert part(found, "Retrieval") == (0, near(5 * Decimal("0.03") * MONTH))
    assert part(found, "Requests") == (near(Decimal("0.0004") * MONTH), near(Decimal("0.01") * MONTH))
    assert found.saving_usd < 0
    assert found.remarks == ("Reads are those of 30 days that were measured.",)


def test_who_would_have_waited_is_counted():
    objects = held(
        ("a", GIB, 100, StorageClass.STANDARD), ("b", GIB, 100, StorageClass.STANDARD), reads=((0, 10, 1.0, 1.0),)
    )
    assert suppose(objects, moving(60, StorageClass.DEEP_ARCHIVE), PRICES).delayed_videos == 1
    assert suppose(objects, moving(60, StorageClass.GLACIER_IR), PRICES).delayed_videos == 0


def test_what_lies_lower_already_stays_there_and_small_objects_do_too():
    objects = held(("a", GIB, 100, StorageClass.DEEP_ARCHIVE), ("b", 127 * KIB, 100, StorageClass.STANDARD))
    found = suppose(objects, moving(60, StorageClass.GLACIER_IR), PRICES)
    assert (found.moved, found.saving_usd, found.one_off_usd) == (0, 0, 0)


def test_what_is_removed_costs_nothing_from_that_day_on():
    rule = LifecycleRule("phyght-x", "old/", expire_after_days=100)
    objects = held(("old/a", GIB, 90, StorageClass.STANDARD), ("new/a", GIB, 90, StorageClass.STANDARD))
    found = suppose(objects, rule, PRICES)
    assert (found.objects, found.ended) == (1, 1)
    assert part(found, "Storage") == (near(STANDARD * MONTH), near(STANDARD / 3 * MONTH)), "only of what it is about"


def test_what_is_removed_before_its_least_days_are_over_is_billed_for_the_rest():
    rule = LifecycleRule("phyght-x", expire_after_days=30)
    found = suppose(held(("a", GIB, 20, StorageClass.GLACIER_IR)), rule, PRICES)
    owed = GIR * 60 / 30  # 30 of 90 days are over; June has 30 days
    assert part(found, "Early deletion") == (0, near(owed * MONTH))


def test_steps_follow_one_another_and_none_after_the_end():
    rule = LifecycleRule(
        "phyght-x",
        transitions=(Transition(60, "GLACIER_IR"), Transition(75, "DEEP_ARCHIVE"), Transition(95, "DEEP_ARCHIVE")),
        expire_after_days=80,
    )
    found = suppose(held(("a", 100 * GIB, 50, StorageClass.STANDARD)), rule, PRICES)
    overhead = 100 * ARCHIVE * 5 / 30
    assert part(found, "Storage")[1] == pytest.approx(
        float((100 * (STANDARD * 10 + GIR * 15) / 30 + overhead) * MONTH), rel=1e-5
    )
    assert found.ended == 0, "on the last day it is 79 days old"


def test_a_rule_of_versions_and_uploads_changes_nothing_here_and_says_so():
    rule = LifecycleRule("phyght-x", abort_unfinished_after_days=7, tags={"a": "b"})
    found = suppose(held(("a", GIB, 90, StorageClass.STANDARD)), rule, PRICES)
    assert found.saving_usd == 0
    assert [each.split(",")[0].split(":")[0] for each in found.remarks] == [
        "There is no log of the CDN",
        "The catalogue does not know tags",
        "Noncurrent versions and unfinished uploads are not in the catalogue",
    ]
