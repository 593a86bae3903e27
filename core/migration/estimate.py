"""Estimate: how much a plan moves, how long that takes, what it costs once, and what it saves a month."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Estimate:
    """The figures of a plan on the day it was made; money at list price."""

    videos: int  #: that move; this and the next two
    objects: int
    size_bytes: int
    blocked: int  #: videos that cannot move, each with its reason
    elsewhere: int  #: videos that viewers get from another provider by now; they are left out
    filtered: int  #: videos that the filters leave out
    fastest: timedelta  #: from the first byte to the last
    slowest: timedelta
    basis: str  #: what the time is worked out from, in words
    egress_bytes: int  #: that leave the source
    egress_usd: Decimal  #: for what goes beyond the quota
    requests_usd: Decimal  #: that write to the target
    monthly_before_usd: Decimal  #: storage of what moves, at the source
    monthly_after_usd: Decimal  #: at the target, once the source is retired
    assumptions: tuple[str, ...]  #: sentences

    @property
    def one_off_usd(self) -> Decimal:
        return self.egress_usd + self.requests_usd

    @property
    def monthly_saving_usd(self) -> Decimal:
        """Less than 0 where it costs more."""
        return self.monthly_before_usd - self.monthly_after_usd

    @property
    def payback_months(self) -> Decimal | None:
        """Until the savings have paid for the move; None where there are none."""
        saving = self.monthly_saving_usd
        return self.one_off_usd / saving if saving > 0 else None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON: money as decimals in text, durations in seconds; with what is worked out from the rest."""
        told = {each.name: _told(getattr(self, each.name)) for each in fields(self)}
        payback = self.payback_months
        return told | {
            "one_off_usd": _told(self.one_off_usd),
            "monthly_saving_usd": _told(self.monthly_saving_usd),
            "payback_months": None if payback is None else _told(round(payback, 2)),
        }


def estimate_from_json(told: Mapping[str, Any]) -> Estimate:
    """The estimate that `as_json` has told of."""
    return Estimate(**{each.name: _READ[str(each.type)](told[each.name]) for each in fields(Estimate)})


def as_text(amount: Decimal) -> str:
    """Every digit, without an exponent or trailing zeros."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _told(value: object) -> Any:
    match value:
        case Decimal():
            return as_text(value)
        case timedelta():
            return value.total_seconds()
        case tuple():
            return list(value)
        case _:
            return value


_READ = {
    str(int): int, str(str): str, str(Decimal): Decimal,
    str(timedelta): lambda seconds: timedelta(seconds=seconds), str(tuple[str, ...]): tuple,
}  # fmt: skip
