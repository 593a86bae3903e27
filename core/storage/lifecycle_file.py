"""Lifecycle file: the rules of a local folder, kept beside what they are about."""

import json
import uuid
from collections.abc import Iterable
from pathlib import Path

from core.storage import disk
from core.storage.lifecycle import LifecycleRule
from core.storage.lifecycle_told import rule_of, told


def read_rules(folder: Path) -> tuple[LifecycleRule, ...]:
    """Empty where none were ever set."""
    file = _file(folder)
    return tuple(map(rule_of, json.loads(file.read_bytes()))) if file.exists() else ()


def write_rules(folder: Path, rules: Iterable[LifecycleRule]) -> None:
    """Put these in the place of all that are there."""
    new = folder / f"lifecycle-{uuid.uuid4().hex}"
    try:
        disk.write_durably(new, [json.dumps([told(rule) for rule in rules]).encode()])
        new.rename(_file(folder))
        disk.sync_folder(folder)
    finally:
        new.unlink(missing_ok=True)


def _file(folder: Path) -> Path:
    return folder / "lifecycle.json"
