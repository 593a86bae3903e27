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

    @property
    def words(self) -> tuple[str, ...]:
        """What is lost, or is not as it was, each as a sentence."""
        events = f"of {self.events:,} event{'' if self.events == 1 else 's'} of players"
        late = f"{self.late:,} {events} came later than on the next day: not counted."
        mixed = f"{self.mixed:,} {events} are of two players under one name: taken for one session."
        return (*([late] if self.late else []), *([mixed] if self.mixed else []))


def told(warehouse: Warehouse, period: Period) -> Told:
    """What became of the events that came in a period of UTC days."""
    names = ("events", "repeated", "late", "mixed")
    sums = ", ".join(f"coalesce(sum({name}), 0)::BIGINT" for name in names)
    rows = warehouse.query(
        f"SELECT {sums} FROM player_events WHERE day >= $start AND day < $end",
        {"start": period.start, "end": period.end},
    )
    return Told(*rows[0])
