"""python -m core migrate status: how far a migration is, or one video of it."""

import argparse
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from core.access.roles import User
from core.bootstrap import Platform
from core.commands.controlling import add_name, name_of, video_of
from core.commands.printing import plain, printable, say, say_json, say_table
from core.commands.several import Command
from core.migration.progress import Event, Problem, Progress, problems, progress, timeline
from core.migration.samples import Sample, latest
from core.migration.state import Phase, State
from core.units import instant_text, size_in_words

_EVERY_S = 2.0


def _add(parser: argparse.ArgumentParser) -> None:
    add_name(parser)
    parser.add_argument("--video", metavar="ID, SLUG OR LINK", help="what has happened to this one")
    parser.add_argument(
        "--wait", action="store_true", help="until nothing that was started is left to be moved, or it is paused"
    )


def _status(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    name = name_of(arguments, platform, user)
    found = progress(platform.database, user, name, now)
    while arguments.wait and not found.is_at_rest and found.migration.phase is Phase.RUNNING:
        time.sleep(_EVERY_S)
        found = progress(platform.database, user, name, datetime.now(UTC))
    if arguments.video:
        return _say_video(arguments, platform, user, found)
    wrong = problems(platform.database, user, found.migration)
    sample = latest(platform.database, user, found.migration)
    if arguments.json:
        say_json(_document(found, wrong) | {"links": _links(sample)})
    else:
        _say(found, wrong)
        _say_sample(sample)
    return 1 if found.videos(State.FAILED) else 0


def _say_video(arguments: argparse.Namespace, platform: Platform, user: User, found: Progress) -> int:
    video = video_of(arguments.video, platform)
    events = timeline(platform.database, user, found.migration, video)
    if arguments.json:
        say_json([_event(each) for each in reversed(events)])
        return 0
    rows = [(f"{each.at:%Y-%m-%d %H:%M:%S}", each.kind, each.detail, each.actor) for each in reversed(events)]
    say_table(("when (UTC)", "what", "", "by"), rows)
    return 0


def _event(each: Event) -> dict[str, str]:
    return {"at": instant_text(each.at), "kind": each.kind, "detail": each.detail, "actor": each.actor}


def _say(found: Progress, wrong: tuple[Problem, ...]) -> None:
    migration = found.migration
    phase = "done" if found.is_over and migration.phase is Phase.RUNNING else migration.phase
    say(printable(f"{migration.name}: {phase}, from {migration.source} to {migration.target}."))
    say_table(
        ("state", "videos", "size", "arrived"),
        [
            (state, f"{each.videos:,}", size_in_words(each.size_bytes), size_in_words(each.done_bytes))
            for state, each in found.counts.items()
        ],
        right=frozenset({1, 2, 3}),
    )
    eta = f", done about {found.eta_at:%Y-%m-%d %H:%M} UTC" if found.eta_at else ""
    say(
        f"{found.moved:,} of {found.to_move:,} videos are moved; {size_in_words(round(found.speed_now))} a second{eta}."
    )
    spent, saved = (money.quantize(Decimal("0.0001")) for money in (migration.spent_usd, migration.saved_monthly_usd))
    say(f"Spent ${spent:,} so far; saves ${saved:,} a month.")
    for each in wrong:
        say(printable(f"{each.videos:,} {each.state}: {each.problem} {each.advice}"))


def _say_sample(sample: Sample | None) -> None:
    if sample is None:
        return
    say(f"{sample.links:,} links sampled: {sample.answered:,} answer, {sample.at:%Y-%m-%d %H:%M} UTC.")
    for each in sample.failed:
        say(printable(f"{each.link}: {each.why}"))


def _links(sample: Sample | None) -> dict[str, Any] | None:
    if sample is None:
        return None
    failed = [{"link": each.link, "why": each.why} for each in sample.failed]
    return {"at": instant_text(sample.at), "sampled": sample.links, "answered": sample.answered, "failed": failed}


def _document(found: Progress, wrong: tuple[Problem, ...]) -> dict[str, Any]:
    migration = found.migration
    return {
        "name": migration.name,
        "phase": migration.phase,
        "source": migration.source,
        "target": migration.target,
        "timetable": migration.timetable,
        "videos": {state: each.videos for state, each in found.counts.items()},
        "to_move": found.to_move,
        "moved": found.moved,
        "size_bytes": found.size_bytes,
        "done_bytes": found.done_bytes,
        "bytes_per_s": round(found.speed_now),
        "eta_at": instant_text(found.eta_at) if found.eta_at else None,
        "spent_usd": plain(migration.spent_usd),
        "saved_monthly_usd": plain(migration.saved_monthly_usd),
        "problems": [
            {"problem": p.problem, "advice": p.advice, "state": p.state, "videos": p.videos, "example": p.example}
            for p in wrong
        ],
    }


#: What it does, and the functions that add its arguments and run it.
COMMANDS: dict[str, Command] = {"status": ("how far it is, how fast, and what stands in its way", _add, _status)}
