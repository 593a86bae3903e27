"""Probe: what is found in a file, and what is refused, in words."""

import re
import struct
from fractions import Fraction

import pytest

from core.errors import Incomplete, NotAVideo
from core.media.found import DynamicRange
from core.media.probe import probe
from tests.media.clips import ffmpeg


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("zero.mp4", b""),
        ("random.mp4", bytes(range(7, 256)) * 400),
        ("text.mkv", b"This is no video.\n" * 100),
        ("page.mp4", b"<html><body>404</body></html>"),
        ("picture.mp4", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(4000)),
        ("head.mp4", b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"),
    ],
)
def test_what_is_no_video_is_refused(clips, name, content):
    with pytest.raises(NotAVideo, match=rf"^{re.escape(name)} is not a readable video"):
        probe(clips.written(name, content))


def test_a_recording_without_its_index_is_refused(clips):
    with pytest.raises(NotAVideo, match=r"^cut-late-index.mp4 is not a readable video: it ends before its index"):
        probe(clips.cut("late-index.mp4"))


@pytest.mark.parametrize(
    "name", ["plain.mp4", "fragmented.mp4", "plain.mkv", "live.webm", "plain.avi", "plain.flv", "plain.ts",
             "plain.mpg", "plain.asf", "plain.ogg"],
)  # fmt: skip
def test_an_upload_that_was_cut_off_is_incomplete_though_it_opens(clips, name):
    with pytest.raises(Incomplete, match=rf"^cut-{name} is an incomplete upload: it ends after [01]\.\d") as refused:
        probe(clips.cut(name))

    assert refused.value.advice == "Upload it again: it goes on with what is missing."


def test_a_file_that_states_more_than_it_holds_is_incomplete(clips, tmp_path):
    content = bytearray(clips("plain.mkv").read_bytes())
    at = content.index(b"\x44\x89\x88") + 3  # its duration, in milliseconds
    content[at : at + 8] = struct.pack(">d", 60_000)
    (tmp_path / "longer.mkv").write_bytes(content)

    with pytest.raises(Incomplete, match=r"it ends after 2\.0 of 60\.0 s"):
        probe(tmp_path / "longer.mkv")


def test_sound_alone_is_refused(clips):
    with pytest.raises(NotAVideo, match=r"^sound.mp4 has no video track"):
        probe(clips("sound.mp4"))


def test_sound_with_a_cover_is_refused(clips, tmp_path):
    ffmpeg("-f", "lavfi", "-i", "color=red:s=64x64:d=1", "-frames:v", "1", "cover.png", folder=tmp_path)
    ffmpeg(
        "-i", str(clips("sound.mp4")), "-i", "cover.png", "-map", "0", "-map", "1", "-c", "copy",
        "-disposition:v:0", "attached_pic", "song.mp4", folder=tmp_path,
    )  # fmt: skip

    with pytest.raises(NotAVideo, match=r"^song.mp4 has no video track"):
        probe(tmp_path / "song.mp4")


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("concat.mp4", "ffconcat version 1.0\nfile plain.mp4\n"),
        ("concat.ffconcat", "ffconcat version 1.0\nfile plain.mp4\n"),
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nplain.ts\n#EXT-X-ENDLIST\n"),
        ("list.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nplain.mp4\n#EXT-X-ENDLIST\n"),
        ("fetch.m3u8", "#EXTM3U\n#EXTINF:2,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n"),
        ("page.mpd", '<?xml version="1.0"?><MPD><BaseURL>plain.mp4</BaseURL></MPD>'),
        ("session.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n"),
        ("pictures%d.mp4", "GIF89a"),
    ],
)
def test_a_script_that_would_read_what_lies_beside_it_is_refused(clips, name, script):
    for secret in ("plain.mp4", "plain.ts"):
        clips(secret)

    with pytest.raises(NotAVideo, match="is not a readable video"):
        probe(clips.written(name, script.encode()))


def test_a_mp4_that_refers_to_another_file_is_refused(clips, tmp_path):
    content = clips("plain.mp4").read_bytes()
    outside = content.replace(b"url \x00\x00\x00\x01", b"url \x00\x00\x00\x00")  # its samples lie somewhere else
    (tmp_path / "outside.mp4").write_bytes(outside)

    assert probe(tmp_path / "outside.mp4").video.frames == 50  # they are read from the file itself all the same


@pytest.mark.parametrize("name", ["absent.mp4", ".", "http://127.0.0.1:9/x.mp4", "concat:plain.mp4|plain.mp4"])
def test_what_is_no_file_is_not_opened(clips, name):
    with pytest.raises(NotAVideo, match="There is no file"):
        probe(clips.folder / name)


def test_a_name_that_ffmpeg_could_take_for_an_option_or_a_protocol_is_a_name(clips, tmp_path):
    for name in ("-i.mp4", "concat:a.mp4", "a%03d.mp4", "ä 'x';$(y).mp4"):
        (tmp_path / name).write_bytes(clips("plain.mp4").read_bytes())

        assert probe(tmp_path / name).video.frames == 50


def test_a_picture_that_would_take_too_long_to_decode_is_refused_before(clips):
    with pytest.raises(NotAVideo, match="has a picture of 8192x8192, which is too large"):
        probe(clips("too-large.mp4"))


def test_a_picture_that_is_larger_than_the_file_says_is_refused(clips, tmp_path):
    content = bytearray(clips("too-large.mp4").read_bytes())
    at = content.index(b"avc1", content.index(b"stsd") + 12)
    content[at + 28 : at + 32] = b"\x00\x40\x00\x40"  # 64 by 64
    (tmp_path / "small.mp4").write_bytes(content)

    with pytest.raises(NotAVideo):
        probe(tmp_path / "small.mp4")


def test_a_video_of_two_frames_that_lasts_for_days_is_refused(clips):
    long = clips("for-days.mkv")

    with pytest.raises(NotAVideo, match=r"lasts \d+ hours, which is too long"):
        probe(long)


def test_what_is_found_of_a_plain_video(clips):
    found = probe(clips("plain.mp4"))

    assert (found.container, found.duration_s, found.start_s, found.begin_s) == ("mov,mp4,m4a,3gp,3g2,mj2", 2, 0, 0)
    video = found.video
    assert (video.codec, video.width, video.height, video.rate) == ("h264", 160, 90, 25)
    assert (video.frames, video.keyframes, video.variable, video.interlaced) == (50, 1, False, False)
    (sound,) = found.audio
    assert (sound.codec, sound.channels, sound.sample_rate, sound.language) == ("aac", 1, 48_000, "")
    assert (found.subtitles, found.warnings) == ((), ())


@pytest.mark.parametrize(
    ("name", "rotation", "size"),
    [
        ("rotated.mp4", 90, (90, 160)),
        ("upside-down.mp4", -180, (160, 90)),
        ("anamorphic.mp4", 0, (Fraction(512, 3), 90)),
    ],
)
def test_a_video_is_as_large_as_it_is_shown(clips, name, rotation, size):
    video = probe(clips(name)).video

    assert (video.rotation, video.display_size) == (rotation, size)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("hdr10.mp4", DynamicRange.PQ), ("hlg.mp4", DynamicRange.HLG), ("wide.mp4", DynamicRange.SDR)],
)
def test_brightness_is_read_as_it_was_written(clips, name, expected):
    assert probe(clips(name)).video.dynamic_range is expected


def test_uneven_and_interlaced_frames_are_noticed(clips):
    assert probe(clips("uneven.mkv")).video.variable
    assert probe(clips("interlaced.mp4")).video.interlaced


def test_a_recording_that_begins_anew_is_as_long_as_all_of_it(clips):
    twice = clips.written("twice.ts", clips("plain.ts").read_bytes() * 2)

    assert probe(twice).duration_s == pytest.approx(4.02, abs=0.03)
