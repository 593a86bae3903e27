"""Showing: the served copy of one video, for somebody who may see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from core.catalog.video import Copy, CopyObject, Kind, Video, Visibility
from core.delivery.addresses import Addresses
from core.delivery.playback import HLS_TYPE, Playback, Storyboard, Subtitles
from core.delivery.playlists import LARGEST_BYTES, rewritten
from core.delivery.seal import Purpose, Seal
from core.errors import NothingServed, ObjectNotFound, PlaylistRefused
from core.storage.provider import StorageProvider

MASTER, POSTER, STORYBOARD = "master.m3u8", "poster", "storyboard"
#: What every browser plays without HLS.
_PLAYED_BY_BROWSERS = ("video/mp4", "video/webm")


@dataclass(frozen=True)
class Showing:
    """Where each object of the copy is for one viewer, from `now` until `expires_at`."""

    video: Video
    copy: Copy
    addresses: Addresses
    seal: Seal
    now: datetime
    expires_at: datetime
    for_head: bool = False  #: whoever asks looks with HEAD, and reads nothing
    in_part: bool = False  #: whoever asks may have one object of a private video, and what that names

    def playback(self, adapting: bool = True) -> Playback:
        """All that a player needs; without HLS, if there is a way, where it is not `adapting`.

        Raises NothingServed, StorageError.
        """
        best = self._best(adapting)
        is_master = best.name == MASTER
        stays = self.are_open or (is_master and not self.is_private)
        return Playback(
            self.video,
            self.copy.provider,
            self.handed_on(best) if is_master else self.address(best),
            HLS_TYPE if is_master else best.content_type,
            None if stays else self.expires_at,
            self._accessory(POSTER),
            self._storyboard(),
            tuple(self._subtitles()),
            self.addresses.take_parameters(self.video, self.copy),
        )

    @property
    def is_private(self) -> bool:
        return self.video.visibility is Visibility.PRIVATE

    @property
    def are_open(self) -> bool:
        """Whether everybody gets the objects at plain addresses, so that our own server need not hand them on."""
        return self.addresses.are_open(self.video, self.copy)

    def address(self, each: CopyObject) -> str:
        """Where an object is. Raises StorageError."""
        return self.addresses.of(each, self.video, self.copy, self.expires_at, self.now, self.for_head, self.in_part)

    def handed_on(self, each: CopyObject) -> str:
        """Where an object is for everybody, or the path at which our own server hands it on to this viewer."""
        if self.are_open:
            return self.address(each)
        path = f"/play/{quote(self.video.id, safe='')}/{quote(each.name, safe='')}"
        return f"{path}?{self._sealed(each)}" if self.is_private else path

    def _sealed(self, each: CopyObject) -> str:
        if self.in_part:
            return self.seal.query(Purpose.PIECE, f"{self.video.id}/{each.name}", self.expires_at)
        return self.seal.query(Purpose.PLAY, self.video.id, self.expires_at)

    def piece(self, name: str) -> CopyObject:
        """What our own server hands on by that name: anything but the original. Raises ObjectNotFound."""
        found = self.copy.object(name) or self._made(name)
        if found is None or found.kind is Kind.ORIGINAL:
            raise ObjectNotFound(f"{self.video.title!r} has no {name!r}.", _PACKAGE_AGAIN)
        return found

    def lain_at(self, key: str) -> CopyObject | None:
        """What lay at that key before the video was moved, unless that is the video itself.

        The target may have put a prefix before all keys; so the shortest that ends like it is meant.
        """
        first = self.copy.objects[0].key if self.copy.objects else ""
        ending = [
            each
            for each in self.copy.objects
            if each.key.endswith(key) and (each.key == key or first.startswith(each.key.removesuffix(key)))
        ]
        meant = min(ending, key=lambda each: len(each.key), default=None)
        return None if meant is None or meant.kind is Kind.ORIGINAL or meant.name == MASTER else meant

    @property
    def poster(self) -> CopyObject | None:
        """Its picture, if it has one."""
        return self._made(POSTER)

    def playlist(self, each: CopyObject) -> bytes:
        """A playlist of the copy, in which each address carries its own permission.

        Raises PlaylistRefused, StorageError.
        """
        provider = self.addresses.providers.named(self.copy.provider)
        return rewritten(_content(provider, each.key, each.etag), each.key, self._in_playlist)

    def _in_playlist(self, key: str) -> str:
        for each in self.copy.objects:
            if each.key == key:
                return self.handed_on(each) if each.kind is Kind.PLAYLIST else self.address(each)
        raise PlaylistRefused(f"A playlist of {self.video.title!r} names {key!r}, which is not there.", _PACKAGE_AGAIN)

    def _best(self, adapting: bool) -> CopyObject:
        master, original = self.copy.object(MASTER), self.copy.object(Kind.ORIGINAL)
        readable = original if original and original.storage_class.instant else None
        if readable and not adapting and readable.content_type in _PLAYED_BY_BROWSERS:
            return readable
        if best := master or readable:
            return best
        if original:
            raise NothingServed(f"{self.video.title!r} is archived in {original.storage_class}.", "Restore it first.")
        raise NothingServed(f"{self.video.title!r} has no file that can be watched.", "Upload it again.")

    def _storyboard(self) -> Storyboard | None:
        cues, picture = self._accessory(STORYBOARD, "text/vtt"), self._accessory(STORYBOARD)
        return Storyboard(cues, picture) if cues and picture else None

    def _accessory(self, name: str, content_type: str = "image/") -> str | None:
        found = self._made(name, content_type)
        return self.handed_on(found) if found else None

    def _made(self, name: str, content_type: str = "image/") -> CopyObject | None:
        """What packaging has made by that name, whatever its suffix."""
        made = (each for each in self.copy.objects if each.name.rsplit(".", 1)[0] == name)
        return next((each for each in made if each.content_type.startswith(content_type)), None)

    def _subtitles(self) -> Iterator[Subtitles]:
        for each in self.copy.objects:
            if each.kind is Kind.SUBTITLES and each.content_type.startswith("text/vtt"):
                yield Subtitles(each.name.removesuffix(".vtt").removeprefix("subtitles-"), self.handed_on(each))


_PACKAGE_AGAIN = "Package the video again."


@lru_cache(maxsize=32)
def _content(provider: StorageProvider, key: str, etag: str) -> bytes:
    """A playlist as it lies there; viewers who come together cost one look."""
    content = b""
    for chunk in provider.read(key, 0, LARGEST_BYTES + 1, etag):
        content += chunk
    if len(content) > LARGEST_BYTES:
        raise PlaylistRefused(f"{key!r} is too long for a playlist.", _PACKAGE_AGAIN)
    return content
