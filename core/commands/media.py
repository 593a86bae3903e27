"""python -m core media: make videos ready to be watched."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from core.commands.printing import note, say, say_json, say_table
from core.media.ladder import Ladder
from core.media.package import Order
from core.media.package import Progress as Done
from core.media.standalone import package_into
from core.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    todo = parser.add_subparsers(dest="todo", required=True, metavar="package")
    package = todo.add_parser("package", help="make a folder of HLS renditions and thumbnails; needs no platform")
    package.add_argument("file", type=Path, help="the video")
    package.add_argument("folder", type=Path, help="where the package goes; made where it is missing")
    package.add_argument(
        "--ladder", type=Ladder, choices=list(Ladder), default=Ladder.PER_TITLE, help="per-title (default), or fixed"
    )
    package.add_argument("--json", action="store_true", help="answer for programs")


def run(arguments: argparse.Namespace, _settings: Settings) -> int:
    """Exit status 1 when the file cannot be packaged."""
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
