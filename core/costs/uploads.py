"""Uploads: in which quarter of a year each video of the library was uploaded, to tell what groups of them cost."""

from dataclasses import dataclass
from typing import Any

from core.costs.titles import Title
from core.database import Database, named_queries

_queries: Any = named_queries(__file__)


@dataclass(frozen=True)
class Upload:
    """The group of one video."""

    video: str
    quarter: str  #: like 2026 Q4, by UTC

    @property
    def row(self) -> dict[str, object]:
        """As attribution.sql takes it."""
        return {"video": self.video, "quarter": self.quarter}


def uploads(database: Database, by: Title = Title.UPLOADED) -> tuple[Upload, ...]:
    """Of each video of the library; none where the title needs none."""
    if by is not Title.UPLOADED:
        return ()
    with database.reading() as connection:
        return tuple(Upload(row["id"], _quarter(str(row["created_at"]))) for row in _queries.uploads(connection))


def _quarter(instant: str) -> str:
    year, month = instant[:4], int(instant[5:7])
    return f"{year} Q{(month + 2) // 3}"
