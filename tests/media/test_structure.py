"""Structure: a file that is shorter than its container says."""

import pytest

from core.media.structure import is_cut_off

CONTAINERS = {
    "plain.mp4": "mov",
    "late-index.mp4": "mov",
    "fragmented.mp4": "mov",
    "plain.mkv": "matroska",
    "live.webm": "matroska",
    "plain.avi": "avi",
    "plain.flv": "flv",
    "plain.ts": "mpegts",
    "plain.mpg": "mpeg",
    "plain.asf": "asf",
    "plain.ogg": "ogg",
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_file_is_whole_or_it_is_cut_off(clips, name):
    assert not is_cut_off(clips(name), CONTAINERS[name])
    assert is_cut_off(clips.cut(name), CONTAINERS[name])


def test_what_cameras_leave_behind_the_last_box_does_no_harm(clips, tmp_path):
    padded = tmp_path / "padded.mp4"
    padded.write_bytes(clips("plain.mp4").read_bytes() + bytes(64))

    assert not is_cut_off(padded, "mov")


def test_of_a_container_that_does_not_tell_nothing_is_said(clips):
    assert not is_cut_off(clips.cut("plain.mp4"), "gif")
