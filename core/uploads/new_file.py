"""New file: what somebody says of a file that they want to bring in, and whether it can be taken."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.catalog.video import Visibility
from core.errors import SizeRefused, UploadRefused
from core.units import size_in_words

LONGEST_NAME = 255
LONGEST_TITLE = 200
LONGEST_FINGERPRINT = 512
LONGEST_RESIDENCY = 32


@dataclass(frozen=True)
class NewFile:
    """A file that somebody wants to bring in."""

    name: str
    size_bytes: int
    head: bytes  #: its first bytes, see core.uploads.content
    title: str = ""  #: empty: by its name
    residency: str = ""  #: the jurisdiction that its bytes must stay in; empty: anywhere
    visibility: Visibility = Visibility.PUBLIC
    fingerprint: str = ""  #: by which its owner's program knows the file again; empty where it does not

    @property
    def shown_title(self) -> str:
        """The title that was given, or the name without its folder and ending."""
        return _line(self.title) or _line(PurePosixPath(self.name.replace("\\", "/")).stem) or "Untitled"


def check(file: NewFile, largest_bytes: int) -> None:
    """Raises UploadRefused or SizeRefused, in words, where it is not fit to be asked about."""
    if not file.name.strip() or len(file.name) > LONGEST_NAME:
        raise UploadRefused(f"A file needs a name of 1 to {LONGEST_NAME} characters.", "Rename it.")
    if len(file.title) > LONGEST_TITLE:
        raise UploadRefused(f"The title has {len(file.title)} characters.", f"Use {LONGEST_TITLE} or fewer.")
    if len(file.fingerprint) > LONGEST_FINGERPRINT:
        raise UploadRefused("The fingerprint is too long.", f"Use {LONGEST_FINGERPRINT} characters or fewer.")
    if len(file.residency) > LONGEST_RESIDENCY or not file.residency.isprintable():
        raise UploadRefused("The residency is no name of a jurisdiction.", "Use one like EU.")
    if file.size_bytes <= 0:
        raise SizeRefused(f"{file.name!r} is empty.", "Check that its recording or download came to an end.")
    if file.size_bytes > largest_bytes:
        raise SizeRefused(
            f"{file.name!r} has {size_in_words(file.size_bytes)}; the most that is taken is "
            f"{size_in_words(largest_bytes)}.",
            "Make it smaller, or raise UPLOAD_MAX_BYTES.",
        )


def _line(text: str) -> str:
    """The text on one line, without what does not show itself."""
    shown = "".join(each if unicodedata.category(each)[0] != "C" else " " for each in text)
    return re.sub(r"\s+", " ", shown).strip()[:LONGEST_TITLE]
