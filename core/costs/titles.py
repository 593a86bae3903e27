"""Titles: what a bill is shared out over."""

from dataclasses import dataclass
from enum import StrEnum


class Title(StrEnum):
    """What a bill is shared out over."""

    VIDEO = "video"
    RUNG = "rung"
    UPLOADED = "uploaded"  #: groups of videos: those that were uploaded in the same quarter of a year


#: Under which what is a video's, but of none of its rungs, is counted.
NO_RUNG = "no rung"
#: Under which videos are counted that nobody knows the upload of.
NO_UPLOAD = "not in the library"
#: Of a measurement, as SQL: its title, or the name by which `LABELS` finds that; empty where it is of no video.
TITLE_SQL = {
    Title.VIDEO: "video",
    Title.RUNG: f"CASE WHEN video = '' THEN '' WHEN rung = '' THEN '{NO_RUNG}' ELSE rung END",
    Title.UPLOADED: "video",
}
_UPLOADS = "unnest($uploads::STRUCT(video VARCHAR, quarter VARCHAR)[], recursive := true)"


@dataclass(frozen=True)
class Labels:
    """How the names of measurements become titles, as SQL."""

    title: str = "name"
    joined: str = ""


#: Several videos are one title where they are told apart by groups.
LABELS = {
    Title.VIDEO: Labels(),
    Title.RUNG: Labels(),
    Title.UPLOADED: Labels(
        f"if(name = '', '', coalesce(quarter, '{NO_UPLOAD}'))",
        f"LEFT JOIN (SELECT {_UPLOADS}) uploads ON uploads.video = name",
    ),
}


#: Titles that are forecast: of videos there are too many.
FORECAST = (Title.RUNG, Title.UPLOADED)


def title_named(name: str) -> Title | None:
    """The one that a person means, in capitals or not; None where it is no title."""
    plain = name.strip().lower()
    return next((title for title in Title if plain in (title, f"{title}s")), None)
