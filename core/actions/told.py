"""Told: what was previewed, as JSON in the database and back; money as decimals in text."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.actions.action import Difference, Preview, State, Undo
from core.units import instant_text


def preview_text(preview: Preview) -> str:
    """All of it but its items, which have rows of their own."""
    return json.dumps(
        {
            "summary": preview.summary,
            "saving_usd": _text(preview.saving_usd),
            "one_off_usd": _text(preview.one_off_usd),
            "undo": {
                "words": preview.undo.words,
                "possible": preview.undo.possible,
                "until": instant_text(preview.undo.until) if preview.undo.until else None,
                "usd": _text(preview.undo.usd),
                "monthly_usd": _text(preview.undo.monthly_usd),
            },
            "warnings": preview.warnings,
            "differences": [asdict(each) for each in preview.differences],
        }
    )


def undo_of(told: Mapping[str, Any]) -> Undo:
    until = told["until"]
    return Undo(
        told["words"],
        told["possible"],
        datetime.fromisoformat(until) if until else None,
        money(told["usd"]),
        money(told["monthly_usd"]),
    )


def differences_of(told: Mapping[str, Any]) -> tuple[Difference, ...]:
    return tuple(Difference(**each) for each in told["differences"])


def money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def state_text(state: State) -> str | None:
    return None if state is None else json.dumps(state, sort_keys=True)


def state_of(text: str | None) -> State:
    return None if text is None else json.loads(text)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
