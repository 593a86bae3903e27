"""Packaging: what looking after the encoder costs, and what a storyboard does."""

import subprocess
from pathlib import Path

from benchmarks.bench import Bench, median_cost
from benchmarks.figures import Section, at_most
from benchmarks.measure import measure
from core.media.encoder import program

TITLE = "Packaging"
METHOD = """
A 1080p30 clip of 20 s with sound (moving test picture with noise, H.264, a key frame every two seconds) is packaged
with the fixed ladder by `core.media.standalone.package_into`: probing, storyboard, poster, encoding, checks, playlists
and report. Its peer is one ffmpeg with the same command line and nothing around it. The storyboard (with the poster)
of the same clip, which was looked at before, is measured against an ffmpeg that decodes the clip and throws the frames
away. Each runs in a process of its own, in turn; CPU is user and system seconds of the process and of all that it
started; the figures are medians.
"""
_SECONDS = 20
_PICTURE = f"testsrc2=s=1920x1080:r=30:d={_SECONDS},noise=alls=8:allf=t"
_ENCODED = "-c:v libx264 -preset veryfast -g 60 -pix_fmt yuv420p -c:a aac"


def run(bench: Bench) -> Section:
    """Measure both."""
    clip = str(_clip(bench))
    words, found = (measure(f"packaging:{what}", file=clip).answer for what in ("words", "look"))
    packaged, bare, storyboard, decoded = [], [], [], []
    for number in range(bench.repeats):
        bench.say(f"packaging, run {number + 1} of {bench.repeats}")
        packaged.append(measure("packaging:package", file=clip, out=str(bench.empty_folder("packaged"))))
        bare.append(measure("packaging:bare", file=clip, out=str(bench.empty_folder("bare")), words=words))
        sheet = str(bench.empty_folder("storyboard"))
        storyboard.append(measure("packaging:storyboard", file=clip, out=sheet, told=found))
        decoded.append(measure("packaging:decode", file=clip))
    ours, peer, sheet, full = map(median_cost, (packaged, bare, storyboard, decoded))
    return Section(
        TITLE,
        METHOD.strip(),
        (
            at_most(
                "packaging against bare ffmpeg", ours.cpu_s / peer.cpu_s, 1.05, "times",
                f"{ours.cpu_s:.1f} s against {peer.cpu_s:.1f} s of CPU, {len(ours.answer)} rungs",
            ),
            at_most(
                "storyboard and poster against a full decode", sheet.cpu_s / full.cpu_s, 0.2, "times",
                f"{sheet.cpu_s:.2f} s against {full.cpu_s:.2f} s of CPU, {sheet.answer} key frames",
            ),
        ),
    )  # fmt: skip


def _clip(bench: Bench) -> Path:
    file = bench.folder / "clip.mp4"
    if not file.exists():
        bench.say("making a clip")
        bench.folder.mkdir(parents=True, exist_ok=True)
        aside = file.with_name("making-clip.mp4")
        sound = f"sine=f=440:d={_SECONDS}"
        inputs = ["-f", "lavfi", "-i", _PICTURE, "-f", "lavfi", "-i", sound]
        subprocess.run([program(), "-v", "error", "-y", *inputs, *_ENCODED.split(), str(aside)], check=True)
        aside.rename(file)
    return file
