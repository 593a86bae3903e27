"""Clips: small videos of every kind that people upload, and of some that nobody should; ffmpeg makes each once."""

import fcntl
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg

LONGEST_S = 250
_X264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
_COLOURS = "setparams=color_primaries=bt2020:colorspace=bt2020nc:range=tv:color_trc"
_HDR = f"-c:v libx265 -preset ultrafast -x265-params log-level=none -pix_fmt yuv420p10le -vf {_COLOURS}"


def picture(size: str = "160x90", rate: str = "25", seconds: float = 2) -> str:
    """A moving test picture as an input."""
    return f"-f lavfi -i testsrc2=s={size}:r={rate}:d={seconds}"


def tone(seconds: float = 2, pitch: int = 440) -> str:
    """A tone as an input."""
    return f"-f lavfi -i sine=f={pitch}:d={seconds}:r=48000"


#: White for a tenth of each second, and a beep for as long.
FLASH = "-f lavfi -i \"color=black:s=160x90:r=30:d=4,drawbox=t=fill:c=white:enable='lt(mod(t,1),0.1)'\""
BEEP = "-f lavfi -i \"aevalsrc='if(lt(mod(t,1),0.1),sin(2*PI*1000*t),0)':d=4:s=48000\""
#: A third of the frames is missing, and the others come early or late.
_UNEVEN = "select='gt(mod(n*7,10),2)',setpts='PTS+0.008*(mod(N*7,3)-1)/TB'"

_FORTY = f"aevalsrc='{'|'.join(['sin(t)'] * 40)}':d=2"

#: What each clip is made of: words for ffmpeg, before the name of the file.
RECIPES = {
    "plain.mp4": f"{picture()} {tone()} {_X264} -c:a aac -movflags +faststart",
    "late-index.mp4": f"{picture()} {tone()} {_X264} -c:a aac",
    "fragmented.mp4": f"{picture()} {tone()} {_X264} -g 12 -c:a aac -movflags frag_keyframe+empty_moov",
    "plain.mkv": f"{picture()} {tone()} {_X264} -c:a aac",
    "live.webm": f"{picture()} {tone()} -c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus -live 1",
    "plain.avi": f"{picture()} {tone()} -c:v mpeg4 -c:a mp3",
    "plain.ts": f"{picture()} {tone()} {_X264} -c:a aac",
    "plain.mpg": f"{picture()} {tone()} -c:v mpeg2video -c:a mp2",
    "plain.flv": f"{picture()} {tone()} {_X264} -c:a aac",
    "plain.asf": f"{picture()} {tone()} -c:v wmv2 -c:a wmav2",
    "plain.ogg": f"{picture()} {tone()} -c:v libtheora -c:a libvorbis",
    "silent.mp4": f"{picture()} {_X264}",
    "sound.mp4": f"{tone()} -c:a aac",
    "film.mp4": f"{picture(rate='24000/1001')} {_X264}",
    "fast.mp4": f"{picture(rate='120')} {_X264}",
    "slow.mp4": f"{picture(rate='2', seconds=4)} {_X264}",
    "one-frame.mp4": f"{picture()} {_X264} -frames:v 1",
    "tiny.mp4": f"{picture('16x16')} {_X264}",
    "odd.mkv": "-f lavfi -i testsrc=s=161x91:r=25:d=2 -c:v libx264 -preset ultrafast -pix_fmt yuv444p",
    "anamorphic.mp4": f"{picture('144x90')} {_X264} -vf setsar=32/27",
    "vertical.mp4": f"{picture('90x160')} {_X264}",
    "interlaced.mp4": f"{picture('160x96', rate='50')} {_X264} -vf interlace -flags +ildct+ilme -x264opts tff=1",
    "hdr10.mp4": f"{picture()} {_HDR}=smpte2084",
    "hlg.mp4": f"{picture()} {_HDR}=arib-std-b67",
    "wide.mp4": f"{picture()} {_HDR}=bt709",
    "ten-bit.mp4": f"{picture()} -c:v libx264 -preset ultrafast -pix_fmt yuv422p10le",
    "rgb.mp4": f"{picture()} -c:v libx264rgb -preset ultrafast -pix_fmt rgb24",
    "full-range.mp4": f"{picture()} -c:v libx264 -preset ultrafast -pix_fmt yuvj420p",
    "late-start.ts": f"{picture()} {tone()} {_X264} -c:a aac -output_ts_offset 100",
    "long-sound.mkv": f"{picture(seconds=1)} {tone()} {_X264} -c:a aac",
    "short-sound.mkv": f"{picture()} {tone(1)} {_X264} -c:a aac",
    "surround.mkv": f"{picture()} -f lavfi -i anoisesrc=d=2,aformat=channel_layouts=5.1 {_X264} -c:a ac3",
    "located.mp4": f"{picture()} {tone()} {_X264} -c:a aac -metadata location=+48.2-16.3/ -metadata title=Secret",
    "dark-beginning.mp4": f"{picture(seconds=6)} {_X264} -vf \"drawbox=t=fill:c=black:enable='lt(t,5)'\"",
    "in-step.mp4": f"{FLASH} {BEEP} {_X264} -c:a aac",
    "in-step.ts": f"{FLASH} {BEEP} {_X264} -c:a mp2",
    "uneven.mkv": f'{FLASH} {BEEP} -vf "{_UNEVEN}" -fps_mode vfr {_X264} -bf 2 -c:a aac',
    "dark-nearly.mp4": f"{picture(seconds=6)} {_X264} -vf \"drawbox=t=fill:c=black:enable='lt(t,5.8)'\"",
    "easy.mp4": f"-f lavfi -i testsrc=s=480x270:r=25:d=3 {_X264} -crf 10",
    "dark.mp4": f"-f lavfi -i color=black:s=160x90:r=25:d=2 {_X264}",
    "many-keys.mp4": f"{picture(seconds=12)} {_X264} -g 12",
    "all-keys.mp4": f"{picture(seconds=12)} -c:v mjpeg",
    "for-days.mkv": f"-f lavfi -i testsrc2=s=16x16:r=1/50000 -frames:v 2 {_X264}",
    "ladder.mp4": f"{picture('480x270', '30000/1001', 8.008)} {tone(8)} {_X264} -c:a aac",
    "forty-channels.mov": f'{picture()} -f lavfi -i "{_FORTY}" {_X264} -c:a pcm_s16le',
    "long.mp4": f"{picture('416x234', '30', 30)} {_X264}",
    "too-large.mp4": f"-f lavfi -i color=black:s=8192x8192:r=1:d=1 {_X264}",
}
#: Those that are made from another clip: its name, and the words.
MADE_OF = {
    "rotated.mp4": ("plain.mp4", "-c copy", "-display_rotation 90"),
    "upside-down.mp4": ("plain.mp4", "-c copy", "-display_rotation 180"),
}


TALK = """1
00:00:00,500 --> 00:00:01,000
Fight!

2
00:00:01,200 --> 00:00:01,900
Stop & <i>break</i>.
"""
#: Sounds and subtitles in several languages, one with a title that would break out of a playlist.
TRACKS = (
    f"{picture()} {tone(pitch=440)} {tone(pitch=880)} {tone(pitch=220)} -i talk.srt -i talk.srt"
    f" {_X264} -c:a aac -c:s srt -map 0 -map 1 -map 2 -map 3 -map 4 -map 5"
    " -metadata:s:a:0 language=eng -metadata:s:a:1 language=ger"
    " -metadata:s:a:2 language=eng -metadata:s:a:2 'title=Notes\"\n#EXT-X-X' -metadata:s:s:0 language=eng"
    " -metadata:s:s:1 language=fre -disposition:a:1 default -disposition:a:0 0 -output_ts_offset 7"
)


class Clips:
    """Makes each clip when it is first asked for; all tests of a run share them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def __call__(self, name: str) -> Path:
        """The file of that name, which nobody may change."""
        return self.made(name, lambda aside: self._by_ffmpeg(name, aside))

    def made(self, name: str, make: Callable[[Path], None]) -> Path:
        """A file that is made once."""
        file = self.folder / name
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not file.exists():
                aside = file.with_name(f"making-{name}")
                make(aside)
                aside.rename(file)
        return file

    def cut(self, name: str, share: float = 0.59) -> Path:
        """The beginning of a clip, as an upload that was cut off leaves it."""
        whole = self(name)
        length = int(whole.stat().st_size * share)
        return self.made(f"cut-{name}", lambda aside: _write(aside, whole.read_bytes()[:length]))

    def written(self, name: str, content: bytes) -> Path:
        """A file with that content."""
        return self.made(name, lambda aside: _write(aside, content))

    def _by_ffmpeg(self, name: str, aside: Path) -> None:
        if name == "tracks.mkv":
            ffmpeg(*shlex.split(TRACKS), str(aside), folder=self.written("talk.srt", TALK.encode()).parent)
        elif name in MADE_OF:
            origin, words, before = MADE_OF[name]
            ffmpeg(*shlex.split(before), "-i", str(self(origin)), *shlex.split(words), str(aside))
        else:
            ffmpeg(*shlex.split(RECIPES[name]), str(aside))


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def ffmpeg(*words: str, folder: Path | None = None) -> None:
    """Run ffmpeg, which must succeed."""
    quiet = ("-v", "error", "-nostdin", "-y")
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), *quiet, *words], cwd=folder, timeout=LONGEST_S, check=True)
