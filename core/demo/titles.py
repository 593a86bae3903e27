"""Titles: what the demo's videos are called."""

from core.demo.catalogue import Video
from core.demo.chance import unit
from core.demo.events import Event
from core.demo.story import Story

FIGHTERS = (
    "Rivera", "Stone", "Okafor", "Tanaka", "Kowalski", "Silva", "Öztürk", "Müller", "Nguyen", "Haddad", "Petrov",
    "Lindqvist", "Moreau", "Castillo", "Adeyemi", "Novák", "Brandt", "Sato", "Doyle", "Ferreira", "Ibrahim", "Jansen",
    "Kaya", "Lombardi", "Mendes", "Nakamura", "O'Brien", "Popescu", "Quintero", "Rossi", "Santana", "Torres", "Ueda",
    "Vargas", "Walsh", "Yilmaz", "Zhang", "Banks", "Cruz", "Duarte",
)  # fmt: skip
_KINDS = ("main event", "co-main event", "prelim", "round by round", "weigh-in", "press conference", "highlights")


def title_of(story: Story, events: tuple[Event, ...], video: Video) -> str:
    """Who fought whom, at which night, and what of it is shown: the same every time for the same video."""
    red, blue = _pair(story, video.number)
    night = _night(events, video, story)
    kind = _KINDS[int(unit(story.seed, "kind", video.number) * len(_KINDS))]
    return f"{red} vs {blue}, {night}: {kind}"


def _pair(story: Story, number: int) -> tuple[str, str]:
    first = int(unit(story.seed, "red", number) * len(FIGHTERS))
    apart = 1 + int(unit(story.seed, "blue", number) * (len(FIGHTERS) - 1))
    return FIGHTERS[first], FIGHTERS[(first + apart) % len(FIGHTERS)]


def _night(events: tuple[Event, ...], video: Video, story: Story) -> str:
    """The last night before it was published; one from the archive where that is before the story begins."""
    before = [event for event in events if event.date <= video.published]
    return before[-1].name if before else f"Fight Night {1 + int(unit(story.seed, 'night', video.number) * 130)}"
