"""Lifecycle file: the rules of a local folder, kept beside what they are about."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.storage import disk
from core.storage.lifecycle import LifecycleRule, Transition


def read_rules(folder: Path) -> tuple[LifecycleRule, ...]:
    """Empty where none were ever set."""
    file = _file(folder)
    return tuple(map(_rule, json.loads(file.read_bytes()))) if file.exists() else ()


def write_rules(folder: Path, rules: Iterable[LifecycleRule]) -> None:
    """Put these in the place of all that are there."""
    new = folder / f"lifecycle-{uuid.uuid4().hex}"
    try:
        disk.write_durably(new, [json.dumps([_told(rule) for rule in rules]).encode()])
        new.rename(_file(folder))
        disk.sync_folder(folder)
    finally:
        new.unlink(missing_ok=True)


def _file(folder: Path) -> Path:
    return folder / "lifecycle.json"


def _told(rule: LifecycleRule) -> dict[str, Any]:
    return asdict(rule) | {"tags": dict(rule.tags)}


def _rule(told: dict[str, Any]) -> LifecycleRule:
    told["transitions"] = tuple(Transition(**each) for each in told["transitions"])
    told["besides"] = tuple(told["besides"])
    return LifecycleRule(**told)
