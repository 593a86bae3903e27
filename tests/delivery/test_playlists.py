"""Playlists: each address in one is put in place of, and nothing else changes."""

import pytest

from core.delivery.playlists import rewritten
from core.errors import PlaylistRefused

MASTER = b"""#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
# a note: URI="not-an-address"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aac",NAME="English, original",LANGUAGE="en",DEFAULT=YES,URI="audio.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,AUDIO="aac"
720p.m3u8

#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100,URI="iframes.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=500
sub%20folder/360p.m3u8?x=1
"""


def shown(key: str) -> str:
    return f"<{key}>"


def test_each_address_of_a_master_is_put_in_place_of():
    assert rewritten(MASTER, "videos/v1/hls/master.m3u8", shown).decode() == (
        MASTER.decode()
        .replace('URI="audio.m3u8"', 'URI="<videos/v1/hls/audio.m3u8>"')
        .replace("\n720p.m3u8", "\n<videos/v1/hls/720p.m3u8>")
        .replace('URI="iframes.m3u8"', 'URI="<videos/v1/hls/iframes.m3u8>"')
        .replace("sub%20folder/360p.m3u8?x=1", "<videos/v1/hls/sub folder/360p.m3u8>")
    )


def test_segments_their_ranges_and_their_beginning_stay_together():
    media = (
        b'#EXTM3U\r\n#EXT-X-MAP:URI="720p.mp4",BYTERANGE="800@0"\r\n#EXTINF:6.0,\r\n#EXT-X-BYTERANGE:5@800\r\n'
        b"720p.mp4\r\n#EXT-X-ENDLIST\r\n"
    )

    assert rewritten(media, "v/720p.m3u8", shown) == (
        b'#EXTM3U\n#EXT-X-MAP:URI="<v/720p.mp4>",BYTERANGE="800@0"\n#EXTINF:6.0,\n#EXT-X-BYTERANGE:5@800\n'
        b"<v/720p.mp4>\n#EXT-X-ENDLIST\n"
    )


@pytest.mark.parametrize(
    ("uri", "key"), [("../poster.jpg", "videos/v1/poster.jpg"), ("./a.mp4", "videos/v1/hls/a.mp4")]
)
def test_a_relative_address_is_followed_from_where_the_playlist_lies(uri, key):
    assert rewritten(f"#EXTM3U\n{uri}".encode(), "videos/v1/hls/m.m3u8", shown) == f"#EXTM3U\n<{key}>".encode()


@pytest.mark.parametrize(
    "uri",
    ["https://evil.example/a.mp4", "//evil.example/a.mp4", "/etc/passwd", "data:text/plain,x", "file:a", "?x", "#x"],
)
@pytest.mark.parametrize("line", ["{}", '#EXT-X-MAP:URI="{}"', '#EXT-X-KEY:METHOD=AES-128,URI="{}"'])
def test_an_address_that_leads_elsewhere_is_refused(uri, line):
    if uri == "#x" and line == "{}":
        return  # a note
    with pytest.raises(PlaylistRefused, match="leads out of its folder"):
        rewritten(f"#EXTM3U\n{line.format(uri)}\n".encode(), "v/m.m3u8", shown)


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff\xfe", b"ffconcat version 1.0\nfile a", b"\n#EXTM3U"])
def test_what_is_no_playlist_is_refused(content):
    with pytest.raises(PlaylistRefused, match="is no playlist"):
        rewritten(content, "v/m.m3u8", shown)
