"""Content: videos are known by how they begin, and what is none is refused with a word about what it is."""

import pytest

from core.errors import ContentRefused, SizeRefused
from core.uploads.content import recognise

TS = b"".join(b"\x47" + bytes(187) for _ in range(4))
M2TS = b"".join(bytes(4) + b"\x47" + bytes(187) for _ in range(4))


@pytest.mark.parametrize(
    ("head", "content_type", "suffix"),
    [
        (b"\x00\x00\x00\x18ftypisom" + bytes(16), "video/mp4", ".mp4"),
        (b"\x00\x00\x00\x18ftypM4V " + bytes(16), "video/mp4", ".mp4"),
        (b"\x00\x00\x00\x14ftypqt  " + bytes(16), "video/quicktime", ".mov"),
        (b"\x00\x00\x00\x08wide\x00\x00\x00\x00mdat", "video/quicktime", ".mov"),
        (b"\x00\x01\x00\x00moov" + bytes(16), "video/quicktime", ".mov"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "video/webm", ".webm"),
        (b"\x1a\x45\xdf\xa3\xa3\x42\x86\x81\x01\x42\x82\x88matroska", "video/x-matroska", ".mkv"),
        (b"RIFF\x00\x00\x10\x00AVI LIST", "video/x-msvideo", ".avi"),
        (TS, "video/mp2t", ".ts"),
        (M2TS, "video/mp2t", ".ts"),
        (b"\x00\x00\x01\xba\x44\x00", "video/mpeg", ".mpg"),
        (b"FLV\x01\x05\x00\x00\x00\x09", "video/x-flv", ".flv"),
        (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(16), "video/x-ms-asf", ".asf"),
        (b"OggS\x00\x02" + bytes(22) + b"\x80theora", "video/ogg", ".ogv"),
    ],
    ids=["mp4", "m4v", "mov", "wide", "moov", "webm", "mkv", "avi", "ts", "m2ts", "mpg", "flv", "asf", "ogv"],
)
def test_a_container_is_known_by_its_first_bytes_whatever_the_name(head, content_type, suffix):
    found = recognise(head, "holiday.txt")

    assert (found.content_type, found.suffix) == (content_type, suffix)


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"PK\x03\x04\x14\x00", "is a ZIP archive, not a video. Unpack it, and upload the video in it."),
        (b"%PDF-1.7", "is a PDF document, not a video. Upload the video itself."),
        (b"\x89PNG\r\n\x1a\n", "is a picture, not a video."),
        (b"\x00\x00\x00\x18ftypheic" + bytes(16), "is a picture, not a video."),
        (b"\x00\x00\x00\x18ftypM4A " + bytes(16), "is a sound file, not a video. Upload a file with a picture track."),
        (b"RIFF\x00\x00\x10\x00WAVEfmt ", "is a sound file, not a video."),
        (b"#EXTM3U\n#EXTINF:6,\n/etc/passwd", "is a playlist, not a video."),
        (b"\xef\xbb\xbf\nffconcat version 1.0\nfile other.mp4", "is a list of files, not a video."),
        (b"\n <!doctype html><title>Sign in", "is a web page, not a video. Download the video again"),
        (bytes(4096), "is not a video that can be read here. Upload MP4, MOV, MKV"),
        (b"\x47" + bytes(4095), "is not a video that can be read here."),
        (b"ftyp", "is not a video that can be read here."),
        (b"RIFF", "is not a video that can be read here."),
    ],
    ids=["zip", "pdf", "png", "heic", "m4a", "wav", "m3u8", "ffconcat", "html", "zeros", "one sync", "short", "riff"],
)
def test_what_is_no_video_is_refused_by_what_it_is_even_under_a_video_s_name(head, what):
    with pytest.raises(ContentRefused) as refused:
        recognise(head, "fight.mp4")

    assert str(refused.value).startswith(f"'fight.mp4' {what}")


def test_an_empty_file_is_said_to_be_empty():
    with pytest.raises(SizeRefused, match=r"^'fight.mp4' is empty\."):
        recognise(b"", "fight.mp4")
