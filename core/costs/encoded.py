"""Encoded: how many seconds of which video MediaConvert has encoded, and when."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.costs.period import Period, midnight
from core.database import Database, named_queries
from core.units import instant_text

_queries: Any = named_queries(__file__)


@dataclass(frozen=True)
class Encoded:
    """One rung of a video that was encoded."""

    day: date  #: on which the packaging ended
    video: str
    rung: str
    seconds: int

    @property
    def row(self) -> dict[str, object]:
        """As attribution.sql takes it."""
        return {"day": self.day, "video": self.video, "rung": self.rung, "seconds": self.seconds}


def encoded_seconds(database: Database, period: Period) -> tuple[Encoded, ...]:
    """Each rung of the packagings at MediaConvert that ended in a period: the video's length, once a rung.

    Of each video only the newest packaging is known; earlier ones of the same period are not in it.
    """
    with database.reading() as connection:
        rows = _queries.encoded(
            connection, start=instant_text(midnight(period.start)), end=instant_text(midnight(period.end))
        )
        return tuple(
            Encoded(date.fromisoformat(str(row["ended_at"])[:10]), row["video_id"], row["rung"], round(row["seconds"]))
            for row in rows
        )
