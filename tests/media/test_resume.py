"""Resume: packaging that was cut off goes on, and what is damaged is never passed off as whole."""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import DiskFull, Incomplete, PackagingFailed
from core.media import encoder, package, standalone
from core.media.ladder import Ladder
from core.media.package import Order, Packager, Stage
from core.media.process import Stopped
from core.media.standalone import package_into
from tests.environment import ROOT
from tests.jobs.waiting import wait_until
from tests.media.clips import Clips
from tests.media.watching import watch
from tests.support.limits import without_privileges


def order(clips: Clips, name: str = "ladder.mp4") -> Order:
    return Order(clips(name), Ladder.FIXED, nice=0)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty folder."""
    (tmp_path / "place").mkdir()
    return tmp_path / "place"


class Cut(BaseException):
    """Stands for the end of the process."""


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The files that each run of the encoder writes renditions to."""
    seen: list[list[str]] = []
    run = encoder.run

    def counted(work: encoder.Work, strict: bool = False) -> encoder.Outcome:
        words = encoder.command(work.outputs, strict)
        seen.append([word for word in words if word.endswith(".m3u8")])
        return run(work, strict)

    monkeypatch.setattr(package, "run", counted)
    return seen


def cut_after(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> None:
    """From now on the process ends right after this was done."""
    do = getattr(owner, name)

    def cut(*arguments: object, **named: object) -> None:
        do(*arguments, **named)
        raise Cut

    monkeypatch.setattr(owner, name, cut)


@pytest.mark.parametrize(
    ("owner", "name"),
    [(Packager, "prepare"), (Packager, "picture"), (Packager, "encode"), (standalone, "write_folder")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_cut_off_after_any_step_it_goes_on_from_there(clips, place, monkeypatch, runs, owner, name):
    with monkeypatch.context() as patched:
        cut_after(patched, owner, name)
        with pytest.raises(Cut):
            package_into(order(clips, "plain.mp4"), place / "out", lambda _: None)
    assert not (place / "out").exists()

    report = package_into(order(clips, "plain.mp4"), place / "out", lambda _: None)

    assert runs == [["90p.m3u8", "audio.m3u8"]]  # encoded once
    assert set(report["files"]) | {"media.json"} == {file.name for file in (place / "out").iterdir()}
    assert [file.name for file in place.iterdir()] == ["out"]


def test_a_rung_that_is_there_is_not_encoded_again(clips, tmp_path, runs):
    packager = Packager(order(clips), tmp_path, lambda _: None, lambda: False)
    packager.prepare()
    packager.encode()
    before = (tmp_path / "270p.mp4").stat().st_mtime_ns
    (tmp_path / "234p.m3u8").unlink()  # it was at work on this one
    with (tmp_path / "audio.mp4").open("r+b") as sound:
        sound.truncate(5000)

    packager.encode()

    assert runs == [["270p.m3u8", "234p.m3u8", "audio.m3u8"], ["234p.m3u8", "audio.m3u8"]]
    assert (tmp_path / "270p.mp4").stat().st_mtime_ns == before
    assert watch(tmp_path / "234p.m3u8").size == (416, 234)


def test_what_is_left_of_another_order_is_not_gone_on_with(clips, tmp_path, runs):
    for name in ("ladder.mp4", "plain.mp4"):
        packager = Packager(order(clips, name), tmp_path, lambda _: None, lambda: False)
        packager.prepare()
        packager.encode()

    assert runs[1] == ["90p.m3u8", "audio.m3u8"]
    assert not (tmp_path / "270p.mp4").exists()


def test_killed_while_it_encodes_it_leaves_no_process_and_the_next_run_goes_on(clips, tmp_path):
    words = [sys.executable, "-m", "core", "media", "package", str(clips("long.mp4")), str(tmp_path / "out")]
    killed = subprocess.Popen([*words, "--ladder", "fixed"], cwd=ROOT, start_new_session=True)
    work = tmp_path / ".out.packaging"
    wait_until(lambda: (work / "234p.mp4").exists(), "the encoder at work")

    killed.send_signal(signal.SIGKILL)
    killed.wait(timeout=60)

    wait_until(lambda: not using(work), "no process that works on it")
    assert not (tmp_path / "out").exists()
    subprocess.run([*words, "--ladder", "fixed"], cwd=ROOT, timeout=250, check=True)
    assert watch(tmp_path / "out" / "234p.m3u8").seconds == pytest.approx(30)
    assert not work.exists()


def using(folder: Path) -> list[str]:
    """The processes that work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append(process.name)
        except OSError:  # it has ended meanwhile
            continue
    return found


def test_cancelled_while_it_encodes_it_stops_and_may_go_on_later(clips, tmp_path):
    stages: list[Stage] = []
    packager = Packager(
        order(clips, "long.mp4"), tmp_path, lambda told: stages.append(told.stage), lambda: Stage.ENCODING in stages
    )
    packager.prepare()

    with pytest.raises(Stopped):
        packager.encode()

    assert using(tmp_path) == []
    assert (tmp_path / "state.json").exists()


def test_it_tells_how_far_it_is_and_how_long_it_will_take(clips, tmp_path):
    told: list[package.Progress] = []

    package_into(order(clips), tmp_path / "out", told.append)

    assert list(dict.fromkeys(each.stage for each in told)) == [Stage.LOOKING, Stage.PICTURING, Stage.ENCODING]
    shares = [each.share for each in told if each.stage is Stage.ENCODING]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert told[-1].eta_s == 0


def damaged(clips: Clips) -> Path:
    """A video with a hole of noise in its picture; all its packets are there."""
    content = bytearray(clips("ladder.mp4").read_bytes())
    start = content.index(b"mdat") + 4
    for at in range(start + len(content) // 3, start + len(content) // 3 + 20_000):
        content[at] = random.Random(at).randrange(256)
    return clips.written("damaged.mp4", bytes(content))


def test_a_damaged_video_is_packaged_as_far_as_it_can_be_and_says_so(clips, tmp_path, runs):
    report = package_into(Order(damaged(clips), Ladder.FIXED, nice=0), tmp_path / "out", lambda _: None)

    assert len(runs) == 2  # strictly, and then forgivingly
    assert report["damaged"]
    assert report["errors"] > 0
    assert report["warnings"] == [f"The file is damaged: {report['errors']} errors while decoding it."]
    assert watch(tmp_path / "out" / "270p.m3u8").seconds == pytest.approx(8.008, abs=0.04)


def test_a_strict_encoder_that_gave_up_has_not_made_a_rung(clips, tmp_path, monkeypatch, runs):
    """It ends its files in good order, but early; and the process may be killed right then."""
    file = Order(damaged(clips), Ladder.FIXED, nice=0)
    packager = Packager(file, tmp_path, lambda _: None, lambda: False)
    packager.prepare()
    with monkeypatch.context() as patched:
        cut_after(patched, package, "run")
        with pytest.raises(Cut):
            packager.encode()

    packager.encode()

    assert [len(run) for run in runs[:2]] == [3, 3]  # none of them is taken for one that is done
    made = packager.made()
    assert made.damaged
    assert all(playlist.seconds == pytest.approx(8.008, abs=0.04) for _, playlist in made.rungs)


def test_a_rung_that_came_out_short_is_said_to_be_damaged(clips, tmp_path, monkeypatch):
    packager = Packager(order(clips), tmp_path, lambda _: None, lambda: False)
    found = packager.prepare()
    packager.encode()
    state = json.loads((tmp_path / "state.json").read_text())
    state["found"]["duration_s"] = found.duration_s + 1
    (tmp_path / "state.json").write_text(json.dumps(state))

    made = packager.made()

    assert made.damaged
    assert made.warnings == ("Only 8.0 of 9.0 s could be encoded.",)


def test_nothing_is_left_over_of_a_file_that_is_refused(clips, place):
    with pytest.raises(Incomplete):
        package_into(Order(clips.cut("plain.mp4")), place / "new" / "out", lambda _: None)

    assert list(place.iterdir()) == []


def test_an_encoder_that_fails_is_told_in_words_and_leaves_nothing(clips, place, monkeypatch):
    broken = place / "ffmpeg"
    broken.write_text("#!/bin/sh\necho '[libx264 @ 0x1] [error] no codec here' >&2\nexit 7\n")
    broken.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(broken))

    with pytest.raises(PackagingFailed, match=r"no codec here"):
        package_into(order(clips), place / "out", lambda _: None)

    assert sorted(file.name for file in place.iterdir()) == ["ffmpeg"]


def test_ones_own_ffmpeg_is_used(monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", sys.executable)

    assert encoder.program() == sys.executable


def test_an_ffmpeg_that_is_not_there_is_told_by_its_name(clips, tmp_path, monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/opt/mine/ffmpeg")

    with pytest.raises(PackagingFailed, match=r"^There is no ffmpeg at /opt/mine/ffmpeg"):
        package_into(order(clips), tmp_path / "out", lambda _: None)


def test_a_folder_that_may_not_be_written_is_told(clips, place):
    asked = order(clips)
    place.chmod(0o555)

    with without_privileges(), pytest.raises(PackagingFailed, match="cannot be written"):
        package_into(asked, place / "out", lambda _: None)


def test_a_full_disk_is_told(clips, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(standalone, "write_folder", full)

    with pytest.raises(DiskFull):
        package_into(order(clips, "silent.mp4"), tmp_path / "out", lambda _: None)


def test_a_new_package_takes_the_place_of_an_older_one_and_of_nothing_else(clips, tmp_path):
    out = tmp_path / "out"
    package_into(order(clips), out, lambda _: None)
    (out / "mine.txt").write_text("kept")

    report = package_into(order(clips, "silent.mp4"), out, lambda _: None)

    assert {file.name for file in out.iterdir()} == {*report["files"], "media.json", "mine.txt"}


def test_a_report_of_somebody_elses_names_nothing_to_remove(clips, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "precious").write_text("kept")
    (out / "media.json").write_text(json.dumps({"files": {"../precious": 4}}))

    package_into(order(clips, "silent.mp4"), out, lambda _: None)

    assert (tmp_path / "precious").read_text() == "kept"
