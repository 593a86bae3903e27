"""Of two rules about the same objects one sentence says which one S3 does; those that do no harm are named together."""

from typing import Any

import pytest

from core.actions.kinds.rule_conflicts import conflicts
from core.storage.lifecycle import LifecycleRule, Transition


def rule(id: str, *moves: tuple[int, str], **parts: Any) -> LifecycleRule:
    return LifecycleRule(id, transitions=tuple(Transition(*each) for each in moves), **parts)


def told(wanted: LifecycleRule, *there: LifecycleRule) -> list[str]:
    return list(conflicts(there, {wanted.id: wanted}))


CHEAPER = "Of two rules S3 does what is cheaper for storage, and removal comes first."
REMOVAL = "In S3 removal comes before a move, and of two removals the earlier one."
BOTH = "ours and theirs are about some of the same objects: "


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (
            rule("ours", (0, "DEEP_ARCHIVE")), rule("theirs", (60, "GLACIER_IR")),
            f"{BOTH}ours wins (to Glacier Deep Archive at once), and what theirs says does not happen to them "
            f"(to Glacier Instant Retrieval after 60 days). {CHEAPER}",
        ),
        (
            rule("ours", (30, "STANDARD_IA")), rule("theirs", (30, "GLACIER_IR")),
            f"{BOTH}theirs wins (to Glacier Instant Retrieval after 30 days), and what ours says does not happen to "
            f"them (to Standard-IA after 30 days). {CHEAPER}",
        ),
        (
            rule("ours", (30, "GLACIER_IR")), rule("theirs", (30, "INTELLIGENT_TIERING")),
            f"{BOTH}theirs wins (to Intelligent-Tiering after 30 days), and what ours says does not happen to them "
            f"(to Glacier Instant Retrieval after 30 days). {CHEAPER}",
        ),
        (
            rule("ours", (90, "GLACIER_IR"), expire_after_days=400), rule("theirs", expire_after_days=30),
            f"{BOTH}theirs wins (removed after 30 days), and what ours says does not happen to them (to Glacier "
            f"Instant Retrieval after 90 days, removed after 400 days). {REMOVAL}",
        ),
        (
            rule("ours", (30, "GLACIER_IR")), rule("theirs", expire_after_days=30),
            f"{BOTH}theirs wins (removed after 30 days), and what ours says does not happen to them (to Glacier "
            f"Instant Retrieval after 30 days). {REMOVAL}",
        ),
    ],
    ids=["a colder class first", "two classes on a day", "tiering", "removal before", "removal on that day"],
)  # fmt: skip
def test_one_sentence_says_which_wins_whichever_is_asked_for(ours: LifecycleRule, theirs: LifecycleRule, said: str):
    assert told(ours, theirs) == [said]
    swapped = said.replace(BOTH, "theirs and ours are about some of the same objects: ")
    assert told(theirs, ours) == [swapped]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (rule("ours", (30, "STANDARD_IA")), rule("theirs", (90, "GLACIER_IR"))),
        (rule("ours", (30, "GLACIER_IR")), rule("theirs", expire_after_days=365)),
        (rule("ours", (30, "GLACIER_IR")), rule("theirs", (30, "GLACIER_IR"))),
        (rule("ours", (0, "GLACIER_IR")), rule("theirs", (60, "GLACIER_IR"))),
    ],
    ids=["one after the other", "moved and removed later", "the same", "the same sooner"],
)
def test_rules_that_each_do_their_part_are_no_conflict(ours: LifecycleRule, theirs: LifecycleRule):
    assert told(ours, theirs) == [
        "ours is about some of the same objects as theirs; each does its part, and none keeps another from it."
    ]


def test_many_of_those_are_one_sentence():
    others = [rule(f"r{number}", expire_after_days=400 + number) for number in range(6)]
    assert told(rule("ours", (30, "GLACIER_IR")), *others) == [
        "ours is about some of the same objects as r0, r1, r2 and 3 other rules; each does its part, and none keeps "
        "another from it."
    ]


@pytest.mark.parametrize(
    "theirs",
    [
        rule("theirs", (0, "GLACIER"), prefix="logs/"),
        rule("theirs", (0, "GLACIER"), tags={"kind": "rendition"}),
        rule("theirs", (0, "GLACIER"), smaller_than_bytes=1_001),
        rule("theirs", (0, "GLACIER"), enabled=False),
        rule("theirs", expire_noncurrent_after_days=1),
    ],
    ids=["elsewhere", "other tags", "smaller", "off", "old versions"],
)
def test_rules_about_other_objects_are_not_named(theirs: LifecycleRule):
    ours = rule("ours", (0, "GLACIER_IR"), prefix="videos/", tags={"kind": "original"}, larger_than_bytes=1_000)
    assert told(ours, theirs) == []
