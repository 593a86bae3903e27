"""Clips: a few short videos that really play, drawn and encoded when the demo is made."""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import sin
from pathlib import Path

import imageio_ffmpeg
from PIL import Image, ImageDraw, ImageFont

from core.errors import PackagingFailed

WIDTH, HEIGHT, RATE, SECONDS = 640, 360, 15, 12
#: Of each rung: its height, and the most bits a second.
RUNGS = ((360, 500_000), (180, 160_000))
_TILES, _TILE_WIDTH = 6, 160


@dataclass(frozen=True)
class Clip:
    """What a clip shows: two names in the colours of their corners, below the name of the night."""

    night: str
    red: str
    blue: str

    @property
    def title(self) -> str:
        return f"{self.red} vs {self.blue}, {self.night}"


#: What is made of a clip: what it is called within the video, and its file.
FILES = {
    "original": "original.mp4",
    "master.m3u8": "master.m3u8",
    **{f"{height}p.m3u8": f"{height}p.m3u8" for height, _ in RUNGS},
    **{f"{height}p": f"{height}p.mp4" for height, _ in RUNGS},
    "poster": "poster.jpg",
    "storyboard": "storyboard.jpg",
    "storyboard.vtt": "storyboard.vtt",
}


def make(clip: Clip, folder: Path) -> None:
    """Draw and encode a clip: FILES in the folder. Raises PackagingFailed."""
    stage = _stage(clip)
    _run(["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", *_arguments()], folder, _pictures(stage))
    _run(["-i", f"{RUNGS[0][0]}p.mp4", "-c", "copy", "-movflags", "+faststart", FILES["original"]], folder)
    (folder / "master.m3u8").write_text(_master())
    _frame(stage, SECONDS / 3).save(folder / FILES["poster"], quality=85)
    _draw_storyboard(stage, folder)


def _pictures(stage: Image.Image) -> Iterator[bytes]:
    for number in range(RATE * SECONDS):
        yield _frame(stage, number / RATE).tobytes()


def _stage(clip: Clip) -> Image.Image:
    """What stays: the hall, the ropes, the corners and the names."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "#0c0f1a")
    draw = ImageDraw.Draw(image)
    for y in range(HEIGHT):
        draw.line([(0, y), (WIDTH, y)], fill=(12 + y // 12, 15 + y // 24, 26 + y // 7))
    draw.polygon([(70, 330), (570, 330), (500, 235), (140, 235)], fill="#c9ced8")
    for height in (150, 180, 210):
        draw.line([(60, height + 60), (140, height), (500, height), (580, height + 60)], fill="#e8ebf2", width=3)
    draw.rectangle([52, 190, 66, 335], fill="#c2263a")
    draw.rectangle([574, 190, 588, 335], fill="#2a55c9")
    _write(draw, clip.night.upper(), 22, 16, "#ffd166")
    _write(draw, clip.red.upper(), 52, 34, "#ff8a94")
    _write(draw, "VS", 92, 14, "#ffffff")
    _write(draw, clip.blue.upper(), 110, 34, "#9db8ff")
    return image


def _write(draw: ImageDraw.ImageDraw, text: str, y: int, size: int, colour: str) -> None:
    draw.text((WIDTH // 2, y), text, fill=colour, font=ImageFont.load_default(size), anchor="ma")


def _frame(stage: Image.Image, at_s: float) -> Image.Image:
    """What moves: two fighters, and the clock of the round."""
    image = stage.copy()
    draw = ImageDraw.Draw(image)
    for side, colour in ((-1, "#c2263a"), (1, "#2a55c9")):
        x = 320 + side * (62 + 26 * sin(2.1 * at_s + side)) + 30 * sin(0.7 * at_s)
        y = 262 + 6 * sin(5 * at_s + 2 * side)
        reach = 34 * max(0.0, sin(3.7 * at_s + 1.6 * side)) ** 4
        draw.ellipse([x - 13, y - 52, x + 13, y - 26], fill="#d9a57c")
        draw.rounded_rectangle([x - 15, y - 26, x + 15, y + 34], 9, fill=colour)
        draw.ellipse([x - side * (22 + reach) - 9, y - 24, x - side * (22 + reach) + 9, y - 6], fill="#f2f4f8")
    _write(draw, f"ROUND 1   2:{SECONDS - 1 - int(at_s):02d}", 338, 16, "#ffffff")
    return image


def _run(arguments: Sequence[str], folder: Path, pictures: Iterable[bytes] = ()) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said)
        assert process.stdin
        with suppress(BrokenPipeError), process.stdin:  # where it has ended, it says itself why
            process.stdin.writelines(pictures)
        if process.wait():
            said.seek(0)
            last = said.read().decode("utf-8", "replace").strip().splitlines()[-1:]
            raise PackagingFailed(f"A clip of the demo could not be encoded: {''.join(last)}.", "Try it again.")


def _arguments() -> list[str]:
    """One process: every rung with its sound, from the same pictures."""
    splits = "".join(f"[cut{n}]" for n in range(len(RUNGS)))
    scaled = ";".join(f"[cut{n}]scale=-2:{height}[out{n}]" for n, (height, _) in enumerate(RUNGS))
    sound = ["-f", "lavfi", "-i", f"anoisesrc=a=0.02:c=brown:r=48000:d={SECONDS},tremolo=f=0.4:d=0.5"]
    graph = ["-filter_complex", f"[0:v]format=yuv420p,split={len(RUNGS)}{splits};{scaled}"]
    arguments = ["-r", str(RATE), "-i", "pipe:0", *sound, *graph]
    for n, (height, bits) in enumerate(RUNGS):
        coded = ["-map", f"[out{n}]", "-map", "1:a", *_codec(bits)]
        arguments += [*coded, *_HLS, "-hls_segment_filename", f"{height}p.mp4", f"{height}p.m3u8"]
    return arguments


_HLS = (
    "-f", "hls", "-hls_time", "2", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4",
    "-hls_flags", "independent_segments+single_file",
)  # fmt: skip


def _codec(bits: int) -> list[str]:
    """H.264 and AAC that every browser plays, with a key picture every two seconds."""
    picture = ["-c:v", "libx264", "-profile:v", "high", "-preset", "superfast", "-pix_fmt", "yuv420p"]
    limits = ["-sc_threshold", "0", "-crf", "26", "-maxrate", str(bits), "-bufsize", str(2 * bits), "-g", str(2 * RATE)]
    return [*picture, *limits, "-c:a", "aac", "-b:a", "64k", "-ac", "2", "-shortest"]


def _master() -> str:
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for height, bits in RUNGS:
        shape = f"RESOLUTION={WIDTH * height // HEIGHT}x{height},FRAME-RATE={RATE}.000"
        lines.append(f'#EXT-X-STREAM-INF:BANDWIDTH={bits + 80_000},CODECS="avc1.64001e,mp4a.40.2",{shape}')
        lines.append(f"{height}p.m3u8")
    return "\n".join(lines) + "\n"


def _draw_storyboard(stage: Image.Image, folder: Path) -> None:
    """One row of small pictures, and which part of it is when."""
    height, each_s = _TILE_WIDTH * HEIGHT // WIDTH, SECONDS / _TILES
    row = Image.new("RGB", (_TILES * _TILE_WIDTH, height))
    cues = ["WEBVTT"]
    for n in range(_TILES):
        row.paste(_frame(stage, n * each_s).resize((_TILE_WIDTH, height)), (n * _TILE_WIDTH, 0))
        times = f"00:{n * each_s:06.3f} --> 00:{(n + 1) * each_s:06.3f}"
        cues.append(f"\n{times}\nstoryboard.jpg#xywh={n * _TILE_WIDTH},0,{_TILE_WIDTH},{height}")
    row.save(folder / "storyboard.jpg", quality=80)
    (folder / "storyboard.vtt").write_text("\n".join(cues) + "\n")
