"""python -m core media: make videos ready to be watched."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from core.access.access import shell_user
from core.access.roles import Permission
from core.catalog.catalog import Catalog
from core.commands.printing import note, say, say_json, say_table
from core.media.ladder import Ladder
from core.media.package import Order
from core.media.package import Progress as Done
from core.media.packagings import Packaging, State
from core.media.standalone import package_into
from core.settings import Settings
from core.units import instant_text


def add(parser: argparse.ArgumentParser) -> None:
    todo = parser.add_subparsers(dest="todo", required=True, metavar="package | list | again | cancel")
    package = todo.add_parser("package", help="make a folder of HLS renditions and thumbnails; needs no platform")
    package.add_argument("file", type=Path, help="the video")
    package.add_argument("folder", type=Path, help="where the package goes; made where it is missing")
    listing = todo.add_parser("list", help="the latest packagings of the platform's videos, and how far they are")
    again = todo.add_parser("again", help="have a video of the platform packaged anew")
    again.add_argument("video", help="its name in links")
    todo.add_parser("cancel", help="stop the packaging of a video").add_argument("video", help="its name in links")
    for each in (package, again):
        each.add_argument(
            "--ladder",
            type=Ladder,
            choices=list(Ladder),
            default=Ladder.PER_TITLE,
            help="per-title (default), or fixed",
        )
    for each in (package, listing):
        each.add_argument("--json", action="store_true", help="answer for programs")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Exit status 1 when the file cannot be packaged, or the video not be changed so."""
    return _package(arguments) if arguments.todo == "package" else _of_the_platform(arguments, settings)


def _of_the_platform(arguments: argparse.Namespace, settings: Settings) -> int:
    from core import bootstrap  # here: packaging a file needs no platform

    platform = bootstrap.open_platform(settings)
    user = shell_user(platform.home)
    if arguments.todo == "list":
        user.require(Permission.WATCH)
        _say_packagings(platform.media.latest(), platform.catalog, arguments.json)
        return 0
    video = platform.catalog.video_by_slug(arguments.video)
    if arguments.todo == "again":
        platform.media.package_again(user, video, arguments.ladder)
    else:
        platform.media.cancel(user, video)
    return 0


def _say_packagings(packagings: tuple[Packaging, ...], catalog: Catalog, as_json: bool) -> None:
    if as_json:
        say_json([_packaging_json(each, catalog) for each in packagings])
    else:
        rows = [(catalog.video(each.video_id).slug, each.state, standing(each), each.problem) for each in packagings]
        say_table(("video", "state", "", "problem"), rows)


def standing(packaging: Packaging) -> str:
    """How far a packaging is, or what it saved, for people."""
    if packaging.state is State.WORKING:
        left = "" if packaging.eta_s is None else f", {packaging.eta_s / 60:.0f} min left"
        return f"{packaging.stage} {packaging.share:.0%}{left}"
    saved = packaging.saved_bytes
    return "" if saved is None else f"{saved:,} bytes less than the fixed ladder"


def _packaging_json(packaging: Packaging, catalog: Catalog) -> dict[str, Any]:
    instants = (packaging.requested_at, packaging.started_at, packaging.ended_at)
    requested_at, started_at, ended_at = (each and instant_text(each) for each in instants)
    return {
        "video": catalog.video(packaging.video_id).slug,
        "state": packaging.state,
        "ladder": packaging.ladder,
        "stage": packaging.stage,
        "share": packaging.share,
        "eta_s": packaging.eta_s,
        "attempts": packaging.attempts,
        "problem": packaging.problem,
        "advice": packaging.advice,
        "warnings": list(packaging.warnings),
        "size_bytes": packaging.size_bytes,
        "fixed_bytes": packaging.fixed_bytes,
        "requested_at": requested_at,
        "started_at": started_at,
        "ended_at": ended_at,
    }


def _package(arguments: argparse.Namespace) -> int:
    with _progress() as show:
        report = package_into(Order(arguments.file, arguments.ladder, nice=0), arguments.folder, show)
    if arguments.json:
        say_json(report)
    else:
        _say(report, arguments.folder)
    for warning in report["warnings"]:
        note(warning)
    return 0


def _say(report: dict[str, Any], folder: Path) -> None:
    chosen, saved = report["chosen"], report["saved"]
    rows = [_row(rung) for rung in chosen["rungs"]]
    say_table(("rung", "size", "average", "peak", "bytes"), rows, right=frozenset({2, 3, 4}))
    for dropped in chosen["dropped"]:
        say(f"{dropped['name']} is left out: {dropped['reason']}.")
    if chosen["vmaf"] is not None:
        say(f"VMAF {chosen['vmaf']} at the top, by samples; the target was {chosen['target_vmaf']:g}.")
    if saved:
        say(f"{saved['saved_bytes']:,} bytes ({saved['share']:.0%}) less than the fixed ladder takes.")
    say(f"{folder / 'master.m3u8'} is ready to be played.")


def _row(rung: dict[str, Any]) -> tuple[str, ...]:
    return (
        rung["name"],
        f"{rung['width']}x{rung['height']}",
        f"{rung['average_bandwidth'] / 1000:,.0f} kb/s",
        f"{rung['bandwidth'] / 1000:,.0f} kb/s",
        f"{rung['size_bytes']:,}",
    )


@contextmanager
def _progress() -> Iterator[Callable[[Done], None]]:
    """A bar on the terminal; nothing where the output goes elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[left]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0, left="")

        def show(done: Done) -> None:
            left = "" if done.eta_s is None else f"{done.eta_s / 60:.0f} min left"
            bar.update(task, description=done.stage.capitalize(), completed=done.share, left=left)

        yield show
