"""Platform rows: the platform's own table of videos leads to where viewers get them, before and after a cut-over."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from core.catalog.video import Link, Video
from core.database import Database
from core.migration.state import Item
from core.migration.store import queries


@dataclass(frozen=True)
class RowChange:
    """A row of the platform's table, and what its address was and shall be."""

    row_id: str
    before_url: str
    after_url: str


class PlatformTable(Protocol):
    """The platform's own table of videos."""

    def planned(self, video: Video, links: Iterable[Link]) -> tuple[RowChange, ...]:
        """What would lead its rows to the video's lasting address; empty where no row holds one of its links.

        Raises PlatformUnreachable.
        """
        ...

    def change(self, changes: Iterable[RowChange]) -> None:
        """Make them, all or none; a row that holds neither address any more is left alone.

        Raises PlatformUnreachable.
        """
        ...


class PlatformRows:
    """Changes the rows of a video, and takes that back; each change is on record before it is made."""

    def __init__(self, database: Database, table: PlatformTable) -> None:
        self._database, self._table = database, table

    def lead_to(self, item: Item, video: Video, links: Iterable[Link]) -> int:
        """The rows lead to the video's lasting address; returns how many. Raises PlatformUnreachable."""
        changes = self._table.planned(video, links)
        with self._database.transaction() as connection:
            for each in changes:
                queries.note_row_change(
                    connection,
                    migration_id=item.migration_id,
                    video_id=item.video_id,
                    row_id=each.row_id,
                    before_url=each.before_url,
                    after_url=each.after_url,
                )
        self._table.change(changes)
        return len(changes)

    def still_lead_there(self, video: Video, links: Iterable[Link]) -> int:
        """How many rows hold one of these links all the same: added since, or changed. Raises PlatformUnreachable."""
        return len(self._table.planned(video, links))

    def lead_back(self, item: Item) -> int:
        """The rows are as they were before; returns how many. Raises PlatformUnreachable."""
        of = dict(migration_id=item.migration_id, video_id=item.video_id)
        with self._database.reading() as connection:
            rows = list(queries.row_changes(connection, **of))
        if not rows:
            return 0  # its database is not asked for nothing
        self._table.change([RowChange(row["row_id"], row["after_url"], row["before_url"]) for row in rows])
        with self._database.transaction() as connection:
            queries.forget_row_changes(connection, **of)
        return len(rows)
