"""python -m core upload: files of this machine become videos; run again, it goes on where it was cut off."""

import argparse
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from core import bootstrap
from core.access.access import shell_user
from core.access.roles import Permission
from core.bootstrap import Platform
from core.catalog.video import Visibility
from core.commands.printing import note, plain, printable, say_json, say_table
from core.errors import PhyghtError, UploadRefused
from core.settings import Settings
from core.units import size_in_words
from core.uploads.local_file import open_file
from core.uploads.sending import PARALLEL, About, OnProgress, Sender, Sent

#: Files that are sent at once; their parts share one pool.
_FILES_AT_ONCE = 3
#: boto3 opens so many connections.
_MOST_PARALLEL = 32
#: How long the address in the answer plays the video.
_PLAYABLE_FOR_S = 6 * 3600


@dataclass(frozen=True)
class _Outcome:
    """What became of one of the files."""

    path: Path
    sent: Sent | None
    error: PhyghtError | None


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="+", type=Path, help="video files")
    parser.add_argument("--title", default="", help="what the video is called; by its file's name otherwise")
    parser.add_argument("--residency", default="", help="the jurisdiction its bytes must stay in, like EU")
    parser.add_argument("--private", action="store_true", help="watched only with an address that expires")
    parser.add_argument(
        "--keep-duplicates", action="store_true", help="make a second video of bytes that the library has already"
    )
    parser.add_argument(
        "--parallel", type=_parallel, default=PARALLEL, metavar="N",
        help=f"parts that travel at once, {PARALLEL} where nothing is said; more where the bucket is far away",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="answer for programs")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Exit status 1 when any file has not become a video."""
    platform = bootstrap.open_platform(settings)
    user = shell_user(platform.home)
    user.require(Permission.UPLOAD)
    if arguments.title and len(arguments.file) > 1:
        raise UploadRefused(
            "One title cannot be that of several videos.", "Leave --title out, or send them one by one."
        )
    visibility = Visibility.PRIVATE if arguments.private else Visibility.PUBLIC
    about = About(arguments.title, arguments.residency, visibility, arguments.keep_duplicates)
    sender = Sender(platform.uploads, user, lambda: datetime.now(UTC), arguments.parallel)
    try:
        with _progress() as progress:
            outcomes = _send_all(sender, arguments.file, about, progress)
    finally:
        sender.stop()
    if arguments.json:
        say_json([_json(platform, each) for each in outcomes])
    else:
        _say(outcomes)
    return 1 if any(each.error for each in outcomes) else 0


def _parallel(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST_PARALLEL:
        raise argparse.ArgumentTypeError(f"{text!r} should be a number from 1 to {_MOST_PARALLEL}")
    return int(text)


def _send_all(
    sender: Sender, paths: list[Path], about: About, progress: Callable[[Path], OnProgress]
) -> list[_Outcome]:
    def send(path: Path) -> _Outcome:
        try:
            with open_file(path) as file:
                return _Outcome(path, sender.send(file, about, progress(path)), None)
        except PhyghtError as error:
            return _Outcome(path, None, error)

    with ThreadPoolExecutor(_FILES_AT_ONCE, thread_name_prefix="file") as files:
        try:
            return list(files.map(send, paths))
        except BaseException:
            sender.stop()
            files.shutdown(wait=False, cancel_futures=True)
            raise


def _say(outcomes: list[_Outcome]) -> None:
    rows = [_row(each.path, each.sent) for each in outcomes if each.sent]
    if rows:
        say_table(("file", "", "size", "speed", "USD a month", "link"), rows, right=frozenset({2, 3, 4}))
    for each in outcomes:
        if each.error:
            note(str(each.error) if each.path.name in str(each.error) else f"{each.path}: {each.error}")


def _row(path: Path, sent: Sent) -> tuple[str, ...]:
    speed, cost = _speed(sent), _cost(sent)
    return (
        path.name,
        "in the library already" if sent.existed else "uploaded",
        size_in_words(sent.video.size_bytes),
        "" if speed is None else f"{size_in_words(int(speed))}/s",
        "" if cost is None else plain(cost.quantize(Decimal("0.0001"))),
        f"/v/{sent.video.slug}",
    )


def _json(platform: Platform, outcome: _Outcome) -> dict[str, object]:
    if outcome.sent is None:
        return {"file": str(outcome.path), "state": "failed", "error": str(outcome.error)}
    sent, video = outcome.sent, outcome.sent.video
    copy = platform.catalog.served_copy(video)
    original = copy.objects[0]
    cost = _cost(sent)
    return {
        "file": str(outcome.path),
        "state": "existed" if sent.existed else "uploaded",
        "id": video.id,
        "slug": video.slug,
        "title": video.title,
        "link": f"/v/{video.slug}",
        "url": platform.providers.named(copy.provider).url(original.key, _PLAYABLE_FOR_S),
        "provider": copy.provider,
        "reason": copy.reason,
        "size_bytes": video.size_bytes,
        "crc64nvme": None if video.crc64nvme is None else str(video.crc64nvme),
        "bytes_per_s": _speed(sent),
        "monthly_cost_usd": None if cost is None else plain(cost),
    }


def _speed(sent: Sent) -> float | None:
    return sent.completed.session.bytes_per_s if sent.completed and not sent.existed else None


def _cost(sent: Sent) -> Decimal | None:
    return sent.completed.monthly_usd if sent.completed and not sent.existed else None


@contextmanager
def _progress() -> Iterator[Callable[[Path], OnProgress]]:
    """A bar for each file on the terminal; nothing where the output goes elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: lambda _: None
        return
    from rich.console import Console  # here: nothing of it is needed where nobody looks
    from rich.markup import escape
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:

        def begin(path: Path) -> OnProgress:
            task = bar.add_task(escape(printable(path.name)), total=path.stat().st_size)
            return lambda more: bar.advance(task, more)

        yield begin
