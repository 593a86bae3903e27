"""Events: the fight nights that the audience comes for."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.demo.chance import unit
from core.demo.story import Story, days_between

FILE = "events.json"
SATURDAY = 5


@dataclass(frozen=True)
class Event:
    """One night, from the prelims in the evening to the main card before midnight UTC."""

    name: str
    date: date  #: always a Saturday
    peak: float  #: traffic of that day, as a multiple of an ordinary Saturday


def planned_events(story: Story) -> tuple[Event, ...]:
    """A fight night every Saturday; the second of each month is a numbered event, 5 to 10 times as big."""
    saturdays = [day for day in days_between(story.start, story.end) if day.weekday() == SATURDAY]
    numbered = [day for day in saturdays if 8 <= day.day <= 14]
    nights = [day for day in saturdays if day not in numbered]
    big = [Event(f"Phyght {n}", day, 5.5 + 3.5 * unit(story.seed, "peak", day)) for n, day in enumerate(numbered, 44)]
    small = [
        Event(f"Fight Night {n}", day, 1.6 + 0.6 * unit(story.seed, "peak", day)) for n, day in enumerate(nights, 131)
    ]
    return tuple(sorted(big + small, key=lambda event: event.date))


def write_events(folder: Path, events: tuple[Event, ...]) -> None:
    """Write `events.json` into the folder."""
    rows = [{"name": event.name, "date": event.date.isoformat(), "peak": round(event.peak, 4)} for event in events]
    (folder / FILE).write_text(json.dumps(rows, indent=1) + "\n")


def read_events(folder: Path) -> tuple[Event, ...]:
    """The events written into the folder, oldest first; none when there are none."""
    file = folder / FILE
    rows = json.loads(file.read_text()) if file.exists() else []
    return tuple(Event(row["name"], date.fromisoformat(row["date"]), row["peak"]) for row in rows)
