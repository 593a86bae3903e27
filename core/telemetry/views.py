"""Views: how often each video was watched, counted from what players have told."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

#: What a player tells when its picture begins to move; pieces that it asks for are no views.
_PLAYING = "p"


def views(folder: Path) -> Counter[str] | None:
    """Views by the name of a video in links, its slug: each session of a player in which it has played counts once.

    From every report that is kept in the folder; None where players have told nothing yet.
    """
    files = sorted(folder.glob("cmcd-*.jsonl"))
    sessions = {session for file in files for session in _sessions(file)}
    return Counter(video for video, _ in sessions) if sessions else None


def _sessions(file: Path) -> Iterator[tuple[str, str]]:
    with file.open("rb") as lines:
        for line in lines:
            told = _told(line)
            video, session = told.get("cid"), told.get("sid")
            if told.get("sta") == _PLAYING and isinstance(video, str) and isinstance(session, str):
                yield video, session


def _told(line: bytes) -> dict[str, object]:
    """What a line has of the player's own words; nothing of one that was cut off."""
    try:
        told = json.loads(line)["cmcd"]
    except (ValueError, KeyError, TypeError):
        return {}
    return told if isinstance(told, dict) else {}
