"""Attempt: one run at packaging a video; each step looks at what is true already and does the rest."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core.catalog.catalog import describe_video, record_copy, served_from
from core.catalog.video import Copy, CopyObject, Kind, Video
from core.errors import NothingServed, ObjectArchived, StorageBusy, StorageDenied
from core.media import packagings
from core.media.folder import write_folder
from core.media.found import Found
from core.media.handles import Handles
from core.media.keeping import abort_below, keep, remove_unnamed
from core.media.ladder import fixed_ladder
from core.media.originals import fetch, require_space
from core.media.package import Made, Order, Packager, Progress
from core.media.packagings import Packaging, Result
from core.media.process import NotYet, Stopped
from core.media.shelves import Shelf, Shelved, chunks_of
from core.storage.provider import Multipart, StorageClass, StorageProvider, StoredObject, Tiered

RESTORING, FETCHING, STORING, SETTLING = "restoring", "fetching the original", "storing", "settling"
#: How long an original that is archived is made readable, and how often it is looked at until it is.
RESTORED_FOR_DAYS, _RESTORED_WITHIN = 3, timedelta(minutes=30)
_MOVES = 3  #: to another provider, that may come between while it is stored
_TOLD_EVERY = timedelta(seconds=1)
#: What an original's file is called on this machine, by what it was uploaded as; anything else is left without.
_SUFFIXES = frozenset({".mp4", ".mov", ".mkv", ".webm", ".avi", ".ts", ".mpg", ".flv", ".asf", ".wmv", ".ogv", ".3gp"})


class Attempt:
    """A run at packaging a video, beside the copy that viewers get."""

    def __init__(self, handles: Handles, packaging: Packaging, cancelled: Callable[[], bool]) -> None:
        self._handles, self._packaging, self._cancelled = handles, packaging, cancelled
        self._video = handles.catalog.video(packaging.video_id)
        self._folder = handles.scratch / packaging.video_id
        self._work = self._folder / "work"
        self._shelf = Shelf(packaging.video_id, packaging.revision, handles.settings)
        self._told, self._told_at = "", datetime.min.replace(tzinfo=UTC)

    def run(self) -> None:
        """Package the video, and store what was made beside its original.

        Raises MediaError, StorageError, DiskFull, and process.Stopped.
        """
        if self._packaging.stage != SETTLING:  # otherwise all is stored and recorded
            self._make()
        self._settle()

    def clear(self) -> None:
        """Remove what lies on this machine for it."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def remove_orphans(self) -> None:
        """Remove what this packaging has stored and nothing names.

        And parts of what a killed worker was about to send, or to move to another class; else they are billed for ever.
        """
        copy, provider = self._served()
        with self._handles.health.attempt(provider.name):
            remove_unnamed(provider, copy, f"{self._shelf.renditions}/")
            if isinstance(provider, Multipart):
                abort_below(provider, self._shelf.folder)

    def remove_replaced(self) -> None:
        """Remove what is left of the packagings before this one. Raises StorageError."""
        copy, provider = self._served()
        with self._handles.health.attempt(provider.name):
            for revision in range(1, self._packaging.revision):
                remove_unnamed(provider, copy, f"{replace(self._shelf, revision=revision).renditions}/")

    def _make(self) -> None:
        file = self._fetched()
        packager = Packager(Order(file, self._packaging.ladder), self._work, self._on_progress, self._cancelled)
        found = packager.prepare()
        self._require_space_for(found)
        packager.picture()
        self._store_thumbnails(found)
        packager.encode()
        self._store(packager.made())

    def _served(self) -> tuple[Copy, StorageProvider]:
        copy = self._handles.catalog.served_copy(self._handles.catalog.video(self._video.id))
        return copy, self._handles.providers.named(copy.provider)

    def _fetched(self) -> Path:
        copy, provider = self._served()
        original = original_of(self._video, copy)
        suffix = Path(original.key).suffix
        file = self._folder / f"{self._video.slug}{suffix if suffix in _SUFFIXES else ''}"
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._handles.health.attempt(provider.name):
            try:
                fetch(provider, original, file, self._cancelled, lambda share: self._tell(FETCHING, share))
            except ObjectArchived:
                self._restore(provider, original)
        return file

    def _restore(self, provider: StorageProvider, original: CopyObject) -> None:
        """Raises NotYet, and ObjectArchived where nothing can be done about it."""
        if not isinstance(provider, Tiered):
            raise
        if self._cancelled():
            raise Stopped
        provider.restore(original.key, RESTORED_FOR_DAYS)
        self._tell(RESTORING, 0.0)
        raise NotYet(_RESTORED_WITHIN)

    def _require_space_for(self, found: Found) -> None:
        bits = sum(rung.highest_rate for rung in fixed_ladder(found))
        require_space(self._folder, round(found.duration_s * bits / 8))

    def _store_thumbnails(self, found: Found) -> None:
        """At once, as encoding may take hours."""
        copy, provider = self._served()
        objects = [self._kept(provider, each) for each in self._shelf.thumbnails(self._work)]
        with self._handles.database.transaction() as connection:
            describe_video(connection, self._video.id, *_description(found))
            record_copy(connection, self._video.id, copy.provider, objects, self._handles.clock())

    def _store(self, made: Made) -> None:
        report = write_folder(made, self._work)
        for _ in range(_MOVES):
            copy, provider = self._served()
            shelved = [*self._shelf.thumbnails(self._work), *self._shelf.package(made, self._work)]
            self._tell(STORING, 0.0)
            objects = []
            for number, each in enumerate(shelved, start=1):
                objects.append(self._kept(provider, each))
                self._tell(STORING, number / len(shelved))
            if self._recorded(copy, objects, _description(made.found), _result(made, report)):
                return
        raise StorageBusy(f"{self._video.title!r} is being moved from provider to provider.", "It is tried again.")

    def _recorded(
        self, copy: Copy, objects: Sequence[CopyObject], description: tuple[float, int, int], result: Result
    ) -> bool:
        """All of it in one transaction; False where viewers get another copy by now, which needs them too."""
        now, new = self._handles.clock(), {each.name for each in objects}
        with self._handles.database.transaction() as connection:
            if served_from(connection, self._video.id) != copy.provider:
                return False
            describe_video(connection, self._video.id, *description)
            for old in copy.objects:
                if old.kind is not Kind.ORIGINAL and old.name not in new:
                    packagings.queries.forget_object(
                        connection, video_id=self._video.id, provider=copy.provider, name=old.name
                    )
            record_copy(connection, self._video.id, copy.provider, objects, now)
            packagings.has_made(connection, self._video.id, result)
            packagings.is_at(connection, self._video.id, SETTLING, 0.0)
        return True

    def _settle(self) -> None:
        """Remove what is not needed any more, and move the original to where it costs least.

        Not out of a class that it has to be paid for in anyhow, into which a rule of the bucket may have moved it.
        """
        self.remove_orphans()
        copy, provider = self._served()
        original = original_of(self._video, copy)
        wanted = StorageClass(self._handles.settings.storage_class_originals).fit_for(original.size_bytes)
        if not isinstance(provider, Tiered) or self._is_damaged():
            return
        try:
            moved = self._moved(provider, original.key, wanted)
        except StorageDenied as error:  # the video is packaged all the same
            text = f"The original stays in {original.storage_class}: {error.message} {error.advice}"
            with self._handles.database.transaction() as connection:
                packagings.warn(connection, self._video.id, text)
            return
        with self._handles.database.transaction() as connection:
            settled = replace(original, storage_class=moved.storage_class, etag=moved.etag)
            record_copy(connection, self._video.id, copy.provider, [settled], self._handles.clock())

    def _moved(self, provider: Tiered, key: str, wanted: StorageClass) -> StoredObject:
        with self._handles.health.attempt(provider.name):
            there = provider.head(key)
            if there.storage_class.may_be_left and there.storage_class is not wanted:
                return provider.set_storage_class(key, wanted)
            return there

    def _is_damaged(self) -> bool:
        with self._handles.database.reading() as connection:
            packaging = packagings.find(connection, self._video.id)
        return packaging is None or packaging.damaged

    def _kept(self, provider: StorageProvider, shelved: Shelved) -> CopyObject:
        with self._handles.health.attempt(provider.name):
            return shelved.recorded(keep(provider, shelved, self._unless_cancelled(chunks_of(shelved.file))))

    def _unless_cancelled(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            if self._cancelled():
                raise Stopped
            yield chunk

    def _on_progress(self, progress: Progress) -> None:
        self._tell(progress.stage, progress.share, progress.eta_s)

    def _tell(self, stage: str, share: float, eta_s: float | None = None) -> None:
        """Write how far it is; once a second is enough for everybody who looks."""
        now = self._handles.clock()
        if stage == self._told and now - self._told_at < _TOLD_EVERY:
            return
        self._told, self._told_at = stage, now
        with self._handles.database.transaction() as connection:
            packagings.is_at(connection, self._video.id, stage, share, eta_s)


def _description(found: Found) -> tuple[float, int, int]:
    width, height = found.video.display_size
    return found.duration_s, round(width), round(height)


def _result(made: Made, report: dict[str, Any]) -> Result:
    size_bytes = sum(rung["size_bytes"] for rung in report["chosen"]["rungs"])
    return Result(made.damaged, size_bytes, report["saved"] and report["saved"]["fixed_bytes"], made.warnings)


def original_of(video: Video, copy: Copy) -> CopyObject:
    """Raises NothingServed where the copy has none."""
    if original := copy.object(Kind.ORIGINAL):
        return original
    raise NothingServed(f"{video.title!r} has no original to be packaged.", "Upload it again.")
