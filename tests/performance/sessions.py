"""Sessions that a test writes out: what it does not say is of an ordinary view."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from core.telemetry.store import Key, Segment
from core.warehouse import Warehouse
from tests.telemetry.measured import Measured, write


@dataclass
class Sessions:
    """A warehouse of sessions."""

    home: Path
    rows: list[dict[str, Any]] = field(default_factory=list)
    rungs: list[dict[str, Any]] = field(default_factory=list)

    def add(self, started: datetime, session: str = "", **columns: Any) -> None:
        watched = columns.get("watched_ms", 60_000)
        usual = {
            "day": started.date(), "video": "a", "session": session or f"s{len(self.rows)}", "country": "DE",
            "device": "phone", "started": started, "ended": started + timedelta(milliseconds=watched), "played": True,
            "startup_ms": 500, "ebvs": False, "failed": False, "watched_ms": watched, "stalls": 0, "stalled_ms": 0,
            "rung": "720p", "furthest_ms": watched, "duration_ms": 100_000, "exact": True, "ending": "left",
            "weight": 1.0, "right_clock": True,
        }  # fmt: skip
        self.rows.append(usual | columns)
        row = self.rows[-1]
        names = ("day", "video", "session", "country", "device", "rung", "watched_ms", "exact", "weight")
        self.rungs.append({name: row[name] for name in names})

    def warehouse(self) -> Warehouse:
        measured = Measured(self.home)
        for exact, dataset in ((True, "players"), (False, "cloudfront")):
            for day in {row["day"] for row in self.rows if row["exact"] is exact}:
                folder = Path(mkdtemp(dir=self.home))
                write(folder, "sessions", [row for row in self.rows if (row["exact"], row["day"]) == (exact, day)])
                write(
                    folder, "session_rungs", [row for row in self.rungs if (row["exact"], row["day"]) == (exact, day)]
                )
                measured.publish(Segment(Key(dataset, dataset, day), "1", {"": 1}, folder))
        return measured.warehouse
