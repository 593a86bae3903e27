"""Hostile: what is read of a file that anybody may have made, and how much of it at most."""

from core.errors import NotAVideo

#: Containers that hold their own bytes and nothing else. Playlists and scripts would read what lies beside them,
#: other people's uploads too, or fetch addresses; so they are not in it, whatever the file is called.
CONTAINERS = "mov,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg"
PROTOCOLS = "file,pipe,fd"
#: 8K at its widest. A picture of 8192x8192 takes seconds to decode, out of 200 KB.
MOST_PIXELS = 8192 * 4352
MOST_SECONDS = 24 * 3600
MOST_TRACKS = 16  #: of sound; and of subtitles

#: The options that make ffmpeg and PyAV alike keep to it.
INPUT_OPTIONS = {
    "protocol_whitelist": PROTOCOLS,
    "format_whitelist": CONTAINERS,
    "max_pixels": str(MOST_PIXELS),
    "max_streams": "100",
}


def require_decodable_size(name: str, width: int, height: int) -> None:
    """Raises NotAVideo when decoding a picture would take too much."""
    if width * height > MOST_PIXELS:
        raise NotAVideo(f"{name} has a picture of {width}x{height}, which is too large.", "8192x4320 is the largest.")


def require_bearable_length(name: str, seconds: float) -> None:
    """Raises NotAVideo when encoding it would take for ever."""
    if seconds > MOST_SECONDS:
        raise NotAVideo(f"{name} lasts {seconds / 3600:,.0f} hours, which is too long.", "24 hours are the longest.")
