"""Lifecycle rules as JSON says them, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from core.storage.lifecycle import LifecycleRule, Transition


def told(rule: LifecycleRule) -> dict[str, Any]:
    """All of a rule in values that JSON has."""
    whole = asdict(rule)
    return whole | {
        "tags": dict(rule.tags),
        "transitions": [asdict(each) for each in rule.transitions],
        "besides": list(rule.besides),
    }


def rule_of(told: Mapping[str, Any]) -> LifecycleRule:
    """Raises KeyError and TypeError where that is no rule."""
    kept = dict(told)
    kept["transitions"] = tuple(Transition(**each) for each in kept.get("transitions", ()))
    kept["besides"] = tuple(kept.get("besides", ()))
    return LifecycleRule(**kept)
