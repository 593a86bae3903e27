"""Lifecycle rules as JSON says them, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from core.storage.lifecycle import LifecycleRule, NoncurrentTransition, Transition
from core.storage.provider import StorageClass


def told(rule: LifecycleRule) -> dict[str, Any]:
    """All of a rule in values that JSON has."""
    whole = asdict(rule)
    return whole | {
        "tags": dict(rule.tags),
        "transitions": [asdict(each) for each in rule.transitions],
        "noncurrent_transitions": [asdict(each) for each in rule.noncurrent_transitions],
        "besides": list(rule.besides),
    }


def rule_of(told: Mapping[str, Any]) -> LifecycleRule:
    """Raises KeyError, TypeError and ValueError where that is no rule."""
    kept = dict(told)
    kept["tags"] = {_text(name): _text(value) for name, value in dict(kept.get("tags", {})).items()}
    kept["transitions"] = tuple(
        Transition(_days(each["after_days"]), StorageClass(each["storage_class"]).value)
        for each in kept.get("transitions", ())
    )
    kept["noncurrent_transitions"] = tuple(map(_noncurrent, kept.get("noncurrent_transitions", ())))
    kept["keep_newest_noncurrent"] = _days(kept.get("keep_newest_noncurrent", 0))
    kept["besides"] = tuple(map(_text, kept.get("besides", ())))
    for name in _NUMBERS:
        kept[name] = None if kept.get(name) is None else _days(kept[name])
    kept["id"], kept["prefix"] = _text(kept["id"]), _text(kept.get("prefix", ""))
    kept["enabled"] = bool(kept.get("enabled", True))
    return LifecycleRule(**kept)


_NUMBERS = (
    "expire_after_days", "expire_noncurrent_after_days", "abort_unfinished_after_days", "larger_than_bytes",
    "smaller_than_bytes",
)  # fmt: skip


def _noncurrent(told: Mapping[str, Any]) -> NoncurrentTransition:
    storage_class = StorageClass(told["storage_class"]).value
    return NoncurrentTransition(_days(told["after_days"]), storage_class, _days(told.get("keep_newest", 0)))


def _days(value: Any) -> int:
    """A whole number; JSON has fractions and truth values in the same places."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
