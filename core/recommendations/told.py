"""Told: recommendations as JSON in the database and back; money as decimals in text."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from core.actions.action import Action, Kind
from core.recommendations.recommendation import (
    Confidence,
    Evidence,
    Fee,
    LeftOut,
    Line,
    Recommendation,
    Remark,
    Unit,
)


def text_of(found: Recommendation) -> str:
    """All of it."""
    return json.dumps(asdict(found), default=_plain, separators=(",", ":"))


def recommendation_of(text: str) -> Recommendation:
    """A recommendation that was told."""
    told = json.loads(text)
    told["evidence"] = _evidence(told["evidence"])
    told["one_off_usd"] = Decimal(told["one_off_usd"])
    told["one_off_more_usd"] = Decimal(told.get("one_off_more_usd", 0))  # found by an older version: none told
    told["action"] = _action(told["action"])
    told["portions"] = tuple((name, Decimal(usd)) for name, usd in told["portions"])
    return Recommendation(**told)


def remarks_text(remarks: tuple[Remark, ...]) -> str:
    return json.dumps([asdict(each) for each in remarks])


def remarks_of(text: str) -> tuple[Remark, ...]:
    return tuple(Remark(**each) for each in json.loads(text))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return dict(value) if isinstance(value, Mapping) else list(value)


def _evidence(told: dict[str, Any]) -> Evidence:
    amounts = {name: _decimal(told[name]) for name in ("worst_month_usd", "if_doubled_usd")}
    parts = {
        "fees": tuple(Fee(each["part"], Decimal(each["now_usd"]), Decimal(each["then_usd"])) for each in told["fees"]),
        "confidence": Confidence(told["confidence"]),
        "break_even": _line(told["break_even"]) if told["break_even"] else None,
        "left_out": tuple(LeftOut(**each) for each in told["left_out"]),
        "besides": tuple(map(_line, told["besides"])),
    }
    return Evidence(**{**told, **amounts, **parts})


def _line(told: Mapping[str, Any]) -> Line:
    return Line(told["name"], _decimal(told["value"]), Unit(told["unit"]))


def _action(told: Mapping[str, Any] | None) -> Action | None:
    return Action(Kind(told["kind"]), told["place"], told["terms"], told["subject"]) if told else None


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
