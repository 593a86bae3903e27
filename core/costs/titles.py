"""Titles: what a bill is shared out over."""

from enum import StrEnum


class Title(StrEnum):
    """What a bill is shared out over."""

    VIDEO = "video"
    RUNG = "rung"


#: Under which what is a video's, but of none of its rungs, is counted.
NO_RUNG = "no rung"
#: Of a measurement, as SQL: its title; empty where it is of no video.
TITLE_SQL = {
    Title.VIDEO: "video",
    Title.RUNG: f"CASE WHEN video = '' THEN '' WHEN rung = '' THEN '{NO_RUNG}' ELSE rung END",
}


def title_named(name: str) -> Title | None:
    """The one that a person means, in capitals or not; None where it is no title."""
    plain = name.strip().lower()
    return next((title for title in Title if plain in (title, f"{title}s")), None)
