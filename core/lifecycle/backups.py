"""Backups: where the bytes of videos lie besides where viewers get them, and which of them a drill reads."""

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import chain, zip_longest
from typing import Any

from core.database import Connection, Database, named_queries
from core.errors import StorageError
from core.storage.provider import StorageClass, StorageProvider
from core.storage.providers import Providers
from core.storage.replication import Replicating

_queries: Any = named_queries(__file__, "drills.sql")


@dataclass(frozen=True)
class Backup:
    """A place that has copies of objects."""

    provider: StorageProvider
    copied_from: str = ""  #: the provider whose bucket is replicated there; empty: it has copies of its own
    prefix: str = ""  #: what is replicated

    @property
    def name(self) -> str:
        return self.provider.name


@dataclass(frozen=True)
class Kept:
    """An object that should lie at a backup, as the catalogue knows it."""

    place: str
    video_id: str
    title: str
    key: str
    size_bytes: int
    storage_class: StorageClass
    crc64nvme: int | None
    sha256: str | None


def backups(database: Database, providers: Providers) -> tuple[Backup, ...]:
    """Those that have, or should have, any object; a bucket whose rules cannot be read counts as not replicated."""
    found = chain((Backup(each) for each in providers.all), _replicas(providers))
    return tuple(each for each in found if _has_any(database, each))


def sample(database: Database, found: Sequence[Backup], number: int, day: date) -> tuple[Kept, ...]:
    """So many objects by chance, the same all day, evenly of each backup."""
    with database.reading() as connection:
        of_each = [some(connection, each, number, day) for each in found]
    evenly = chain.from_iterable(zip_longest(*of_each))
    return tuple([each for each in evenly if each is not None][:number])


def _replicas(providers: Providers) -> Iterator[Backup]:
    for provider in providers.all:
        if isinstance(provider, Replicating):
            with suppress(StorageError):
                yield from _replicas_of(provider, providers)


def _replicas_of(provider: Replicating, providers: Providers) -> Iterator[Backup]:
    there = provider.replication()
    for rule in there.rules if there else ():
        if rule.enabled:
            target = providers.holding(rule.target) or provider.beside(rule.target, "")
            yield Backup(target, provider.name, rule.prefix)


def _has_any(database: Database, backup: Backup) -> bool:
    with database.reading() as connection:
        return next(_rows(connection, backup), None) is not None


def some(connection: Connection, backup: Backup, number: int, day: date) -> list[Kept]:
    """So many of a backup by chance. One pass counts them, another one takes them: a million are not held at once."""
    count = sum(1 for _ in _rows(connection, backup))
    chance = random.Random(f"{day.isoformat()} {backup.name} {backup.copied_from} {backup.prefix}")
    chosen = chance.sample(range(count), min(number, count))
    wanted = set(chosen)
    taken = {at: _kept(backup, row) for at, row in enumerate(_rows(connection, backup)) if at in wanted}
    return [taken[at] for at in chosen]


def _rows(connection: Connection, backup: Backup) -> Iterator[Any]:
    if backup.copied_from:
        return iter(_queries.replicated(connection, source=backup.copied_from, prefix=backup.prefix))
    return iter(_queries.copies_elsewhere(connection, place=backup.name))


def _kept(backup: Backup, row: Any) -> Kept:
    crc = row["crc64nvme"]
    return Kept(
        backup.name,
        row["video_id"],
        row["title"],
        row["key"],
        row["size_bytes"],
        StorageClass(row["storage_class"]),
        None if crc is None else int(crc),
        row["sha256"],
    )
