"""Thumbnails: the poster that stands for a video, and the storyboard that is seen while seeking."""

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageStat

from core.errors import PackagingFailed
from core.media import graph
from core.media.encoder import Work, run, source
from core.media.found import Found
from core.media.ladder import fitted
from core.media.renditions import timeline_of
from core.media.tiles import Sheet, tile_count
from core.units import GIB

POSTER, STORYBOARD, STORYBOARD_VTT = "poster.jpg", "storyboard.jpg", "storyboard.vtt"
_RAW = "pictures.rgb"
_POSTER_BOX, _TILE_BOX = (1280, 720), (160, 90)
_CANDIDATES = 9
#: With fewer key frames than this share of the tiles, the tiles would repeat themselves.
_ENOUGH_KEYS = 0.6
#: Below it a candidate is black, white or empty, and more of them are looked at.
_DULL = 8.0
_MORE = 100
_MIDDLE_GREY = 118
_QUALITY = 82


class Thumbnails:
    """What makes both of one video, in a folder."""

    def __init__(self, file: Path, found: Found, folder: Path, cancelled: Callable[[], bool], nice: int) -> None:
        self._file, self._found, self._folder = file, found, folder
        self._cancelled, self._nice = cancelled, nice
        self._seconds = timeline_of(found).seconds
        self._sheet = Sheet(tile_count(found.duration_s, found.video.frames), *fitted(found, *_TILE_BOX))

    def make(self) -> None:
        """Write the poster, the storyboard and its WebVTT."""
        a_tile = math.ceil(_CANDIDATES / self._sheet.count)
        count = a_tile * self._sheet.count
        only_keys = self._found.video.key_tiles >= _ENOUGH_KEYS * self._sheet.count
        pictures = self._pictures(count, only_keys)
        draw_storyboard(self._sheet, pictures[a_tile // 2 :: a_tile], self._seconds, self._folder)
        best = _best(pictures, [(2 * n + 1) * count // (2 * _CANDIDATES) for n in range(_CANDIDATES)])
        if interest(pictures[best]) < _DULL:
            count, only_keys = _MORE, False
            best = _best(self._pictures(count, only_keys), range(count))
        self._draw_poster(best, count, only_keys)

    def _pictures(self, count: int, only_keys: bool) -> list[Image.Image]:
        """So many, as large as a tile, each from the middle of its share of the video."""
        every_s, video = self._seconds / count, self._found.video
        picture = source(self._file, **(self._only_keys(count) if only_keys else {}))[str(video.index)]
        picture = graph.shown(picture, video, (self._sheet.width, self._sheet.height))
        picture = graph.sampled(picture, every_s, self._found.begin_s + every_s / 2)
        picture = picture.filter("tpad", stop_mode="clone", stop=count)
        return self._taken(picture, count, (self._sheet.width, self._sheet.height))

    def _only_keys(self, count: int) -> dict[str, Any]:
        """Options that leave out what need not be decoded; where every frame is a key frame, most of those too."""
        video = self._found.video
        step = video.frames // (2 * count)
        if video.keyframes < video.frames or step < 2:
            return {"skip_frame": "nokey"}
        return {"bsf:v": f"noise=drop='mod(n,{step})'"}

    def _draw_poster(self, number: int, count: int, only_keys: bool) -> None:
        """The picture of that number again, larger."""
        at = self._found.begin_s + (number + 0.5) * self._seconds / count
        # exactly, it would be the first one that begins after that moment
        if not only_keys:
            at = max(at - 1 / float(self._found.video.rate), 0)
        # one thread: more of them would decode what follows, too
        inexact = {"noaccurate_seek": None, "skip_frame": "nokey", "threads": 1} if only_keys else {}
        picture = self._large({"ss": f"{at:.3f}", **inexact}) or self._large({})
        if not picture:
            raise PackagingFailed("No picture of the video can be shown.", "Look at the file with a player.")
        save_poster(picture[0], self._folder)

    def _large(self, seek: dict[str, Any]) -> list[Image.Image]:
        size, video = fitted(self._found, *_POSTER_BOX), self._found.video
        picture = source(self._file, **seek)[str(video.index)]
        if video.interlaced:
            picture = picture.filter("bwdif", mode="send_frame", deint="interlaced")
        return self._taken(graph.shown(picture, video, size), 1, size)

    def _taken(self, picture: Any, count: int, size: tuple[int, int]) -> list[Image.Image]:
        """The first pictures of a stream; fewer where it has fewer."""
        raw = {"format": "rawvideo", "pix_fmt": "rgb24", "frames:v": count}
        work = Work([picture.output(_RAW, **raw)], self._folder, self._seconds, 2 * GIB, self._nice, self._cancelled)
        outcome = run(work)
        if not outcome.ok:
            raise PackagingFailed(f"Thumbnails could not be made: {outcome.reason}.", "Look at the file with a player.")
        content, length = (self._folder / _RAW).read_bytes(), 3 * size[0] * size[1]
        (self._folder / _RAW).unlink()
        parts = [content[at : at + length] for at in range(0, len(content), length)]
        return [Image.frombytes("RGB", size, part) for part in parts]


def draw_storyboard(sheet: Sheet, tiles: Sequence[Image.Image], seconds: float, folder: Path) -> None:
    """Write the storyboard and its WebVTT."""
    drawn = Image.new("RGB", sheet.size)
    for number, tile in enumerate(tiles):
        drawn.paste(tile, sheet.place(number))
    drawn.save(folder / STORYBOARD, quality=_QUALITY, optimize=True)
    (folder / STORYBOARD_VTT).write_text(sheet.vtt(STORYBOARD, seconds))


def save_poster(picture: Image.Image, folder: Path) -> None:
    """Write the poster."""
    picture.save(folder / POSTER, quality=_QUALITY, optimize=True)


def interest(picture: Image.Image) -> float:
    """How much there is to see: contrast, less where all is dark or bright."""
    luma = ImageStat.Stat(picture.convert("L"))
    return luma.stddev[0] * (1 - abs(luma.mean[0] - _MIDDLE_GREY) / 255)


def _best(pictures: Sequence[Image.Image], numbers: Iterable[int]) -> int:
    return max(numbers, key=lambda number: interest(pictures[number]))
