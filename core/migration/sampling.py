"""Sampling: some links of videos that were moved are asked, as viewers would, down to the first byte."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import httpx

from core.access.roles import Role, User, Via
from core.delivery.resolver import Resolver
from core.errors import PhyghtError, StorageUnreachable
from core.migration import store
from core.migration.handles import Handles
from core.migration.samples import Sample, Unanswered, keep
from core.storage.local import LocalProvider

#: So many links are asked, and so many of them at once.
LINKS, _AT_ONCE = 50, 8
#: Links to private videos are asked too: as by somebody who may see the library.
_VIEWER = User("worker", Role.VIEWER, Via.SHELL)
#: The provider whose links our own server takes in the place of its own.
_SUPABASE = "supabase"

log = logging.getLogger(__name__)


class Sampler:
    """Takes samples in a worker."""

    def __init__(self, handles: Handles, resolver: Resolver, http: httpx.Client) -> None:
        self._handles, self._resolver, self._http = handles, resolver, http

    def run(self, migration_id: str, _called_off: Callable[[], bool]) -> None:
        """Ask some links of a migration, and keep what became of it; safe to repeat."""
        links = self._links(migration_id)
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sample") as pool:
            whys = list(pool.map(self._why_not, links))
        failed = tuple(Unanswered(link, why) for link, why in zip(links, whys, strict=True) if why)
        with self._handles.database.transaction() as connection:
            keep(connection, migration_id, Sample(self._handles.clock(), len(links), failed))

    def _links(self, migration_id: str) -> list[str]:
        """An old link of each chosen video; where it had none that we take, its lasting one."""
        found = list[str]()
        with self._handles.database.reading() as connection:
            for row in store.queries.to_sample(connection, migration_id=migration_id, at_most=LINKS):
                old = store.queries.old_link(connection, video_id=row["id"], provider=_SUPABASE)
                place = f"object/public/{quote(old['bucket'])}/{quote(old['key'])}" if old else row["slug"]
                found.append(f"/v/{place}")
        return found

    def _why_not(self, link: str) -> str:
        """Empty where it answers."""
        try:
            playback = self._resolver.resolve(link, self._handles.clock(), _VIEWER)
            self._read(playback.url, playback.provider)
        except PhyghtError as error:
            return error.message
        except Exception as error:  # one link must not hold up the others
            log.exception("%s", link)
            return f"Something unforeseen went wrong ({type(error).__name__})."
        return ""

    def _read(self, address: str, provider: str) -> None:
        """The first byte of what lies at an address. Raises StorageError, CatalogError."""
        if address.startswith("/play/"):
            self._read_piece(address, provider)
        elif address.startswith("/"):
            self._read_here(address, provider)
        else:
            self._read_there(address)

    def _read_there(self, address: str) -> None:
        host = urlsplit(address).hostname
        try:
            with self._http.stream("GET", address, headers={"Range": "bytes=0-0"}, follow_redirects=True) as answer:
                status = answer.status_code
        except httpx.TransportError as error:
            raise StorageUnreachable(f"{host} does not answer ({type(error).__name__}).", _CHECK) from None
        if status not in (200, 206):
            raise StorageUnreachable(f"{host} answers with {status}.", _CHECK)

    def _read_piece(self, address: str, provider: str) -> None:
        """What our own server hands on: a playlist, or the way to something else."""
        parts = urlsplit(address)
        video, _, name = parts.path.removeprefix("/play/").partition("/")
        query, now = dict(parse_qsl(parts.query)), self._handles.clock()
        permission = query.get("expires", ""), query.get("signature", "")
        piece = self._resolver.piece(unquote(video), unquote(name), *permission, now, _VIEWER)
        if piece.address:
            self._read(piece.address, provider)

    def _read_here(self, address: str, name: str) -> None:
        """By the same links that our own server takes."""
        provider, parts = self._handles.providers.named(name), urlsplit(address)
        assert isinstance(provider, LocalProvider)
        grant = provider.verify("GET", parts.path, dict(parse_qsl(parts.query)), self._handles.clock())
        next(iter(provider.read(grant.key, 0, 1)), b"")


_CHECK = "Check the bucket's policy, and the distribution."
