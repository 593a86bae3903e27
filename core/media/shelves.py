"""Shelves: where each file of a package goes beside the original, and how long caches may keep it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.catalog.video import CopyObject, Kind
from core.media.folder import MASTER, variants_of
from core.media.package import Made
from core.media.thumbnails import POSTER, STORYBOARD, STORYBOARD_VTT
from core.settings import Settings
from core.storage.provider import StorageClass, StoredObject

#: Its key is never used for anything else.
FOR_EVER = "public, max-age=31536000, immutable"
#: It is replaced in place when the video is packaged again.
FOR_A_MINUTE = "public, max-age=60"
_TYPES = {
    ".mp4": "video/mp4",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".vtt": "text/vtt; charset=utf-8",
    ".jpg": "image/jpeg",
}
_AUDIO = "audio/mp4"


@dataclass(frozen=True)
class Shelved:
    """A file of a package, and what it becomes at a provider."""

    file: Path
    kind: Kind
    name: str  #: within the video
    key: str
    content_type: str
    cache_control: str
    storage_class: StorageClass
    width: int | None = None
    height: int | None = None
    bandwidth: int | None = None

    def recorded(self, stored: StoredObject) -> CopyObject:
        """It as the catalog records it."""
        return CopyObject(
            self.kind, self.name, self.key, self.content_type, stored.size_bytes, stored.storage_class, stored.etag,
            stored.crc64nvme, self.width, self.height, self.bandwidth,
        )  # fmt: skip


@dataclass(frozen=True)
class Shelf:
    """Where the files of one packaging of a video go."""

    video_id: str
    revision: int
    settings: Settings

    @property
    def folder(self) -> str:
        """Where all of the video lies, unless its original came from elsewhere."""
        return f"videos/{self.video_id}"

    @property
    def above(self) -> str:
        """What the keys of all of the video's renditions begin with, of any packaging."""
        return f"{self.folder}/hls"

    @property
    def renditions(self) -> str:
        """The folder of this packaging's renditions: of its own, because caches keep them for ever."""
        return self.above if self.revision == 1 else f"{self.above}-{self.revision}"

    def thumbnails(self, folder: Path) -> Iterator[Shelved]:
        """The poster and the storyboard."""
        for file, name in ((POSTER, "poster"), (STORYBOARD, "storyboard"), (STORYBOARD_VTT, STORYBOARD_VTT)):
            yield self._small(folder / file, Kind.THUMBNAIL, name, f"{self.folder}/{file}")

    def package(self, made: Made, folder: Path) -> Iterator[Shelved]:
        """The rest, in an order in which nothing names what is not there yet."""
        for variant in variants_of(made, folder):
            rung = variant.rung
            yield self._rendition(folder / f"{rung.name}.mp4", rung.width, rung.height, variant.bandwidth)
        for sound, _ in made.sounds:
            yield self._rendition(folder / f"{sound.name}.mp4")
        for subtitles in made.subtitles:
            yield self._beside(folder / f"{subtitles.name}.vtt", Kind.SUBTITLES)
        names = [each.name for each, _ in (*made.rungs, *made.sounds)] + [each.name for each in made.subtitles]
        for name in (*names, Path(MASTER).stem):
            yield self._beside(folder / f"{name}.m3u8", Kind.PLAYLIST)

    def _rendition(
        self, file: Path, width: int | None = None, height: int | None = None, bandwidth: int | None = None
    ) -> Shelved:
        return Shelved(
            file=file,
            kind=Kind.RENDITION,
            name=file.stem,
            key=f"{self.renditions}/{file.name}",
            content_type=_TYPES[file.suffix] if width else _AUDIO,
            cache_control=FOR_EVER,
            storage_class=StorageClass(self.settings.storage_class_renditions),
            width=width,
            height=height,
            bandwidth=bandwidth,
        )

    def _beside(self, file: Path, kind: Kind) -> Shelved:
        return self._small(file, kind, file.name, f"{self.renditions}/{file.name}")

    def _small(self, file: Path, kind: Kind, name: str, key: str) -> Shelved:
        storage_class = StorageClass(self.settings.storage_class_thumbnails)
        return Shelved(file, kind, name, key, _TYPES[file.suffix], FOR_A_MINUTE, storage_class)


def chunks_of(file: Path, each_bytes: int = 1 << 20) -> Iterable[bytes]:
    """A file's bytes."""
    with file.open("rb") as content:
        while chunk := content.read(each_bytes):
            yield chunk
