"""Package: every kind of video that people upload becomes one that any player plays."""

import json
import re
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from core.media.ladder import Ladder
from tests.media.clips import RECIPES
from tests.media.watching import alternatives, beeps, flashes, listen, segments, streams, watch

_BT709_LIMITED = (1, 1, 1, 1)
#: (seconds, frames a second) of what comes out.
KINDS = {
    "plain.mp4": ((160, 90), 2.0, 25),
    "fragmented.mp4": ((160, 90), 2.04, 25),
    "plain.mkv": ((160, 90), 2.0, 25),
    "live.webm": ((160, 90), 2.0, 25),
    "plain.avi": ((160, 90), 2.04, 25),
    "plain.ts": ((160, 90), 2.0, 25),
    "plain.mpg": ((160, 90), 2.0, 25),
    "plain.flv": ((160, 90), 2.0, 25),
    "plain.asf": ((160, 90), 2.0, 25),
    "plain.ogg": ((160, 90), 2.0, 25),
    "silent.mp4": ((160, 90), 2.0, 25),
    "film.mp4": ((160, 90), 48 * 1001 / 24_000, Fraction(24_000, 1001)),
    "fast.mp4": ((160, 90), 2.0, 60),
    "slow.mp4": ((160, 90), 4.0, 2),
    "one-frame.mp4": ((160, 90), 0.04, 25),
    "tiny.mp4": ((16, 16), 2.0, 25),
    "odd.mkv": ((160, 90), 2.0, 25),
    "anamorphic.mp4": ((170, 90), 2.0, 25),
    "vertical.mp4": ((90, 160), 2.0, 25),
    "rotated.mp4": ((90, 160), 2.0, 25),
    "upside-down.mp4": ((160, 90), 2.0, 25),
    "interlaced.mp4": ((160, 96), 2.0, 25),
    "hdr10.mp4": ((160, 90), 2.0, 25),
    "hlg.mp4": ((160, 90), 2.0, 25),
    "wide.mp4": ((160, 90), 2.0, 25),
    "ten-bit.mp4": ((160, 90), 2.0, 25),
    "rgb.mp4": ((160, 90), 2.0, 25),
    "full-range.mp4": ((160, 90), 2.0, 25),
    "uneven.mkv": ((160, 90), 4.0, 30),
    "late-start.ts": ((160, 90), 2.0, 25),
    "long-sound.mkv": ((160, 90), 2.0, 25),
    "short-sound.mkv": ((160, 90), 2.0, 25),
    "surround.mkv": ((160, 90), 2.0, 25),
    "tracks.mkv": ((160, 90), 2.0, 25),
}
WITH_SOUND = [name for name in KINDS if "c:a" in RECIPES.get(name, "") or name in ("rotated.mp4", "tracks.mkv")]


@pytest.mark.parametrize("name", KINDS)
def test_the_picture_is_upright_square_and_of_today_and_lasts_as_long(packaged, name):
    size, seconds, rate = KINDS[name]
    package = packaged(name)

    (stream,) = streams(package.folder / "master.m3u8")
    watched = watch(package.folder / stream.playlist)

    assert (watched.size, watched.sample_aspect) == (size, 1)
    assert (watched.pixel_format, watched.profile, watched.colours) == ("yuv420p", "High", _BT709_LIMITED)
    assert watched.times == pytest.approx([n / float(rate) for n in range(round(seconds * rate))], abs=1e-3)
    assert watched.seconds == pytest.approx(seconds, abs=1e-3)
    assert stream.attributes["RESOLUTION"] == f"{size[0]}x{size[1]}"
    assert stream.attributes["FRAME-RATE"] == f"{float(rate):.3f}"
    assert not package.report["damaged"]


@pytest.mark.parametrize("name", WITH_SOUND)
def test_the_sound_is_stereo_and_lasts_as_long_as_the_picture(packaged, name):
    package = packaged(name)

    for offered in alternatives(package.folder / "master.m3u8", "AUDIO"):
        heard = listen(package.folder / offered["URI"])
        assert (heard.channels, heard.sample_rate, heard.start) == (2, 48_000, 0)
        assert KINDS[name][1] <= heard.seconds < KINDS[name][1] + 0.05


def test_without_sound_the_master_playlist_has_no_audio_group(packaged):
    text = (packaged("silent.mp4").folder / "master.m3u8").read_text()

    assert "AUDIO" not in text
    assert "mp4a" not in text


@pytest.mark.parametrize("name", ["in-step.mp4", "in-step.ts", "uneven.mkv"])
def test_picture_and_sound_keep_step(packaged, name):
    package = packaged(name)
    (stream,) = streams(package.folder / "master.m3u8")

    seen = flashes(watch(package.folder / stream.playlist))
    heard = beeps(listen(package.folder / "audio.m3u8"))

    assert len(seen) == len(heard) == 4
    assert [round(time) for time in heard] == [0, 1, 2, 3]
    assert max(abs(one - other) for one, other in zip(seen, heard, strict=True)) < 0.04


def test_sound_that_ends_early_is_followed_by_silence_and_a_picture_that_does_stands_still(packaged):
    quiet = listen(packaged("short-sound.mkv").folder / "audio.m3u8").loudness
    light = watch(packaged("long-sound.mkv").folder / "90p.m3u8").light

    assert quiet[:900].max() > 0.05 > quiet[1100:1900].max()
    assert max(abs(now - before) for before, now in pairwise(light[26:])) < 0.5


def test_a_rotated_video_stands_upright(packaged):
    flat, turned = (watch(packaged(name).folder / "90p.m3u8").first for name in ("plain.mp4", "rotated.mp4"))

    # turned back by 90 degrees counter-clockwise, as its matrix says
    assert np.abs(np.rot90(flat).astype(int) - turned).mean() < 12


def test_deinterlaced_lines_are_not_combed(packaged):
    frame = watch(packaged("interlaced.mp4").folder / "96p.m3u8").first.astype(int).mean(axis=2)

    between_lines = np.abs(np.diff(frame, axis=0)).mean()
    between_every_other = np.abs(frame[2:] - frame[:-2]).mean()
    assert between_lines < between_every_other


@pytest.mark.parametrize("name", ["hdr10.mp4", "hlg.mp4", "wide.mp4", "ten-bit.mp4", "rgb.mp4", "full-range.mp4"])
def test_colours_look_as_they_were_meant(packaged, name):
    """The test picture begins with a red, a green and a yellow bar."""
    first = watch(packaged(name).folder / "90p.m3u8").first.astype(int)
    red, green, yellow = (first[50:60, x : x + 6].mean(axis=(0, 1)) for x in (6, 36, 62))

    assert red[0] > 2 * max(red[1], red[2])
    assert green[1] > 1.5 * max(green[0], green[2])
    assert min(yellow[0], yellow[1]) > 2 * yellow[2]


def test_sounds_and_subtitles_are_offered_by_their_languages(packaged):
    package = packaged("tracks.mkv")
    master = package.folder / "master.m3u8"

    sounds, subtitles = alternatives(master, "AUDIO"), alternatives(master, "SUBTITLES")

    assert [(each["NAME"], each["LANGUAGE"], each["DEFAULT"], each["URI"]) for each in sounds] == [
        ("German", "de", "YES", "audio-de.m3u8"),
        ("English", "en", "NO", "audio-en.m3u8"),
        ("English (Notes#EXT-X-X)", "en", "NO", "audio-en-3.m3u8"),
    ]
    assert [(each["NAME"], each["LANGUAGE"], each["DEFAULT"], each["URI"]) for each in subtitles] == [
        ("English", "en", "NO", "subtitles-en.m3u8"),
        ("French", "fr", "NO", "subtitles-fr.m3u8"),
    ]
    assert not [line for line in master.read_text().splitlines() if "#EXT-X-X" in line and "NAME=" not in line]
    assert (package.folder / "subtitles-en.vtt").read_text() == (
        "WEBVTT\n\n00:00.500 --> 00:01.000\nFight!\n\n00:01.200 --> 00:01.900\nStop & <i>break</i>.\n"
    )
    assert "subtitles-en.vtt\n" in (package.folder / "subtitles-en.m3u8").read_text()


def test_sound_that_no_encoder_takes_is_left_out(packaged):
    package = packaged("forty-channels.mov")

    assert package.report["warnings"] == ["1 audio track(s) cannot be played, and were left out."]
    assert alternatives(package.folder / "master.m3u8", "AUDIO") == []


def test_nothing_of_the_sources_own_words_and_places_is_left(packaged):
    for file in packaged("located.mp4").folder.glob("*.mp4"):
        assert not re.search(rb"Secret|48\.2|16\.3", file.read_bytes())


@pytest.fixture(scope="module")
def ladder(packaged):
    """A video of several rungs and pieces."""
    return packaged("ladder.mp4")


def test_pieces_last_six_seconds_and_begin_with_a_key_frame_every_two(ladder):
    for stream in streams(ladder.folder / "master.m3u8"):
        playlist = ladder.folder / stream.playlist
        text = playlist.read_text()
        assert [seconds for seconds, _ in segments(playlist)] == pytest.approx([6.006, 2.002], abs=1e-3)
        assert re.search(r"#EXT-X-TARGETDURATION:6\n", text)
        assert re.search(r"#EXT-X-ENDLIST\n$", text)
        assert watch(playlist).key_times == pytest.approx([0, 2.002, 4.004, 6.006], abs=1e-3)
    assert sum(seconds for seconds, _ in segments(ladder.folder / "audio.m3u8")) == pytest.approx(8.03, abs=0.03)


def test_the_rates_are_those_that_were_measured_with_sound(ladder):
    sound = segments(ladder.folder / "audio.m3u8")
    loudest = max(8 * size / seconds for seconds, size in sound)

    for stream in streams(ladder.folder / "master.m3u8"):
        pieces = segments(ladder.folder / stream.playlist)
        peak = max(8 * size / seconds for seconds, size in pieces) + loudest
        average = 8 * sum(size for _, size in pieces) / sum(seconds for seconds, _ in pieces)
        average += 8 * sum(size for _, size in sound) / sum(seconds for seconds, _ in sound)
        assert int(stream.attributes["BANDWIDTH"]) == pytest.approx(peak, rel=0.1)
        assert int(stream.attributes["AVERAGE-BANDWIDTH"]) == pytest.approx(average, rel=0.01)


def test_rungs_are_of_one_file_each_and_play_in_step(ladder):
    names = {file.name for file in ladder.folder.iterdir()}

    assert names == {
        "master.m3u8", "media.json", "poster.jpg", "storyboard.jpg", "storyboard.vtt", "audio.m3u8", "audio.mp4",
        "270p.m3u8", "270p.mp4", "234p.m3u8", "234p.mp4",
    }  # fmt: skip
    high, low = (watch(ladder.folder / f"{name}.m3u8") for name in ("270p", "234p"))
    assert high.times == low.times
    assert max(abs(one - other) for one, other in zip(high.light, low.light, strict=True)) < 2


def test_the_codec_is_the_one_in_the_file(ladder):
    for stream in streams(ladder.folder / "master.m3u8"):
        video, sound = stream.attributes["CODECS"].split(",")
        head = (ladder.folder / stream.playlist).with_suffix(".mp4").read_bytes()[:2000]
        assert bytes.fromhex(video.removeprefix("avc1.")) == head[head.index(b"avcC") + 5 :][:3]
        assert sound == "mp4a.40.2"


def test_the_report_tells_what_was_found_chosen_and_written(ladder):
    report = ladder.report

    assert report["found"]["video"]["frame_rate"] == "30000/1001"
    assert (report["chosen"]["ladder"], report["chosen"]["duration_s"]) == (Ladder.FIXED, 8.008)
    assert [(rung["name"], rung["width"], rung["crf"]) for rung in report["chosen"]["rungs"]] == [
        ("270p", 480, None),
        ("234p", 416, None),
    ]
    assert (report["saved"], report["damaged"], report["errors"], report["warnings"]) == (None, False, 0, [])
    assert report["files"] == {
        name: (ladder.folder / name).stat().st_size
        for name in json.loads((ladder.folder / "media.json").read_text())["files"]
    }
