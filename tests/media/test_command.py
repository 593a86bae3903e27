"""python -m core media package: a file in, a folder out, and one sentence where that cannot be."""

import json

import pytest

from core.__main__ import main


def test_a_person_reads_what_was_made_and_saved(clips, tmp_path, capsys):
    assert main(["media", "package", str(clips("easy.mp4")), str(tmp_path / "out")]) == 0

    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0].split() == ["rung", "size", "average", "peak", "bytes"]
    assert lines[1].split()[:2] == ["270p", "480x270"]
    assert lines[2].startswith("234p is left out: 270p takes ")
    assert lines[3].startswith("VMAF 9")
    assert lines[4].endswith("less than the fixed ladder takes.")
    assert lines[5] == f"{tmp_path}/out/master.m3u8 is ready to be played."
    assert err == ""


def test_a_program_reads_what_media_json_says(clips, tmp_path, capsys):
    words = ["media", "package", str(clips("silent.mp4")), str(tmp_path / "out"), "--ladder", "fixed", "--json"]
    assert main(words) == 0

    assert json.loads(capsys.readouterr().out) == json.loads((tmp_path / "out" / "media.json").read_text())


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("sound.mp4", "sound.mp4 has no video track. Choose a video file, like MP4, MOV, MKV or WebM.\n"),
        ("absent.mp4", "There is no file {folder}/absent.mp4. Check its name.\n"),
    ],
)
def test_what_cannot_be_packaged_is_told_in_a_line_and_leaves_nothing(clips, tmp_path, capsys, name, says):
    clips("sound.mp4")

    assert main(["media", "package", str(clips.folder / name), str(tmp_path / "new" / "out")]) == 1

    assert capsys.readouterr() == ("", says.format(folder=clips.folder))
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / ".out.packaging").exists()


def test_a_warning_is_told_beside_the_answer(clips, tmp_path, capsys):
    assert main(["media", "package", str(clips("tiny.mp4")), str(tmp_path / "out")]) == 0

    assert capsys.readouterr().err == "The picture is too small for its quality to be measured.\n"
