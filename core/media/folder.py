"""Folder: a package as files, and media.json, which says what was found and chosen."""

import json
from pathlib import Path
from typing import Any

from core.media.master import Alternative, Variant, master, variant
from core.media.package import Made
from core.media.playlist import write_playlist, write_subtitles_playlist
from core.media.renditions import timeline_of
from core.media.thumbnails import POSTER, STORYBOARD, STORYBOARD_VTT

MASTER, REPORT = "master.m3u8", "media.json"
_THUMBNAILS = (POSTER, STORYBOARD, STORYBOARD_VTT)


def write_folder(made: Made, folder: Path) -> dict[str, Any]:
    """Write what is still missing beside the renditions; returns what media.json says."""
    for _, playlist in (*made.rungs, *made.sounds):
        write_playlist(playlist, folder / Path(playlist.file).with_suffix(".m3u8"))
    for subtitles in made.subtitles:
        write_subtitles_playlist(f"{subtitles.name}.vtt", _seconds(made), folder / f"{subtitles.name}.m3u8")
    variants = variants_of(made, folder)
    (folder / MASTER).write_text(_master(made, variants))
    report = _report(made, variants, folder)
    (folder / REPORT).write_text(json.dumps(report, indent=2) + "\n")
    return report


def variants_of(made: Made, folder: Path) -> list[Variant]:
    """The rungs as they are offered, largest first."""
    sounds = [playlist for _, playlist in made.sounds]
    return [variant(rung, playlist, folder, sounds) for rung, playlist in made.rungs]


def files_of(made: Made) -> list[str]:
    """The names of all files of a package, without media.json."""
    rungs = [name for _, playlist in (*made.rungs, *made.sounds) for name in _pair(playlist.file)]
    subtitles = [f"{each.name}{suffix}" for each in made.subtitles for suffix in (".m3u8", ".vtt")]
    return [MASTER, *rungs, *subtitles, *_THUMBNAILS]


def _pair(file: str) -> tuple[str, str]:
    return str(Path(file).with_suffix(".m3u8")), file


def _master(made: Made, variants: list[Variant]) -> str:
    sounds = [Alternative(f"{each.name}.m3u8", each.label, number == 0) for number, (each, _) in enumerate(made.sounds)]
    subtitles = [Alternative(f"{each.name}.m3u8", each.label, default=False) for each in made.subtitles]
    return master(variants, made.found.video.rate, sounds, subtitles)


def _report(made: Made, variants: list[Variant], folder: Path) -> dict[str, Any]:
    return {
        "found": made.found.as_json(),
        "chosen": {
            "ladder": made.ladder,
            "duration_s": round(_seconds(made), 6),
            "frame_rate": made.found.video.frame_rate,
            "target_vmaf": made.plan.target_vmaf,
            "vmaf": made.plan.vmaf,
            "rungs": [_rung(each, folder) for each in variants],
            "dropped": made.plan.as_json()["dropped"],
            "audio": [
                {"name": each.name, "language": each.label.tag, "label": each.label.name} for each, _ in made.sounds
            ],
            "subtitles": [
                {"name": each.name, "language": each.label.tag, "label": each.label.name} for each in made.subtitles
            ],
        },
        "saved": _saved(made, folder),
        "damaged": made.damaged,
        "errors": made.errors,
        "warnings": list(made.warnings),
        "files": {name: (folder / name).stat().st_size for name in files_of(made)},
    }


def _rung(each: Variant, folder: Path) -> dict[str, Any]:
    return {
        **each.rung.as_json(),
        "codec": each.codec,
        "bandwidth": each.bandwidth,
        "average_bandwidth": each.average_bandwidth,
        "size_bytes": (folder / f"{each.rung.name}.mp4").stat().st_size,
    }


def _saved(made: Made, folder: Path) -> dict[str, Any] | None:
    """Bytes that the rungs take less than those of the fixed ladder would, by the samples; None without samples."""
    if made.plan.fixed_bits is None:
        return None
    fixed = round(made.plan.fixed_bits * _seconds(made) / 8)
    taken = sum((folder / playlist.file).stat().st_size for _, playlist in made.rungs)
    return {"fixed_bytes": fixed, "bytes": taken, "saved_bytes": fixed - taken, "share": round(1 - taken / fixed, 4)}


def _seconds(made: Made) -> float:
    return timeline_of(made.found).seconds
