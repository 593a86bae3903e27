"""python -m core upload: what it prints and answers, and that a killed one goes on where it was."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.bootstrap import open_platform
from core.settings import load_settings
from core.storage.checksums import crc64nvme
from core.units import MIB
from tests.commands.test_commands import Terminal, terminal
from tests.environment import ROOT, environment
from tests.support.strict_s3 import KEY_ID, SECRET, Answer, Exchange, StrictS3
from tests.uploads.conftest import video

__all__ = ["terminal"]

FIGHT, WEIGH_IN = video(3 * MIB), video(2_000, seed=1)


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """A folder with two films and a ZIP archive."""
    folder = tmp_path / "films"
    folder.mkdir()
    for name, content in (("fight.mp4", FIGHT), ("weigh-in.mp4", WEIGH_IN), ("both.zip", b"PK\x03\x04")):
        (folder / name).write_bytes(content)
    return folder


def test_for_people_it_says_what_became_of_each_file(terminal: Terminal, films: Path):
    assert terminal.run("upload", films / "fight.mp4", films / "weigh-in.mp4") == 0

    head, fight, weigh_in = (line.split() for line in terminal.out.splitlines())
    assert head == ["file", "size", "speed", "USD", "a", "month", "link"]
    assert fight[:4] == ["fight.mp4", "uploaded", "3.0", "MiB"]
    assert weigh_in[:4] == ["weigh-in.mp4", "uploaded", "2,000", "bytes"]
    assert fight[-1].startswith("/v/fight-")


def test_for_programs_it_answers_with_all_there_is_to_know(terminal: Terminal, films: Path):
    (fight,) = terminal.json("upload", films / "fight.mp4", "--title", "Rivera vs Stone", "--private")

    video = open_platform(load_settings()).catalog.video(fight["id"])
    assert (video.title, video.visibility, video.size_bytes) == ("Rivera vs Stone", "private", 3 * MIB)
    assert fight["url"].startswith(f"/objects/videos/{video.id}/original.mp4?")
    assert fight["bytes_per_s"] > 0
    assert {name: fight[name] for name in ("file", "state", "link", "provider", "size_bytes", "crc64nvme")} == {
        "file": str(films / "fight.mp4"), "state": "uploaded", "link": f"/v/{video.slug}", "provider": "local",
        "size_bytes": 3 * MIB, "crc64nvme": str(crc64nvme(FIGHT)),
    }  # fmt: skip


def test_what_fails_is_told_in_a_sentence_each_and_keeps_no_other_file(terminal: Terminal, films: Path):
    status = terminal.run("upload", films / "both.zip", films / "fight.mp4", films / "none.mp4", films)

    assert status == 1
    assert terminal.err.splitlines() == [
        "'both.zip' is a ZIP archive, not a video. Unpack it, and upload the video in it.",
        f"{films}/none.mp4 cannot be read: No such file or directory. Check its name and permissions.",
        f"{films} is a folder. Name the files in it.",
    ]
    assert "fight.mp4  uploaded" in terminal.out


def test_failures_are_in_the_answer_for_programs_too(terminal: Terminal, films: Path):
    assert terminal.run("upload", films / "both.zip", "--json") == 1

    (told,) = json.loads(terminal.out)
    assert told == {
        "file": f"{films}/both.zip",
        "state": "failed",
        "error": "'both.zip' is a ZIP archive, not a video. Unpack it, and upload the video in it.",
    }


def test_a_file_that_is_in_the_library_is_not_sent_again_unless_both_are_wanted(terminal: Terminal, films: Path):
    (first,) = terminal.json("upload", films / "fight.mp4")

    (again,) = terminal.json("upload", films / "fight.mp4")
    assert (again["state"], again["id"]) == ("existed", first["id"])
    (kept,) = terminal.json("upload", films / "fight.mp4", "--keep-duplicates")
    assert (kept["state"], kept["id"] != first["id"]) == ("uploaded", True)


def test_one_title_for_several_files_is_refused_before_anything_is_sent(terminal: Terminal, films: Path):
    assert terminal.run("upload", films / "fight.mp4", films / "weigh-in.mp4", "--title", "Both") == 1

    assert terminal.err == "One title cannot be that of several videos. Leave --title out, or send them one by one.\n"


@pytest.mark.parametrize("number", ["0", "33", "many", "-1", "²"])
def test_how_many_parts_travel_at_once_is_a_number_that_there_are_connections_for(terminal, films, number):
    assert terminal.run("upload", films / "fight.mp4", f"--parallel={number}") == 2
    assert "should be a number from 1 to 32" in terminal.err
    assert terminal.run("upload", films / "fight.mp4", "--parallel=32") == 0


def test_a_residency_that_nobody_keeps_is_refused(terminal: Terminal, films: Path):
    assert terminal.run("upload", films / "fight.mp4", "--residency", "EU") == 1

    assert terminal.err.startswith(f"{films}/fight.mp4: No storage provider keeps its data in EU.")


@pytest.fixture
def s3() -> Iterator[StrictS3]:
    with StrictS3(bucket="videos") as server:
        yield server


def test_killed_in_the_middle_it_goes_on_with_the_parts_that_are_missing(s3: StrictS3, tmp_path: Path):
    content = video(8 * MIB) * 4 + b"the end"  # five parts
    (tmp_path / "fight.mp4").write_bytes(content)
    settings = {"AWS_ENDPOINT_URL": s3.url, "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
    command = subprocess.Popen(
        [sys.executable, "-m", "core", "upload", str(tmp_path / "fight.mp4")],
        cwd=ROOT,
        env=environment(tmp_path / "home", PHYGHT_DEMO="off", S3_BUCKET="videos", **settings),
        stdin=subprocess.DEVNULL,
    )

    def kill(exchange: Exchange) -> Answer:
        os.kill(command.pid, signal.SIGKILL)
        return exchange.proceed()

    s3.plan(lambda exchange: exchange.proceed(), "original.mp4", "PUT", times=3)
    s3.plan(kill, "original.mp4", "PUT")
    assert command.wait(120) == -signal.SIGKILL
    sent_before = parts_sent(s3)

    done = subprocess.run(
        [sys.executable, "-m", "core", "upload", str(tmp_path / "fight.mp4"), "--json"],
        cwd=ROOT,
        env=environment(tmp_path / "home", PHYGHT_DEMO="off", S3_BUCKET="videos", **settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=True,
    )

    (told,) = json.loads(done.stdout)
    assert told["provider"] == "s3"
    key = f"videos/{told['id']}/original.mp4"
    assert s3.stored(key).value == content
    assert len(sent_before) >= 4
    assert len(parts_sent(s3)) - len(sent_before) <= 2
    assert [each["Key"] for each in s3.client().list_objects_v2(Bucket="videos")["Contents"]] == [key]
    assert "Uploads" not in s3.client().list_multipart_uploads(Bucket="videos")


def parts_sent(s3: StrictS3) -> list[str]:
    """Numbers of the parts that were sent so far, in order."""
    return [each.parameters["partNumber"] for each in s3.log if "partNumber" in each.parameters]
