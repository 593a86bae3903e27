"""python -m core migrate start, pause, cancel, retry, rollback, retire and more: what is to become of a migration."""

import argparse
from collections.abc import Callable
from datetime import datetime, timedelta
from shlex import quote

from core.access.roles import User
from core.bootstrap import Platform
from core.commands import planning
from core.commands.printing import note, printable, say, say_json
from core.commands.several import Command
from core.errors import VideoNotFound, WrongArguments
from core.jobs.heartbeat import worker_seen_at
from core.migration import samples
from core.migration.consequences import of_retire, of_roll_back, of_start
from core.migration.progress import migrations, progress
from core.migration.state import Migration, Phase

#: A worker that was not heard of for so long is gone.
_GONE_AFTER = timedelta(minutes=1)


def add_name(parser: argparse.ArgumentParser) -> None:
    """The migration that is meant."""
    parser.add_argument("name", nargs="?", default="", help="of the plan or migration, where there are several")


def name_of(arguments: argparse.Namespace, platform: Platform, user: User) -> str:
    """The migration that is meant: the one that is named, or the only one. Raises WrongArguments."""
    if arguments.name:
        return arguments.name
    found = [each.name for each in migrations(platform.database, user) if each.phase is not Phase.CANCELLED]
    if len(found) == 1:
        return found[0]
    known = f"there are {', '.join(found)}" if found else "there is none"
    raise WrongArguments(f"Which migration is meant? Now {known}.", "Name it, or make one with `migrate plan`.")


def video_of(asked: str, platform: Platform) -> str:
    """The id of the video that an id, a slug or any link names. Raises VideoNotFound."""
    try:
        return platform.catalog.video(asked).id
    except VideoNotFound:
        return platform.resolver.find(asked).id


def answer(arguments: argparse.Namespace, text: str, **figures: object) -> int:
    """Say what was done."""
    if arguments.json:
        say_json(figures)
    else:
        say(printable(text))
    return 0


def _add_start(parser: argparse.ArgumentParser) -> None:
    add_name(parser)
    parser.add_argument("--first", type=planning.number, metavar="N", help="try the first N only")
    parser.add_argument("--limit-rate", metavar="TIMETABLE", help="bandwidth from now on, like 10M; off: no limit")
    _add_dry_run(parser)


def _add_dry_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only say how many videos that would be")


def _start(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    name = name_of(arguments, platform, user)
    if arguments.dry_run:
        count = of_start(platform.database, user, _migration(platform, user, name, now), arguments.first).videos
        return answer(arguments, f"{count:,} videos of {name!r} would be moved.", name=name, videos=count, dry_run=True)
    if arguments.limit_rate is not None:
        platform.migrations.set_timetable(user, name, arguments.limit_rate, now)
    count = platform.migrations.start(user, name, now, arguments.first)
    tell_of_worker(platform, now)
    status = f"python -m core migrate status {quote(name)}"
    text = f"{count:,} videos of {name!r} are to be moved. `{status}` says how far it is."
    return answer(arguments, text, name=name, videos=count, dry_run=False)


def _migration(platform: Platform, user: User, name: str, now: datetime) -> Migration:
    return progress(platform.database, user, name, now).migration


def tell_of_worker(platform: Platform, now: datetime) -> None:
    """That no worker runs, if so."""
    seen = worker_seen_at(platform.database)
    if seen is None or now - seen > _GONE_AFTER:
        note("No worker runs: it begins with the dashboard, `python -m dashboard`, or `python -m core work`.")


def _pause(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    name = name_of(arguments, platform, user)
    platform.migrations.pause(user, name, now)
    return answer(arguments, f"{name!r} is paused; what has arrived stays.", name=name, phase="paused")


def _add_video(parser: argparse.ArgumentParser) -> None:
    add_name(parser)
    parser.add_argument("--video", metavar="ID, SLUG OR LINK", help="this one only")


def _change_one_or_all(verb: str, does: str, done: str) -> Callable[..., int]:
    def run(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
        name = name_of(arguments, platform, user)
        video = video_of(arguments.video, platform) if arguments.video else None
        count = getattr(platform.migrations, does)(user, name, now, video)
        return answer(arguments, f"{count:,} videos of {name!r} {done}.", name=name, done=verb, videos=count)

    return run


def _first(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    name = name_of(arguments, platform, user)
    video = video_of(arguments.video, platform)
    platform.migrations.move_now(user, name, video, now)
    return answer(arguments, f"{video} is moved before all others.", name=name, video=video)


def _add_first(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("video", metavar="ID, SLUG OR LINK")
    add_name(parser)


def _add_back(parser: argparse.ArgumentParser) -> None:
    add_name(parser)
    parser.add_argument("--video", action="append", metavar="ID, SLUG OR LINK", help="this one, and others so named")
    _add_dry_run(parser)


def _roll_back(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    name = name_of(arguments, platform, user)
    videos = [video_of(each, platform) for each in arguments.video] if arguments.video else None
    if arguments.dry_run:
        migration = _migration(platform, user, name, now)
        chosen = [None] if videos is None else dict.fromkeys(videos)
        count = sum(of_roll_back(platform.database, user, migration, each).videos for each in chosen)
        text = f"{count:,} videos of {name!r} would be taken back; no byte is moved."
        return answer(arguments, text, name=name, videos=count, dry_run=True)
    count = platform.migrations.roll_back(user, name, now, videos)
    source = _migration(platform, user, name, now).source
    text = f"Viewers get {count:,} videos of {name!r} from {source} again."
    return answer(arguments, text, name=name, videos=count, dry_run=False)


def _add_retire(parser: argparse.ArgumentParser) -> None:
    _add_video(parser)
    _add_dry_run(parser)


def _retire(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    name = name_of(arguments, platform, user)
    video = video_of(arguments.video, platform) if arguments.video else None
    if arguments.dry_run:
        count = of_retire(platform.database, user, _migration(platform, user, name, now), now, video).videos
        text = f"The source's copies of {count:,} videos of {name!r} would be removed, which cannot be undone."
        return answer(arguments, text, name=name, videos=count, dry_run=True)
    count = platform.migrations.retire(user, name, now, video)
    tell_of_worker(platform, now)
    text = f"The source's copies of {count:,} videos of {name!r} are checked once more and removed."
    return answer(arguments, text, name=name, videos=count, dry_run=False)


def _sample(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    name = name_of(arguments, platform, user)
    samples.ask(platform.migrations.handles, user, name, now)
    tell_of_worker(platform, now)
    status = f"python -m core migrate status {quote(name)}"
    return answer(arguments, f"Links of {name!r} are sampled. `{status}` says how many answer.", name=name)


def _adopt(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    arguments.adopt = True
    made = planning.made_plan(arguments, platform, user, now)
    count = platform.migrations.start(user, made.name, now)
    tell_of_worker(platform, now)
    text = f"{count:,} videos are compared with what lies at {made.options.target}, as {made.name!r}."
    return answer(arguments, text, name=made.name, videos=count)


#: What each does, and the functions that add its arguments and run it.
COMMANDS: dict[str, Command] = {
    "start": ("move what a plan names, or go on with it", _add_start, _start),
    "pause": ("stop at the next part; what has arrived stays", add_name, _pause),
    "resume": ("go on where it was paused", _add_start, _start),
    "cancel": (
        "give up what is not moved yet, and remove what has arrived of it",
        _add_video,
        _change_one_or_all("cancel", "cancel", "are not moved any more"),
    ),
    "retry": (
        "try again what was set aside",
        _add_video,
        _change_one_or_all("retry", "retry", "are tried again"),
    ),
    "first": ("move one video before all others", _add_first, _first),
    "rollback": ("give viewers the source's copies again; no byte is moved", _add_back, _roll_back),
    "retire": ("remove the source's copies, once their grace period is over", _add_retire, _retire),
    "sample": ("ask some links of what was moved whether they answer", add_name, _sample),
    "adopt": ("check and take over what another tool has moved", planning.add_plan, _adopt),
}
