"""Telling: what a player would tell of one who watches, written out event by event."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.telemetry.cmcd import parse
from core.telemetry.spool import Mode, Spool, Teller

#: When a session begins; the spool gets each event at the moment it happens, unless a test says otherwise.
BEGIN = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)


@dataclass
class Telling:
    """One session, told into a folder."""

    folder: Path
    sid: str = "one"
    cid: str = "a"
    begin: datetime = BEGIN
    clock_off_s: float = 0  #: seconds that the player's clock is ahead of ours
    teller: Teller = field(default_factory=Teller)
    number: int = 0

    def tell(self, at_s: float, state: str = "", more: str = "", late_s: float = 0, number: int | None = None) -> None:
        """An event, so many seconds after the beginning; received late by some."""
        sn = self.number if number is None else number
        at = self.begin + timedelta(seconds=at_s)
        ts = round(1000 * (at.timestamp() + self.clock_off_s))
        told = f'cid="{self.cid}",sid="{self.sid}",sn={sn},ts={ts},v=2'
        told += f",e=ps,sta={state}" if state else ",e=bc"
        Spool(self.folder).add([parse(f"{told},{more}")], Mode.EVENT, at + timedelta(seconds=late_s), self.teller)
        self.number = max(self.number, sn + 1)

    def all(self, *events: tuple[float, str, *tuple[str, ...]]) -> "Telling":
        for at_s, state, *more in events:
            self.tell(at_s, state, "".join(more))
        return self

    def another(self, **changes) -> "Telling":
        return replace(self, number=0, **changes)
