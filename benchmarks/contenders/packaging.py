"""Packaging and its peers: bare ffmpeg with the same graph, and a decoder that only decodes."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from core.media.encoder import command, program
from core.media.found import found_from_json
from core.media.ladder import Ladder, fixed_ladder
from core.media.package import Order
from core.media.probe import probe
from core.media.renditions import outputs, sounds_of
from core.media.standalone import package_into
from core.media.thumbnails import Thumbnails


def package(file: str, out: str) -> Any:
    """All of it: probing, thumbnails, encoding, checking, playlists and report."""
    report = package_into(Order(Path(file), Ladder.FIXED, nice=0), Path(out) / "package", lambda _: None)
    return [rung["name"] for rung in report["chosen"]["rungs"]]


def bare(file: str, out: str, words: list[str]) -> Any:
    """The same graph, by one ffmpeg that nobody looks after."""
    subprocess.run(words, cwd=out, stdout=subprocess.DEVNULL, check=True)
    return sorted(each.stem for each in Path(out).glob("*p.mp4"))


def words(file: str) -> Any:
    """The command line of the bare ffmpeg."""
    found = probe(Path(file))
    return command(outputs(Path(file), found, fixed_ladder(found), sounds_of(found), (), strict=False))


def look(file: str) -> Any:
    """What the file holds."""
    return probe(Path(file)).as_json()


def storyboard(file: str, out: str, told: dict[str, Any]) -> Any:
    """The poster and the storyboard of a file that was looked at before."""
    found = found_from_json(told)
    folder = Path(out) / "thumbnails"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    Thumbnails(Path(file), found, folder, lambda: False, 0).make()
    return found.video.keyframes


def decode(file: str) -> Any:
    """Every frame, thrown away."""
    subprocess.run([program(), "-v", "error", "-i", file, "-map", "0:v", "-f", "null", "-"], check=True)
