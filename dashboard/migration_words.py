"""Migration words: how the Migration page calls states, and says how long, how fast and how much."""

from datetime import datetime, timedelta

from core.migration.progress import Event, Progress
from core.migration.state import MOVING, Migration, Phase, State
from core.migration.timetable import parse_timetable
from dashboard import format

STATES = {
    State.COPYING: "Copying",
    State.UPLOADED: "Checking",
    State.VERIFIED: "Switching links",
    State.WAITING: "Waiting",
    State.DONE: "Done",
    State.FAILED: "Failed",
    State.ROLLED_BACK: "Rolled back",
    State.CANCELLED: "Cancelled",
    State.RETIRING: "Retiring",
    State.RETIRED: "Retired",
    State.BLOCKED: "Cannot move",
}
#: What is at work on a video, or will be; and the others.
_ICONS = {
    State.DONE: ":green[:material/check_circle:]",
    State.RETIRED: ":green[:material/check_circle:]",
    State.FAILED: ":red[:material/error:]",
    State.BLOCKED: ":orange[:material/block:]",
    State.ROLLED_BACK: ":gray[:material/undo:]",
    State.CANCELLED: ":gray[:material/cancel:]",
    State.WAITING: ":gray[:material/schedule:]",
}
#: Steps of a move that are called otherwise in the timeline.
_EVENTS = {"copying": "Copying begins", "uploaded": "Copied; is checked", "verified": "Checked; links are switched"}
_AT_WORK = ":blue[:material/sync:]"


def icon(state: State) -> str:
    """Before the word, never instead of it."""
    return _ICONS.get(state, _AT_WORK)


def route(source: str, target: str) -> str:
    """From where to where."""
    return f"{format.provider(source)} → {format.provider(target)}"


def standing(found: Progress) -> str:
    """How a migration stands, in a word or two."""
    match found.migration.phase:
        case Phase.RUNNING if is_under_way(found):
            return "Running"
        case Phase.RUNNING if not found.is_over:
            return "Tried"
        case Phase.RUNNING if found.moved and found.moved == found.videos(State.RETIRED):
            return "Done, and the source is retired"
        case Phase.RUNNING:
            return "Done, but for some that failed" if found.videos(State.FAILED) else "Done"
        case Phase.PAUSED:
            return "Paused"
        case Phase.CANCELLED:
            return "Cancelled"
        case Phase.PLANNED:
            return "Planned"


def is_under_way(found: Progress) -> bool:
    """Whether something goes on without anybody's doing."""
    return found.migration.phase is Phase.RUNNING and found.videos(*MOVING) > found.not_asked


def meaning(found: Progress) -> str:
    """What that means for whoever looks at it."""
    if is_under_way(found):
        return "Runs on the server; you may close this and come back."
    match found.migration.phase:
        case Phase.PAUSED:
            return "What has arrived stays, and is not sent again."
        case Phase.CANCELLED:
            return "What was moved stays moved."
        case _ if found.not_asked:
            return f"{format.count(found.not_asked, 'more video')} wait until you start the rest."
        case _ if found.videos(State.DONE):
            return "Viewers get them from the target. All can be rolled back until their source is retired."
        case _:
            return "Nothing is under way."


def duration(span: timedelta) -> str:
    """50 s, 12 min, 3.5 h, 2.1 days."""
    seconds = max(span.total_seconds(), 0)
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    if seconds < 5_400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3_600:,.1f} h" if seconds < 129_600 else f"{seconds / 86_400:,.1f} days"


def span(fastest: timedelta, slowest: timedelta) -> str:
    """From at best to at worst: 2 to 6 h."""
    least, most = duration(fastest), duration(slowest)
    if least == most:
        return most
    number, unit = least.rsplit(" ", 1)
    return f"{number if most.endswith(f' {unit}') else least} to {most}"


def speed(bytes_per_s: float) -> str:
    return f"{format.size(bytes_per_s)}/s"


def rate_in_words(timetable: str, now: datetime) -> str:
    """How fast it may go now: at most 256.0 KiB/s, as fast as it goes. Raises MigrationRefused."""
    rate = parse_timetable(timetable).rate_at(now)
    return "as fast as it goes" if rate is None else f"at most {speed(rate)}"


def event(what: Event) -> str:
    """A line of a timeline, with who asked for it."""
    by = f"by {what.actor}" if what.actor else ""
    return " ".join(filter(None, [_EVENTS.get(what.kind, what.kind.capitalize()), what.detail, by]))


def undone_until(migration: Migration) -> str:
    """Until when a move can be taken back."""
    days = format.count(migration.grace_days, "day")
    return f"Each can be rolled back until its source is retired: at the earliest {days} after its links are switched."
