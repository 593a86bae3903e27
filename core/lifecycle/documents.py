"""Documents: rules as the JSON that S3's own tools read and write."""

import json
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import replace
from typing import Any

from core.actions.kinds.lifecycle_policy import OURS
from core.errors import ActionRefused
from core.storage.lifecycle import LifecycleRule
from core.storage.lifecycle_check import check
from core.storage.lifecycle_told import rule_of, told
from core.storage.s3_lifecycle import from_s3, to_s3

_ADVICE = "Give what `aws s3api get-bucket-lifecycle-configuration` prints: an object with Rules."


def exported(rules: Iterable[LifecycleRule]) -> str:
    """What `aws s3api put-bucket-lifecycle-configuration` takes, of rules that can be said so."""
    return json.dumps({"Rules": [to_s3(each) for each in rules if not each.besides]}, indent=2)


def imported(text: str, there: Iterable[LifecycleRule]) -> tuple[LifecycleRule, ...]:
    """The rules of a document, as ours; those that the bucket has already, to the letter, are left out.

    Raises ActionRefused for what is no such document, and for rules that cannot be said here; RulesRefused for those
    that S3 would not take.
    """
    known = {each.id: each for each in there}
    new = (each for each in _rules(text) if known.get(each.id) != each)
    return tuple(_ours(each, number, known) for number, each in enumerate(new, 1))


def _rules(text: str) -> list[LifecycleRule]:
    try:
        listed = list(json.loads(text)["Rules"])
    except (ValueError, KeyError, TypeError) as error:
        raise ActionRefused("That is no lifecycle configuration of S3.", _ADVICE) from error
    rules = [_read(each, number) for number, each in enumerate(listed, 1)]
    for each in rules:
        _check(each)
    if twice := [id for id, count in Counter(each.id for each in rules if each.id).items() if count > 1]:
        raise ActionRefused(f"The document has {twice[0]!r} twice.", "Give each rule an id of its own.")
    return rules


def _read(told_of: Any, number: int) -> LifecycleRule:
    try:
        return rule_of(told(from_s3(told_of)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        id = told_of.get("ID") if isinstance(told_of, dict) else None
        name = f"Rule {number}, {id!r}," if isinstance(id, str) else f"Rule {number}"
        raise ActionRefused(
            f"{name} of the document cannot be read.", f"Look at its classes and days. {_ADVICE}"
        ) from error


def _check(rule: LifecycleRule) -> None:
    if rule.besides:
        raise ActionRefused(
            f"The rule {rule.id!r} has {', '.join(rule.besides)}, which cannot be set here.",
            "Take it out of the document, or set that rule in the S3 console.",
        )
    check(rule)


def _ours(rule: LifecycleRule, number: int, taken: Container[str]) -> LifecycleRule:
    """Under a name of ours, and not under that of another one which is there."""
    if rule.id.startswith(OURS):
        return rule
    name = f"{OURS}{rule.id or f'imported-{number}'}"
    return replace(rule, id=f"{name}-imported" if name in taken else name)
