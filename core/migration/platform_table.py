"""Platform table: the platform's own table of videos, in its Postgres, by the mapping that the settings hold."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import LiteralString
from urllib.parse import quote

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from core.catalog.video import Link, Video
from core.errors import PlatformUnreachable
from core.migration.platform_rows import RowChange
from core.settings import Settings

#: What Supabase puts between its host and `bucket/key`; a signed address goes on with its token.
_FORMS = ("object/public", "object/authenticated", "object/sign", "object", "render/image/public", "render/image/sign")
_CONNECT_S, _STATEMENT_MS = 10, 30_000


@dataclass(frozen=True)
class PostgresTable:
    """Rows are told by the address that they hold: any form of a link of the video in Supabase, or its key alone."""

    url: str
    table: str
    id_column: str
    url_column: str
    supabase_url: str
    link_of: Callable[[Video], str]  #: the lasting address of a video

    def planned(self, video: Video, links: Iterable[Link]) -> tuple[RowChange, ...]:
        """What would lead its rows to the video's lasting address. Raises PlatformUnreachable."""
        exact = [form for link in links for form in self._forms(link)]
        signed = [f"{form}?" for form in exact if "://" in form]
        with self._connected() as connection:
            rows = connection.execute(self._filled(_FIND), {"exact": exact, "signed": signed}).fetchall()
        return tuple(RowChange(id, url, self.link_of(video)) for id, url in rows)

    def change(self, changes: Iterable[RowChange]) -> None:
        """Make them, all or none; a row that holds another address by now is left alone. Raises PlatformUnreachable."""
        with self._connected() as connection, connection.transaction():
            for each in changes:
                told = {"id": each.row_id, "before": each.before_url, "after": each.after_url}
                connection.execute(self._filled(_CHANGE), told)

    def _forms(self, link: Link) -> Iterator[str]:
        """Everything that a row may hold for it: keys were written as they are by some, and encoded by others."""
        yield from (link.key, f"{link.bucket}/{link.key}")
        for form in _FORMS:
            for key in {link.key, quote(link.key)}:
                yield f"{self.supabase_url}/storage/v1/{form}/{link.bucket}/{key}"

    def _filled(self, statement: LiteralString) -> Composed:
        names = {"table": Identifier(*self.table.split(".")), "id": Identifier(self.id_column)}
        return SQL(statement).format(**names, url=Identifier(self.url_column))

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection]:
        options = f"-c statement_timeout={_STATEMENT_MS}"
        try:
            with psycopg.connect(
                self.url, autocommit=True, connect_timeout=_CONNECT_S, prepare_threshold=None, options=options
            ) as connection:
                yield connection
        except psycopg.Error as error:
            raise PlatformUnreachable(
                f"The platform's table {self.table} cannot be used now: {_said(error)}.",
                "Check PLATFORM_DATABASE_URL, the table and its columns. Videos are switched as soon as it answers.",
            ) from None  # its words may repeat the address


_FIND = """
select {id}::text, {url} from {table}
where {url} = any(%(exact)s) or exists (select 1 from unnest(%(signed)s::text[]) start where starts_with({url}, start))
"""
_CHANGE = "update {table} set {url} = %(after)s where {id}::text = %(id)s and {url} = %(before)s"


def open_platform_table(settings: Settings) -> PostgresTable | None:
    """The table that the settings name; None where they name none."""
    if not settings.platform_database_url:
        return None
    return PostgresTable(
        settings.platform_database_url.get_secret_value(),
        settings.platform_table,
        settings.platform_id_column,
        settings.platform_url_column,
        settings.supabase_url or "",
        lambda video: f"{settings.phyght_public_url}/v/{video.slug}",
    )


def _said(error: psycopg.Error) -> str:
    """What the server said, in one line; of a connection that failed only how, as it would name the address."""
    message = error.diag.message_primary
    return message if message else f"it does not answer ({type(error).__name__})"
