"""Policies that learn: fitted once for all who ask, tried with what was known, and never by what comes."""

import numpy as np
import pytest

from core.recommendations.policies.age_rule import AgeRule
from core.recommendations.policies.deciders import STANDARD_ONLY, TIERED, ByAge
from core.recommendations.policies.fits import Fits
from core.recommendations.policies.habits import Habits, habits_of
from core.recommendations.policies.places import ENTERED, STAY
from core.recommendations.policies.portfolio import Portfolio
from core.recommendations.policies.trials import LONGEST_WEEKS, Trials
from core.recommendations.policies.walk import Week, walk
from core.recommendations.simulator.arrays import floats, ints
from core.recommendations.simulator.catalogue import Catalogue, added_up
from core.recommendations.simulator.classes import INSTANT, TIERING
from core.recommendations.simulator.window import Window
from tests.recommendations.built import PRICES

GIB, FIRST, WEEKS, CHANGE = 2**30, 20_454, 80, 60


def watched(rates: np.ndarray) -> tuple[Catalogue, Habits, Window]:
    """200 old objects of a GiB, each read in whole at a rate by day; the last 28 weeks are decided on."""
    fetched = np.random.default_rng(1).poisson(np.broadcast_to(rates, (200, 7 * WEEKS)))
    place, day = np.nonzero(fetched)
    count = fetched[place, day].astype(float)
    reads = added_up(ints(place), ints(day) + FIRST, count, count * GIB)
    catalogue = Catalogue(np.arange(200), np.full(200, GIB), np.full(200, FIRST - 500), reads)
    window = Window(FIRST + 7 * (WEEKS - 28), FIRST + 7 * WEEKS)
    return catalogue, habits_of(catalogue, FIRST, window.first, window.end), window


COLD, HOT = np.full(7 * WEEKS, 0.001), np.full(7 * WEEKS, 0.3)
WARMING = np.where(np.arange(7 * WEEKS) < 7 * CHANGE, COLD, HOT)


def followed(rates: np.ndarray) -> tuple[Portfolio, np.ndarray]:
    """A portfolio after all weeks, and the class that each object ends in."""
    catalogue, habits, window = watched(rates)
    portfolio = Portfolio(catalogue, habits, Fits(catalogue, habits, PRICES), FIRST)
    stays = walk(catalogue, habits, window, portfolio, PRICES)
    return portfolio, stays.storage_class[stays.end == window.end]


def test_what_is_hardly_read_ends_in_glacier_ir():
    portfolio, classes = followed(COLD)

    assert "intelligent-tiering" not in {name for _, name in portfolio.chosen}
    assert (classes == INSTANT).mean() > 0.95


def test_what_is_read_each_few_days_stays_in_intelligent_tiering():
    portfolio, classes = followed(HOT)

    assert {name for _, name in portfolio.chosen} <= {"intelligent-tiering", "standard"}
    assert (classes != INSTANT).all()


def test_a_catalogue_that_becomes_hot_is_brought_back():
    portfolio, classes = followed(WARMING)

    assert portfolio.chosen[0][1] in ("age", "learned")
    assert portfolio.chosen[-1][1] == "intelligent-tiering"
    assert (classes == INSTANT).mean() < 0.05


def test_a_fit_is_made_once():
    catalogue, habits, _ = watched(COLD)
    fits = Fits(catalogue, habits, PRICES)

    assert fits.before(40) is fits.before(40)
    assert fits.before(40, 30) is not fits.before(40)
    assert fits.before(40, -3) is fits.before(40)


def test_a_trial_is_the_cost_of_the_latest_weeks_from_standard_on():
    """Unread, a GiB in Standard costs 0.023 a month; in Intelligent-Tiering less and less."""
    catalogue, habits, _ = watched(np.zeros(7 * WEEKS) + (np.arange(7 * WEEKS) == 0))
    trials = Trials(catalogue, habits, PRICES, {"standard": STANDARD_ONLY, "tiered": TIERED})

    soon, later = trials.usd(60, 0), trials.usd(60 + LONGEST_WEEKS - 10, 0)

    months = 12 * 7 * LONGEST_WEEKS / 365
    assert soon["standard"] == pytest.approx(200 * 0.023 * months, rel=0.02)
    assert later["standard"] == pytest.approx(soon["standard"], rel=0.02)
    assert later["tiered"] < soon["tiered"] < soon["standard"]


def test_what_nobody_may_know_yet_changes_no_trial():
    catalogue, habits, window = watched(WARMING)
    early = catalogue.reads.where(catalogue.reads.day < FIRST + 7 * CHANGE)
    known = Catalogue(catalogue.group, catalogue.size, catalogue.created, early)
    told = []
    for each in (catalogue, known):
        habits = habits_of(each, FIRST, window.first, window.end)
        portfolio = Portfolio(each, habits, Fits(each, habits, PRICES), FIRST)
        walk(each, habits, window, portfolio, PRICES)
        told.append([name for day, name in portfolio.chosen if day <= FIRST + 7 * CHANGE])

    assert told[0] == told[1]


def chosen_from_the_first_day(rates: np.ndarray) -> list[tuple[int, str]]:
    """By the days since the first read, where nothing is known before the window."""
    catalogue, _, window = watched(rates)
    whole = Window(FIRST, window.end)
    habits = habits_of(catalogue, FIRST, whole.first, whole.end)
    portfolio = Portfolio(catalogue, habits, Fits(catalogue, habits, PRICES), FIRST)
    walk(catalogue, habits, whole, portfolio, PRICES)
    return [(day - FIRST, name) for day, name in portfolio.chosen]


def test_a_model_that_says_that_it_halves_the_bill_is_followed_after_four_weeks():
    assert chosen_from_the_first_day(COLD)[:3] == [(0, "intelligent-tiering"), (28, "learned"), (56, "learned")]


def test_one_that_says_nothing_of_the_kind_is_tried_first():
    assert {name for _, name in chosen_from_the_first_day(HOT)[:4]} == {"intelligent-tiering"}


def test_an_age_rule_leaves_what_was_brought_back():
    catalogue = Catalogue(
        ints([0, 1]), ints([GIB, GIB]), ints([0, 0]), added_up(ints([]), ints([]), floats([]), floats([]))
    )
    places = ints([ENTERED[TIERING], ENTERED[TIERING]])
    week = Week(60, 420, ints([0, 1]), places, np.array([True, False]))

    assert ByAge(AgeRule(((90, INSTANT),)), catalogue).targets(week).tolist() == [STAY, INSTANT]
