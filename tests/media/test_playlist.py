"""Playlist: pieces, their rates, and what the master playlist promises of them."""

from fractions import Fraction

import pytest

from core.media.ladder import Rung
from core.media.languages import Label
from core.media.master import Alternative, Variant, master
from core.media.playlist import Playlist, Segment, peak_bits, read_playlist, tidied, write_playlist

WRITTEN = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:6
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="360p.mp4",BYTERANGE="800@0"
#EXTINF:6.000000,
#EXT-X-BYTERANGE:6000@800
360p.mp4
#EXTINF:3.000000,
#EXT-X-BYTERANGE:4500@6800
360p.mp4
#EXT-X-ENDLIST
"""


def pieces(*each: tuple[float, int]) -> Playlist:
    starts = [100 + sum(size for _, size in each[:n]) for n in range(len(each))]
    return Playlist("x.mp4", 100, tuple(Segment(*piece, start) for piece, start in zip(each, starts, strict=True)))


def test_what_is_written_is_what_is_read(tmp_path):
    playlist = Playlist("360p.mp4", 800, (Segment(6.0, 6000, 800), Segment(3.0, 4500, 6800)))

    write_playlist(playlist, tmp_path / "360p.m3u8")

    assert (tmp_path / "360p.m3u8").read_text() == WRITTEN
    assert read_playlist(tmp_path / "360p.m3u8") == playlist
    assert (playlist.seconds, playlist.end, playlist.average_bits) == (9.0, 11_300, 8 * 10_500 / 9)


@pytest.mark.parametrize("text", ["", WRITTEN.replace("#EXT-X-ENDLIST\n", ""), "#EXTM3U\n#EXT-X-ENDLIST\n"])
def test_a_playlist_that_was_not_finished_is_none(tmp_path, text):
    (tmp_path / "360p.m3u8").write_text(text)

    assert read_playlist(tmp_path / "360p.m3u8") is None
    assert read_playlist(tmp_path / "absent.m3u8") is None


def test_a_scrap_at_the_end_is_part_of_the_piece_before():
    assert tidied(pieces((6, 100), (6, 110), (0.4, 30))) == pieces((6, 100), (6.4, 140))
    assert tidied(pieces((6, 100), (0.4, 30))).target_s == 6
    assert tidied(pieces((6, 100), (0.5, 30))) == pieces((6, 100), (0.5, 30))
    assert tidied(pieces((0.4, 30))) == pieces((0.4, 30))


@pytest.mark.parametrize(
    ("each", "bits"),
    [
        pytest.param([(6, 6000), (6, 9000), (6, 3000)], 12_000, id="the largest piece"),
        pytest.param([(6, 6000), (3, 4500)], 12_000, id="half as long as the target is long enough"),
        pytest.param([(6, 6000), (2, 2100)], 8_400, id="a shorter last piece that takes a little more"),
        pytest.param([(6, 6000), (2, 4000)], 1.1 * 8 * 10_000 / 8, id="one that takes far more, up to a tenth"),
        pytest.param([(0.04, 1000)], 200_000, id="a single frame"),
        pytest.param([(6, 6000), (2, 1000), (2, 5000), (2, 5000)], 20_000, id="together they count"),
    ],
)
def test_the_peak_is_that_of_neighbours_about_as_long_as_the_target(each, bits):
    assert peak_bits(pieces(*each)) == pytest.approx(bits)


def rung(name: str, width: int, height: int, bandwidth: int) -> Variant:
    return Variant(Rung(name, width, height, 23.0, 1), "avc1.64001f", bandwidth, bandwidth - 1000)


def test_the_master_playlist_begins_with_what_nearly_everybody_can_play():
    text = master(
        [rung("1080p", 1920, 1080, 5_000_000), rung("720p", 1280, 720, 2_400_000), rung("360p", 640, 360, 700_000)],
        Fraction(30_000, 1001),
        [Alternative("audio-en.m3u8", Label("en", "English"), default=True)],
        [Alternative("subtitles.m3u8", Label("", "Subtitles"), default=False)],
    )

    assert text.splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio-en.m3u8"',
        '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="Subtitles",DEFAULT=NO,AUTOSELECT=YES,URI="subtitles.m3u8"',
        '#EXT-X-STREAM-INF:BANDWIDTH=2400000,AVERAGE-BANDWIDTH=2399000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970,VIDEO-RANGE=SDR,CLOSED-CAPTIONS=NONE,AUDIO="audio",SUBTITLES="subtitles"',
        "720p.m3u8",
        '#EXT-X-STREAM-INF:BANDWIDTH=5000000,AVERAGE-BANDWIDTH=4999000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1920x1080,FRAME-RATE=29.970,VIDEO-RANGE=SDR,CLOSED-CAPTIONS=NONE,AUDIO="audio",SUBTITLES="subtitles"',
        "1080p.m3u8",
        '#EXT-X-STREAM-INF:BANDWIDTH=700000,AVERAGE-BANDWIDTH=699000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=29.970,VIDEO-RANGE=SDR,CLOSED-CAPTIONS=NONE,AUDIO="audio",SUBTITLES="subtitles"',
        "360p.m3u8",
    ]  # fmt: skip


def test_without_sound_there_is_no_audio_group_and_no_codec_of_it():
    text = master([rung("1080p", 1920, 1080, 5_000_000)], Fraction(25), [], [])

    assert "AUDIO" not in text
    assert 'CODECS="avc1.64001f",' in text
