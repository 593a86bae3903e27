"""What S3 would refuse of a rule is said before S3 is asked."""

from dataclasses import replace

import pytest

from core.errors import RulesRefused
from core.storage.lifecycle import LifecycleRule, NoncurrentTransition, Transition
from core.storage.lifecycle_check import check

EMPTY = LifecycleRule("r")


def moving(*steps: tuple[int, str], expire: int | None = None) -> LifecycleRule:
    return replace(EMPTY, transitions=tuple(Transition(*each) for each in steps), expire_after_days=expire)


@pytest.mark.parametrize(
    "rule",
    [
        moving((30, "STANDARD_IA"), (60, "GLACIER_IR"), (61, "DEEP_ARCHIVE"), expire=62),
        moving((0, "GLACIER_IR")),
        moving((0, "INTELLIGENT_TIERING"), (1, "GLACIER")),
        replace(EMPTY, abort_unfinished_after_days=1),
        replace(EMPTY, expire_noncurrent_after_days=1, keep_newest_noncurrent=100),
        replace(EMPTY, noncurrent_transitions=(NoncurrentTransition(0, "GLACIER", 1),)),
        replace(EMPTY, expire_after_days=1, larger_than_bytes=1, smaller_than_bytes=3, tags={"a": "b"}),
    ],
)
def test_what_s3_takes_passes(rule: LifecycleRule):
    check(rule)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (EMPTY, "does nothing"),
        (replace(EMPTY, id="x" * 256, expire_after_days=1), "has 256 characters"),
        (moving((29, "STANDARD_IA")), "nothing to STANDARD_IA before 30 days"),
        (moving((30, "STANDARD_IA"), (59, "GLACIER_IR")), "GLACIER_IR comes too soon after STANDARD_IA"),
        (moving((30, "GLACIER"), (60, "GLACIER_IR")), "nothing from GLACIER to GLACIER_IR"),
        (moving((30, "GLACIER_IR"), (30, "GLACIER")), "GLACIER comes too soon"),
        (moving((90, "GLACIER"), expire=90), "removed before they move"),
        (moving((-1, "GLACIER")), "too small"),
        (replace(EMPTY, expire_after_days=0), "too small"),
        (replace(EMPTY, expire_after_days=1, larger_than_bytes=5, smaller_than_bytes=6), "no object is as large"),
        (replace(EMPTY, expire_noncurrent_after_days=1, keep_newest_noncurrent=101), "keeps too many"),
        (replace(EMPTY, expire_after_days=1, keep_newest_noncurrent=3), "removes none"),
        (replace(EMPTY, noncurrent_transitions=(NoncurrentTransition(29, "STANDARD_IA"),)), "before 30 days"),
        (
            replace(
                EMPTY, noncurrent_transitions=(NoncurrentTransition(30, "GLACIER"),), expire_noncurrent_after_days=30
            ),
            "noncurrent versions would be removed before they move",
        ),
        (replace(EMPTY, abort_unfinished_after_days=1, tags={"a": "b"}), "unfinished uploads have no tags"),
    ],
)
def test_what_s3_refuses_is_said_in_a_sentence(rule: LifecycleRule, said: str):
    with pytest.raises(RulesRefused, match=said):
        check(rule)
