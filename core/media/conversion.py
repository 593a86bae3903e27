"""Conversion: an attempt whose encoding MediaConvert does, straight from S3 to S3; only thumbnails are drawn here."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from PIL import Image

from core.catalog.video import CopyObject, Kind
from core.errors import PackagingFailed, SettingsError
from core.media import packagings
from core.media.attempt import Attempt, original_of
from core.media.folder import MASTER
from core.media.handles import Handles
from core.media.mediaconvert import MediaConvert, Standing
from core.media.mediaconvert_job import CAPTURES, POSTER, TILE, Target
from core.media.packagings import Packaging, Result
from core.media.process import NotYet, Stopped
from core.media.shelves import FOR_A_MINUTE
from core.media.thumbnails import draw_storyboard, interest, save_poster
from core.media.tiles import Sheet, whole_rows
from core.storage.provider import Attributes, StorageClass, StorageProvider, StoredObject

CONVERTING = "converting at MediaConvert"
_STREAM = re.compile(r"#EXT-X-STREAM-INF:([^\n]+)\n([^\n#]+)")
_FILE = re.compile(r'#EXT-X-MAP:URI="([^"]+)"')


@dataclass(frozen=True)
class _Rung:
    file: str
    width: int
    height: int
    bandwidth: int

    @property
    def name(self) -> str:
        return f"{min(self.width, self.height)}p"


class Conversion(Attempt):
    """A run at packaging a video that lies in S3."""

    def __init__(
        self, handles: Handles, packaging: Packaging, cancelled: Callable[[], bool], service: MediaConvert
    ) -> None:
        super().__init__(handles, packaging, cancelled)
        self._service = service

    def _make(self) -> None:
        """Raises NotYet while MediaConvert is at work."""
        job = self._packaging.job or self._submitted()
        if self._cancelled():
            self._service.cancel(job)
            raise Stopped
        standing = self._service.standing(job)
        if standing.running:
            self._tell(CONVERTING, standing.share)
            raise NotYet
        self._record(standing)

    def _submitted(self) -> str:
        settings = self._handles.settings
        if not settings.mediaconvert_role_arn:
            raise SettingsError(
                "MEDIACONVERT_ROLE_ARN is not set.", "MediaConvert needs a role that may use the bucket."
            )
        copy, provider = self._served()
        place = f"s3://{provider.bucket}"
        target = Target(
            f"{place}/{self._shelf.renditions}",
            settings.storage_class_renditions,
            settings.mediaconvert_role_arn,
            _queue_in(provider.region, settings.mediaconvert_queue),
            f"{self._video.id}-{self._packaging.revision}",
        )
        source = self._service.look(self._video.id, f"{place}/{original_of(self._video, copy).key}")
        job = self._service.submit(source, target)
        with self._handles.database.transaction() as connection:
            packagings.has_job(connection, self._video.id, job)
        return job

    def _record(self, standing: Standing) -> None:
        copy, provider = self._served()
        with self._handles.health.attempt(provider.name):
            made = {each.key: each for each in provider.list(f"{self._shelf.renditions}/")}
            rungs = self._rungs(provider)
            objects = [*self._renditions(provider, made, rungs), *self._pictured(provider, made, standing.seconds)]
        top = rungs[0]
        size_bytes = sum(each.size_bytes for each in objects if each.width is not None)
        result = Result(False, size_bytes, None, ())
        if not self._recorded(copy, objects, (standing.seconds, top.width, top.height), result):
            raise PackagingFailed(
                f"{self._video.title!r} was moved to another provider while it was converted.", "Package it again."
            )

    def _rungs(self, provider: StorageProvider) -> list[_Rung]:
        """What the master playlist offers, largest first."""
        found: dict[str, _Rung] = {}
        for told, playlist in _STREAM.findall(self._text(provider, MASTER)):
            file, size = _FILE.search(self._text(provider, playlist)), re.search(r"RESOLUTION=(\d+)x(\d+)", told)
            peak = re.search(r"[:,]BANDWIDTH=(\d+)", f":{told}")
            if file and size and peak:
                found[file[1]] = _Rung(file[1], int(size[1]), int(size[2]), int(peak[1]))
        if not found:
            raise PackagingFailed(f"MediaConvert has made no rendition of {self._video.title!r}.", "Package it again.")
        return sorted(found.values(), key=lambda rung: -rung.bandwidth)

    def _renditions(
        self, provider: StorageProvider, made: dict[str, StoredObject], rungs: list[_Rung]
    ) -> Iterator[CopyObject]:
        sizes, names = {rung.file: rung for rung in rungs}, set[str]()
        for key, listed in made.items():
            file = PurePosixPath(key).name
            if file.endswith(".m3u8"):
                yield _object(Kind.PLAYLIST, file, self._tidied(provider, key))
            elif rung := sizes.get(file):
                name = rung.name if rung.name not in names else f"{rung.name}-{rung.bandwidth // 1000}k"
                names.add(name)
                yield _object(Kind.RENDITION, name, provider.head(key), rung)
            elif CAPTURES not in key and listed.size_bytes:
                yield _object(Kind.RENDITION, PurePosixPath(file).stem, provider.head(key))

    def _tidied(self, provider: StorageProvider, key: str) -> StoredObject:
        """A playlist with the type, class and time in caches that playlists have here."""
        content = b"".join(provider.read(key))
        storage_class = StorageClass(self._handles.settings.storage_class_thumbnails)
        attributes = Attributes("application/vnd.apple.mpegurl", FOR_A_MINUTE, storage_class)
        return provider.write(key, [content], attributes)

    def _pictured(
        self, provider: StorageProvider, made: dict[str, StoredObject], seconds: float
    ) -> Iterator[CopyObject]:
        """The poster and the storyboard, of the frames that were captured."""
        tiles, posters = (
            [self._picture(provider, key) for key in sorted(made) if f"{CAPTURES}{modifier}" in key]
            for modifier in (TILE, POSTER)
        )
        if not tiles or not posters:
            return
        self._work.mkdir(parents=True, exist_ok=True)
        tiles = tiles[: whole_rows(len(tiles))]
        draw_storyboard(Sheet(len(tiles), *tiles[0].size), tiles, seconds, self._work)
        save_poster(max(posters, key=interest), self._work)
        for each in self._shelf.thumbnails(self._work):
            yield self._kept(provider, each)

    def _text(self, provider: StorageProvider, name: str) -> str:
        return b"".join(provider.read(f"{self._shelf.renditions}/{name}")).decode()

    def _picture(self, provider: StorageProvider, key: str) -> Image.Image:
        return Image.open(BytesIO(b"".join(provider.read(key)))).convert("RGB")


def _queue_in(region: str, queue: str | None) -> str | None:
    """The queue, unless its ARN names another region: that one's own default queue takes the job."""
    named = queue.split(":")[3] if queue and queue.startswith("arn:") and queue.count(":") > 3 else region
    return queue if named == region else None


def _object(kind: Kind, name: str, stored: StoredObject, rung: _Rung | None = None) -> CopyObject:
    return CopyObject(
        kind, name, stored.key, stored.content_type, stored.size_bytes, stored.storage_class, stored.etag,
        stored.crc64nvme, rung and rung.width, rung and rung.height, rung and rung.bandwidth,
    )  # fmt: skip
