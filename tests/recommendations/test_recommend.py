"""Recommend: all rules, ranked, and no saving counted twice."""

from collections.abc import Iterable
from decimal import Decimal

import pytest

from core.actions.action import Action, Kind
from core.recommendations.recommend import RULES, counted, recommend
from core.recommendations.recommendation import (
    Confidence,
    Evidence,
    Fee,
    LeftOut,
    Line,
    Recommendation,
    Remark,
    Said,
    Unit,
)
from core.recommendations.sketch import likeness, sketch_of
from core.recommendations.told import recommendation_of, text_of
from tests.recommendations.small import Small


def saving(about: str, portions: dict[str, str], catch: str = "") -> Recommendation:
    usd = sum(map(Decimal, portions.values()), Decimal(0))
    evidence = Evidence(1, 10, (Fee("Storage", usd, Decimal(0)),), Confidence.HIGH, "It was counted.")
    kept = tuple((name, Decimal(text)) for name, text in portions.items())
    return Recommendation("rule", "s3", about, about, "", Decimal(0), evidence, None, "", catch, kept)


def test_most_money_comes_first(small: Small):
    small_one, large = saving("small", {"a": "1"}), saving("large", {"b": "2"})

    found = recommend(small.grounds(), {"one": lambda _: [small_one, large, saving("none", {"c": "0"})]})

    assert [each.title for each in found.recommendations] == ["large", "small"]


def test_a_rule_that_fails_does_not_hide_the_others(small: Small):
    def fails(_: object) -> Iterable[Said]:
        yield saving("lost", {"a": "5"})
        raise ZeroDivisionError

    found = recommend(small.grounds(), {"wrong": fails, "right": lambda _: [saving("kept", {"b": "1"})]})

    assert [each.title for each in found.recommendations] == ["kept"]
    assert found.remarks == (Remark("wrong", "It failed, and what went wrong is in the log of the worker."),)


def test_a_portion_of_the_bill_is_saved_once_by_what_saves_most():
    large, less = saving("large", {"a": "5", "b": "1"}), saving("less", {"b": "2", "c": "1"})

    first, second = counted([large, less])

    assert (first.usd, first.within) == (6, ())
    assert (second.usd, second.within) == (1, (large.id,))


def test_what_has_a_catch_gives_way_to_what_has_none():
    deep, instant = saving("deep", {"a": "5"}, catch="It waits."), saving("instant", {"a": "4"})

    first, second = counted([deep, instant])

    assert (first.usd, first.within) == (0, (instant.id,))
    assert (second.usd, second.within) == (4, ())


def test_an_id_stays_while_figures_change():
    now, later = saving("originals", {"a": "5"}), saving("originals", {"a": "7"})

    assert now.id == later.id
    assert now.id != saving("renditions", {"a": "5"}).id


def test_it_is_the_same_after_it_was_kept():
    evidence = Evidence(
        1, 10, (Fee("Storage", Decimal("0.1"), Decimal(0)),), Confidence.LOW, "Because.", 31, 7,
        Line("Pays", None, Unit.MONTHS), Decimal("-1.5"), Decimal("0.05"), (LeftOut(3, "Small."),),
        (Line("Views", Decimal("0.004"), Unit.SHARE),),
    )  # fmt: skip
    action = Action(Kind.DROP_RENDITION, "s3", {"rung": "240p", "videos": ["a"]}, "240p")
    found = Recommendation(
        "rule", "s3", "about", "title", "words", Decimal("1.10"), evidence, action, "", "catch",
        (("a", Decimal("0.1")),), "abc",
    )  # fmt: skip

    assert recommendation_of(text_of(found)) == found


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("abcde", "abcde", 1), ("abcd", "abcde", 0.8), ("abc", "de", 0), ("", "", 1), ("", "a", 0)],
)
def test_small_sets_are_told_apart_exactly(one: str, other: str, same: float):
    assert likeness(sketch_of(one), sketch_of(other)) == same


def test_large_sets_are_told_apart_nearly():
    names = [f"video-{n}" for n in range(10_000)]

    assert likeness(sketch_of(names), sketch_of(names[:9_500])) > 0.8
    assert likeness(sketch_of(names), sketch_of(names[:5_000])) < 0.7


def test_with_nothing_at_all_each_rule_says_why(small: Small):
    found = recommend(small.grounds())

    assert found.recommendations == ()
    assert {each.rule for each in found.remarks} <= set(RULES)
    assert "rendition class" in {each.rule for each in found.remarks}
