"""python -m core media package: a file in, a folder out, and one sentence where that cannot be."""

import json
from dataclasses import replace

import pytest

from core.__main__ import main
from core.commands.media import standing
from core.media.ladder import Ladder
from core.media.packagings import State
from tests.media.platform import VIDEO, Place


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


@pytest.fixture
def place(tmp_path, settings, monkeypatch) -> Place:
    monkeypatch.setenv("PHYGHT_DEMO", "off")
    return Place(tmp_path / "home", settings)


def test_packagings_are_listed_asked_for_again_and_cancelled(place, clips, capsys):
    place.add(clips("silent.mp4"))
    place.media.request(VIDEO, Ladder.FIXED)
    place.package()

    assert main(["media", "again", "fight-v1", "--ladder", "fixed"]) == 0
    assert main(["media", "again", "fight-v1"]) == 1
    assert capsys.readouterr().err == "'Fight' is being packaged already. Wait for it, or cancel it.\n"
    assert main(["media", "list"]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["video", "state", "problem"],
        ["fight-v1", "waiting"],
    ]
    assert main(["media", "cancel", "fight-v1"]) == 0
    assert place.package(lambda: True).state is State.CANCELLED
    assert main(["media", "cancel", "nobody"]) == 1
    assert capsys.readouterr().err.startswith("There is no video 'nobody'.")


def test_the_list_for_programs_holds_all_that_is_known(place, clips, capsys):
    place.add(clips("sound.mp4"))
    place.media.request(VIDEO, Ladder.FIXED)
    place.package()

    assert main(["media", "list", "--json"]) == 0

    (told,) = json.loads(capsys.readouterr().out)
    assert told.pop("advice")
    assert told == {
        "video": "fight-v1", "state": "failed", "ladder": "fixed", "stage": "", "share": 0.0, "eta_s": None,
        "attempts": 1, "problem": "fight-v1.mp4 has no video track.", "warnings": [], "size_bytes": None,
        "fixed_bytes": None, "requested_at": "2026-11-25T12:00:00.000000Z",
        "started_at": "2026-11-25T12:00:00.000000Z", "ended_at": "2026-11-25T12:00:00.000000Z",
    }  # fmt: skip


def test_a_person_sees_how_far_a_packaging_is_and_what_it_saved(place, clips):
    place.add(clips("silent.mp4"))
    place.media.request(VIDEO, Ladder.FIXED)
    packaging = place.packaging()

    working = replace(packaging, state=State.WORKING, stage="encoding", share=0.25, eta_s=840.0)
    assert standing(working) == "encoding 25%, 14 min left"
    assert standing(replace(working, eta_s=None)) == "encoding 25%"
    done = replace(packaging, state=State.DONE, size_bytes=1_000_000, fixed_bytes=4_500_000)
    assert standing(done) == "3,500,000 bytes less than the fixed ladder"
