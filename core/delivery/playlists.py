"""Playlists: rewrite where an HLS playlist leads, so that each address in it carries its own permission."""

import posixpath
import re
from collections.abc import Callable
from urllib.parse import unquote

from core.errors import PlaylistRefused

#: Twelve hours in segments of six seconds are half a megabyte.
LARGEST_BYTES = 8 * 2**20
_ATTRIBUTE = re.compile(r'((?:^|[:,])URI=")([^"]*)(")')
_RELATIVE = re.compile(r"(?![a-zA-Z][a-zA-Z0-9+.-]*:)[^/?#]")  # no scheme, host or root


def rewritten(playlist: bytes, key: str, address: Callable[[str], str]) -> bytes:
    """The playlist that lies at the key, with `address(key)` in the place of each relative address in it.

    Raises PlaylistRefused for what is no playlist, and where one leads out of the bucket.
    """
    folder = posixpath.dirname(key)

    def put(uri: str) -> str:
        return address(_key_of(uri, folder, key))

    try:
        lines = playlist.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise PlaylistRefused(f"{key!r} is no playlist: it is no UTF-8 text.", "Package the video again.") from error
    if lines[0].lstrip("\ufeff").rstrip() != "#EXTM3U":
        raise PlaylistRefused(f"{key!r} is no playlist: it does not begin with #EXTM3U.", "Package the video again.")
    return "\n".join(_rewritten_line(line.strip(), put) for line in lines).encode()


def _rewritten_line(line: str, put: Callable[[str], str]) -> str:
    if line.startswith("#EXT"):
        return _ATTRIBUTE.sub(lambda match: f"{match[1]}{put(match[2])}{match[3]}", line)
    return line if not line or line.startswith("#") else put(line)


def _key_of(uri: str, folder: str, playlist: str) -> str:
    if not _RELATIVE.match(uri):
        raise PlaylistRefused(f"The playlist {playlist!r} leads out of its folder.", "Package the video again.")
    path = re.split("[?#]", uri, maxsplit=1)[0]
    return posixpath.normpath(posixpath.join(folder, unquote(path)))
