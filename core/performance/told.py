"""Told: what became of the events that players told, so that what is in no session is not lost from sight."""

from dataclasses import dataclass

from core.costs.period import Period
from core.warehouse import Warehouse


@dataclass(frozen=True)
class Told:
    """Events, as they came."""

    events: int  #: each once
    repeated: int  #: lines that told the same again
    late: int  #: of sessions that had begun before the day before: in no session
    mixed: int  #: of two players that tell under one name and cannot be told apart: in one session


def told(warehouse: Warehouse, period: Period) -> Told:
    """What became of the events that came in a period of UTC days."""
    names = ("events", "repeated", "late", "mixed")
    sums = ", ".join(f"coalesce(sum({name}), 0)::BIGINT" for name in names)
    rows = warehouse.query(
        f"SELECT {sums} FROM player_events WHERE day >= $start AND day < $end",
        {"start": period.start, "end": period.end},
    )
    return Told(*rows[0])
