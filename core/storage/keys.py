"""Keys: which ones every provider takes, and how one is written as a path of this machine."""

import re
from pathlib import PurePosixPath

from core.errors import KeyRefused

LONGEST_BYTES = 1024  #: S3's own limit, in UTF-8
#: Bytes of a name that go into one folder's or file's; each may take three letters, and file systems allow 255.
_CHUNK = 80
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_.~")
#: What an encoded name never holds: a file ends so, and a name goes on below a folder that ends so.
_FILE, _GOES_ON = "=", "+"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: The name of a folder that adds nothing to a long one.
_NOTHING = "%"


def check_key(key: str) -> None:
    """Raise KeyRefused for a key that some provider, browser or file system would take for another one."""
    if wrong := _wrong(key):
        shown = ascii(key if len(key) <= 100 else f"{key[:100]}...")
        raise KeyRefused(f"{shown} cannot be a key: it {wrong}.", "Choose another key.")


def check_bucket(name: str) -> str:
    """The name. Raises KeyRefused for one that S3 would not take."""
    if not _BUCKET.fullmatch(name) or ".." in name:
        raise KeyRefused(f"{name[:100]!a} cannot be the name of a bucket.", "Give it as S3 shows it.")
    return name


def _wrong(key: str) -> str:
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        return "is no UTF-8 text"
    if size > LONGEST_BYTES:
        return f"is longer than {LONGEST_BYTES} bytes"
    if _CONTROL.search(key):
        return "holds a control character"
    names = key.split("/")
    if not all(names):
        return "is empty, or has an empty name between slashes"
    if "." in names or ".." in names:
        return "has . or .. between slashes"
    return ""


def path_of(key: str) -> PurePosixPath:
    """The key as a relative path: the same on file systems that tell no case, and never beside another key's.

    An object `a` and objects below `a/` can both be there, so names of files end differently from those of folders.
    Raises KeyRefused.
    """
    check_key(key)
    *folders, file = key.encode().split(b"/")
    return PurePosixPath("/".join([*map(_folder, folders), f"{_encoded(file)}{_FILE}"]))


def _folder(name: bytes) -> str:
    text = _encoded(name)
    return f"{text}{_NOTHING}" if text.endswith("/") else text


def _encoded(name: bytes) -> str:
    """A name in letters that every file system keeps apart; a long one as several folders' names."""
    chunks = [name[at : at + _CHUNK] for at in range(0, len(name) + 1, _CHUNK)]
    return f"{_GOES_ON}/".join(map(_letters, chunks))


def _letters(chunk: bytes) -> str:
    text = "".join(map(_letter, chunk))
    return f"%2e{text[1:]}" if text.startswith(".") else text  # a piece of a long name may be `..`


def _letter(byte: int) -> str:
    return chr(byte) if byte in _PLAIN else f"%{byte:02x}"


def piece_of(name: str) -> bytes:
    """What a folder or file adds to the key; sorted by it, entries of a folder are in the order of their keys."""
    letters = name.rstrip(_FILE + _GOES_ON + _NOTHING).encode()
    text = re.sub(rb"%([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), letters)
    return text if name.endswith((_FILE, _GOES_ON)) else text + b"/"


def is_file(name: str) -> bool:
    """Whether an entry stands for an object."""
    return name.endswith(_FILE)


def may_hold(piece: bytes, prefix: bytes) -> bool:
    """Whether keys that begin with the piece may begin with the prefix."""
    return piece.startswith(prefix) or prefix.startswith(piece)
