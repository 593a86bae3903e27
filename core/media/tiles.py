"""Tiles: how many pictures of a video its storyboard shows, and where on the sheet each stands."""

from dataclasses import dataclass

_MOST = 100
_COLUMNS = 10
_EVERY_S = 1.0


@dataclass(frozen=True)
class Sheet:
    """A storyboard's grid, which is full: it has as many places as pictures."""

    count: int
    width: int  #: of a tile
    height: int

    @property
    def columns(self) -> int:
        return min(self.count, _COLUMNS)

    @property
    def size(self) -> tuple[int, int]:
        """Of the whole sheet, in pixels."""
        return self.columns * self.width, self.count // self.columns * self.height

    def place(self, number: int) -> tuple[int, int]:
        """Of a tile's upper left corner."""
        row, column = divmod(number, self.columns)
        return column * self.width, row * self.height

    def vtt(self, picture: str, seconds: float) -> str:
        """The WebVTT that tells players which tile stands for which time."""
        cues = [self._cue(number, picture, seconds) for number in range(self.count)]
        return "\n".join(["WEBVTT", "", *cues])

    def _cue(self, number: int, picture: str, seconds: float) -> str:
        start, end = (_instant(n * seconds / self.count) for n in (number, number + 1))
        x, y = self.place(number)
        return f"{start} --> {end}\n{picture}#xywh={x},{y},{self.width},{self.height}\n"


def tile_count(seconds: float, frames: int) -> int:
    """One picture a second; of longer videos whole rows of ten, and a hundred at most."""
    return whole_rows(max(min(int(seconds / _EVERY_S + 1e-6), frames, _MOST), 1))


def whole_rows(count: int) -> int:
    """So many pictures, or a few less, that they fill their sheet."""
    return count if count < _COLUMNS else count // _COLUMNS * _COLUMNS


def _instant(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
