"""Migration previews: what an action is about to do: how many videos, how much, and until when it can be undone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.access.roles import User
from core.bootstrap import Platform
from core.migration import consequences
from core.migration.consequences import Consequence
from core.migration.progress import Progress, progress
from core.migration.state import Migration, State
from dashboard import format
from dashboard import migration_words as words

TRIED_FIRST = 10


class Action(StrEnum):
    """What can be done with a migration or one of its videos, as its button says."""

    START = "Start"
    TRY = f"Try {TRIED_FIRST} first"
    PAUSE = "Pause"
    RESUME = "Resume"
    REST = "Start the rest"
    LIMIT = "Bandwidth"
    RETRY = "Retry failed"
    ROLL_BACK = "Roll back all"
    RETIRE = "Retire source"
    CANCEL = "Cancel"
    DELETE = "Delete the plan"
    MOVE_NOW = "Move now"
    RETRY_ONE = "Try again"
    ROLL_BACK_ONE = "Roll back"


@dataclass(frozen=True)
class Preview:
    """What is said before it is done."""

    what: str  #: with how many, and how much
    lines: tuple[str, ...]
    undo: str  #: until when it can be undone
    button: str
    do: Callable[[User, datetime], str]  #: does it, and returns what was done
    is_final: bool = False  #: it cannot be undone
    possible: bool = True


def preview(platform: Platform, user: User, action: Action, name: str, video_id: str, now: datetime) -> Preview:
    """Of an action on a migration, or on one of its videos. Raises MigrationNotFound, PermissionDenied."""
    found = progress(platform.database, user, name, now)
    return _PREVIEWS[action](_Asked(platform, user, found, video_id, now))


@dataclass(frozen=True)
class _Asked:
    platform: Platform
    user: User
    found: Progress
    video_id: str
    now: datetime

    @property
    def migration(self) -> Migration:
        return self.found.migration

    @property
    def source(self) -> str:
        return format.provider(self.migration.source)

    @property
    def target(self) -> str:
        return format.provider(self.migration.target)

    @property
    def one(self) -> str | None:
        return self.video_id or None


def _start(asked: _Asked, first: int | None = None) -> Preview:
    about = consequences.of_start(asked.platform.database, asked.user, asked.migration, first)

    def do(user: User, now: datetime) -> str:
        started = asked.platform.migrations.start(user, asked.migration.name, now, first)
        return f"{_videos(started)} are on their way. They move on the server; you may close this."

    copied = "checked where another tool has put them" if asked.migration.adopts else "copied"
    return Preview(
        f"{_videos(about.videos)}, {format.size(about.left_bytes)}, from {asked.source} to {asked.target}",
        (
            f"They are {copied} and checked; then viewers get them from {asked.target}. No link breaks on the way.",
            _money(about),
            f"Bandwidth: {words.rate_in_words(asked.migration.timetable, asked.now)}.",
        ),
        words.undone_until(asked.migration),
        "Start" if first is None else f"Try {about.videos}",
        do,
        possible=about.videos > 0,
    )


def _try(asked: _Asked) -> Preview:
    return _start(asked, TRIED_FIRST)


def _pause(asked: _Asked) -> Preview:
    def do(user: User, now: datetime) -> str:
        asked.platform.migrations.pause(user, asked.migration.name, now)
        return "Paused. What has arrived stays, and is not sent again."

    return Preview("", (), "", "Pause", do)


def _cancel(asked: _Asked) -> Preview:
    about = consequences.of_cancel(asked.platform.database, asked.user, asked.migration, asked.one)
    stay = asked.found.videos(State.DONE, State.RETIRING, State.RETIRED)

    def do(user: User, now: datetime) -> str:
        return f"{_videos(asked.platform.migrations.cancel(user, asked.migration.name, now, asked.one))} given up."

    return Preview(
        f"{_videos(about.videos)} will not be moved",
        (
            f"{format.size(about.size_bytes - about.left_bytes)} that have arrived of them are removed "
            f"from {asked.target}.",
            *([] if asked.one else [f"{_videos(stay)} that are moved stay moved."]),
            f"Viewers go on getting them from {asked.source}.",
        ),
        "They can be tried again at any time; what was removed is then copied anew.",
        "Give them up" if not asked.one else "Give it up",
        do,
        possible=about.videos > 0,
    )


def _retry(asked: _Asked) -> Preview:
    failed = 1 if asked.one else asked.found.videos(State.FAILED)

    def do(user: User, now: datetime) -> str:
        return f"{_videos(asked.platform.migrations.retry(user, asked.migration.name, now, asked.one))} tried again."

    return Preview(
        f"{_videos(failed)} will be tried again",
        ("What has arrived is not sent again. What fails once more is set aside, with the reason.",),
        words.undone_until(asked.migration),
        "Try again",
        do,
        possible=failed > 0,
    )


def _roll_back(asked: _Asked) -> Preview:
    about = consequences.of_roll_back(asked.platform.database, asked.user, asked.migration, asked.one)

    def do(user: User, now: datetime) -> str:
        chosen = [asked.one] if asked.one else None
        back = asked.platform.migrations.roll_back(user, asked.migration.name, now, chosen)
        return f"Viewers get {_videos(back)} from {asked.source} again."

    return Preview(
        f"Viewers get {_videos(about.videos)}, {format.size(about.size_bytes)}, from {asked.source} again",
        (
            "No byte is moved, and no link breaks: they are switched at once.",
            f"The copies at {asked.target} stay, and cost {_a_month(about.monthly_after_usd)}.",
        ),
        "Each can be moved again at any time, without copying it anew.",
        "Roll back",
        do,
        possible=about.videos > 0,
    )


def _retire(asked: _Asked) -> Preview:
    about = consequences.of_retire(asked.platform.database, asked.user, asked.migration, asked.now, asked.one)
    kept = (1 if asked.one else asked.found.videos(State.DONE)) - about.videos

    def do(user: User, now: datetime) -> str:
        return f"{_videos(asked.platform.migrations.retire(user, asked.migration.name, now, asked.one))} being retired."

    return Preview(
        f"{_videos(about.videos)}, {format.size(about.size_bytes)}, are removed from {asked.source}",
        (
            f"Each copy at {asked.target} is checked once more before. What does not match is kept, and told.",
            f"{asked.source} then costs {_a_month(about.monthly_before_usd)} less, at list price.",
            *([f"{_videos(kept)} stay: their period of grace is not over."] if kept else []),
        ),
        "This cannot be undone: these videos cannot be rolled back afterwards.",
        f"Remove from {asked.source}",
        do,
        is_final=True,
        possible=about.videos > 0,
    )


def _delete(asked: _Asked) -> Preview:
    def do(user: User, now: datetime) -> str:
        asked.platform.plans.delete(user, asked.migration.name, now)
        return f"The plan {asked.migration.name} is deleted."

    return Preview(
        f"The plan {asked.migration.name} is forgotten",
        ("Nothing of it was started. No video and no copy is touched.",),
        "It can be planned again at any time.",
        "Delete the plan",
        do,
    )


def _move_now(asked: _Asked) -> Preview:
    def do(user: User, now: datetime) -> str:
        asked.platform.migrations.move_now(user, asked.migration.name, asked.video_id, now)
        return "It is moved next."

    return Preview("", (), "", "Move now", do)


def _videos(number: int) -> str:
    return format.count(number, "video")


def _a_month(usd: Decimal) -> str:
    return f"{format.money(usd)} a month"


def _money(about: Consequence) -> str:
    saving = about.monthly_saving_usd
    less = f"{format.money(abs(saving))} {'less' if saving >= 0 else 'more'} a month"
    return f"It costs {format.money(about.one_off_usd)} once, and {less} once the source is retired, at list price."


_PREVIEWS: dict[Action, Callable[[_Asked], Preview]] = {
    Action.START: _start,
    Action.TRY: _try,
    Action.PAUSE: _pause,
    Action.RESUME: _start,
    Action.REST: _start,
    Action.CANCEL: _cancel,
    Action.RETRY: _retry,
    Action.RETRY_ONE: _retry,
    Action.ROLL_BACK: _roll_back,
    Action.ROLL_BACK_ONE: _roll_back,
    Action.RETIRE: _retire,
    Action.DELETE: _delete,
    Action.MOVE_NOW: _move_now,
}
