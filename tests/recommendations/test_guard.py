"""Guard: what lies where reads cost extra comes back once its reads have cost a few times what that costs."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.recommendations.policies.deciders import Kept
from core.recommendations.policies.guard import Guard, Outlook
from core.recommendations.policies.habits import habits_of
from core.recommendations.policies.walk import walk
from core.recommendations.simulator.arrays import ints
from core.recommendations.simulator.classes import INFREQUENT, INSTANT, TIERING
from core.recommendations.simulator.metering import meter
from core.recommendations.simulator.schedule import Entry, Schedule
from core.recommendations.simulator.window import Window, number_of
from core.storage.waterfall import WATERFALL
from tests.recommendations.built import PRICES, catalogue_of, window_of
from tests.recommendations.reference import GET, GIB, KIB, LEAST_DAYS, PUT, RETRIEVAL, STORAGE, TRANSITION, Thing, bill

FIRST = date(2026, 1, 15)
DAY = number_of(FIRST)


def a_gib(*days: int, created: int = -500) -> Thing:
    """Read once, in whole, on each of some days."""
    reads = {FIRST + timedelta(day): (1, GIB) for day in days}
    return Thing(GIB, [(FIRST + timedelta(created), "STANDARD", "put")], date(2099, 1, 1), reads)


def brought_back(thing: Thing, came: int = -200, outlook: Outlook | None = None) -> int | None:
    """The day on which it comes back out of Glacier IR, where it came on a day."""
    guard = Guard(catalogue_of([thing]), PRICES)
    guard.moved(ints([0]), ints([INSTANT]), DAY + came)
    guard.begin(ints([0]), outlook or Outlook())
    return next((day for day in range(120) if len(guard.due(DAY + day))), None)


def test_three_reads_are_borne_and_a_fourth_one_brings_it_back_the_day_after():
    """Back costs 0.030005, three times that 0.090015. A read costs 0.03 and 0.0000096, a day of storage 0.000625 less
    than in Intelligent-Tiering: after three days of reads 0.0888 are owed, after four 0.1182."""
    assert brought_back(a_gib(10, 11, 12)) is None
    assert brought_back(a_gib(10, 11, 12, 13, 14)) == 14


def test_what_is_left_of_its_least_days_makes_it_dearer_to_leave():
    """On the 14th day 76 of 90 are left: 3 x (0.030005 + 76 x 0.0001315) = 0.1200; after four reads 0.1182 are owed."""
    assert brought_back(a_gib(10, 11, 12, 13), came=0) is None
    assert brought_back(a_gib(10, 11, 12, 13, 14), came=0) == 15


def test_reads_that_are_so_far_apart_that_storage_saves_more_never_do():
    """In 95 days without a read storage costs 0.0355 less, a read 0.03."""
    every = range(-300, 120, 95)

    assert brought_back(a_gib(*every, created=-500), came=-400) is None


def test_while_all_are_read_far_more_than_expected_the_first_read_does():
    assert brought_back(a_gib(10), outlook=Outlook(None, is_warm=True)) == 11


def test_that_all_are_read_far_more_is_seen_the_day_after():
    """Of 20 GiB a tenth was expected in the week; all are read on its third day."""
    things = [a_gib(2) for _ in range(20)]
    guard = Guard(catalogue_of(things), PRICES)
    objects = np.arange(20)
    guard.moved(objects, np.full(20, INSTANT), DAY - 200)
    guard.begin(objects, Outlook(np.full(20, 0.1 * GIB)))

    assert [len(guard.due(DAY + day)) for day in range(1, 6)] == [0, 0, 20, 0, 0]


def test_what_has_come_back_is_known_and_what_moves_on_there_is_not():
    guard = Guard(catalogue_of([a_gib(), a_gib(), a_gib()]), PRICES)
    guard.moved(ints([0, 1]), ints([INSTANT, INFREQUENT]), DAY)
    guard.moved(ints([0, 1, 2]), ints([TIERING, INSTANT, TIERING]), DAY + 40)

    assert guard.back.tolist() == [True, False, False]


# whatever comes


@st.composite
def things(draw: st.DrawFn) -> Thing:
    created = draw(st.integers(-300, 100))
    size = draw(st.sampled_from([1, 128 * KIB, 3 * 2**20, GIB, 7 * GIB]))
    read = st.tuples(
        st.sampled_from([1, 40, 5_000]), st.sampled_from([0.0, 0.2, 1.0, 2.5]).map(lambda x: int(x * size))
    )
    days = draw(st.dictionaries(st.integers(max(0, created), 139), read, max_size=40))
    moves = [(FIRST + timedelta(created), "STANDARD", "put")]
    return Thing(size, moves, date(2099, 1, 1), {FIRST + timedelta(day): each for day, each in days.items()})


def kept_cold(objects: list[Thing], number: int, end: date) -> tuple[Schedule, Window]:
    """All of them are put into a class and left there, but for the guard."""
    window, catalogue = window_of(FIRST, end), catalogue_of(objects)
    habits = habits_of(catalogue, window.first, window.first, window.end)
    return walk(catalogue, habits, window, Kept(number), PRICES), window


def came_back(thing: Thing, here: str, since: date, end: date) -> date | None:
    """By going through its days, one after another."""
    owing, told = 0.0, since
    for day in (since + timedelta(n) for n in range(1, (end - since).days)):
        gets, read = thing.reads.get(day - timedelta(1), (0, 0))
        if not (gets or read):
            continue
        for n in range((day - told).days):
            tier = "FREQUENT" if n < 30 else "INFREQUENT" if n < 90 else "ARCHIVE_INSTANT"
            owing -= (STORAGE[tier] - STORAGE[here]) * thing.size / GIB * 12 / 365
        owing = max(owing, 0) + gets * (GET[here] - GET["INTELLIGENT_TIERING"]) / 1000 + read / GIB * RETRIEVAL[here]
        told = day
        left = max(0, LEAST_DAYS[here] - (day - since).days) * STORAGE[here] * 12 / 365
        asked, read_out = (TRANSITION, 0) if here == "STANDARD_IA" else (PUT, RETRIEVAL[here])
        if owing >= 3 * (asked["INTELLIGENT_TIERING"] / 1000 + thing.size / GIB * (read_out + left)):
            return day
    return None


@settings(max_examples=25)
@given(st.lists(things(), min_size=1, max_size=4), st.sampled_from([INFREQUENT, INSTANT]), st.sampled_from([20, 140]))
def test_each_comes_back_on_the_day_that_going_through_its_days_says(objects, number, days):
    end, here = FIRST + timedelta(days), str(WATERFALL[number])
    schedule, _ = kept_cold(objects, number, end)

    for place, thing in enumerate(objects):
        mine = schedule.where(schedule.object == place)
        there = mine.where(mine.storage_class == number)
        if thing.moves[0][0] >= end or not len(there):
            continue
        told = came_back(thing, here, FIRST + timedelta(int(there.start[0]) - DAY), end)
        back = mine.where(mine.storage_class == TIERING)
        assert [FIRST + timedelta(int(day) - DAY) for day in back.start] == ([told] if told else [])


@settings(max_examples=25)
@given(st.lists(things(), min_size=1, max_size=4), st.sampled_from([INFREQUENT, INSTANT]))
def test_what_is_brought_back_is_billed_as_the_reference_has_it(objects, number):
    end = FIRST + timedelta(140)
    schedule, window = kept_cold(objects, number, end)
    catalogue = catalogue_of(objects)
    for place, thing in enumerate(objects):
        mine = schedule.where(schedule.object == place)
        stays = zip(mine.start, mine.storage_class, mine.entry, strict=True)
        thing.moves[:] = [
            (FIRST + timedelta(int(day) - DAY), str(WATERFALL[to]), Entry(how).name.lower()) for day, to, how in stays
        ] or thing.moves

    billed = PRICES.daily_usd(meter(catalogue, schedule, window).meters)

    there = [thing for thing in objects if thing.moves[0][0] < end]
    plain = bill(there, FIRST, end)
    assert billed.sum() == pytest.approx(sum(plain.values()), rel=1e-9, abs=1e-12)
