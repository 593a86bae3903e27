"""Probe: what a file holds, found out where it can do no harm."""

import json
import sys
from pathlib import Path

from core import errors
from core.errors import MediaError, NotAVideo
from core.media.found import Found, found_from_json
from core.media.process import Limits, TooLong, lines_of
from core.units import GIB, MIB

_ROOT = Path(__file__).parent.parent.parent
#: Read at least at this speed, or the machine is at fault.
_SLOWEST_BYTES_A_S = 20 * MIB


def probe(file: Path) -> Found:
    """What the file holds. Raises NotAVideo, and Incomplete."""
    if not file.is_file():
        raise NotAVideo(f"There is no file {file}.", "Check its name.")
    told, status = _told(file)
    try:
        answer = json.loads(told)
    except ValueError:
        raise NotAVideo(
            f"{file.name} is not a readable video: reading it takes too much, or ends in a crash (status {status}).",
            "Export it again from the program that it comes from.",
        ) from None
    if "error" not in answer:
        return found_from_json(answer)
    kind: type[MediaError] = getattr(errors, answer["error"])
    raise kind(answer["message"], answer["advice"])


def _told(file: Path) -> tuple[str, int]:
    """What the process that looks has said, and how it ended."""
    program = [sys.executable, "-m", "core.media.prober", str(file.resolve())]
    seconds = 60 + file.stat().st_size // _SLOWEST_BYTES_A_S
    limits = Limits(cpu_s=seconds, memory_bytes=4 * GIB, file_bytes=0, silent_s=10 * seconds, nice=5)
    said: list[str] = []
    try:
        for line in lines_of(program, limits, _ROOT):
            if isinstance(line, int):
                return "".join(said), line
            said.append(line)
    except TooLong:
        said.clear()
    return "".join(said), -1
