"""Spool: what is told is kept, a line each, up to what is sensible."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import DiskFull
from core.telemetry.cmcd import parse
from core.telemetry.spool import Mode, Spool, Teller

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
STARTED = {"e": "ps", "sta": "s", "ts": 1795381200123, "br": (1800, 128), "bs": True}


def kept(spool: Spool) -> dict[str, list[dict]]:
    return {
        file.name: [json.loads(line) for line in file.read_text().splitlines()]
        for file in sorted(spool.folder.iterdir())
    }


def test_what_is_told_is_a_line_in_the_days_file(tmp_path):
    spool = Spool(tmp_path / "telemetry")

    assert spool.add([STARTED, {"bl": 1}], Mode.EVENT, NOW) == 2
    teller = Teller("AU", "phone", 10)
    assert spool.add([{"bl": 2}], Mode.REQUEST, NOW + timedelta(hours=4), teller) == 1

    of = {
        "received_at": "2026-11-22T20:00:00.000000Z",
        "mode": "event",
        "country": "",
        "device": "other",
        "percent": 100,
    }
    late = {"received_at": "2026-11-23T00:00:00.000000Z", "mode": "request"}
    assert kept(spool) == {
        "cmcd-2026-11-22.jsonl": [
            of | {"cmcd": STARTED | {"br": [1800, 128]}},
            of | {"cmcd": {"bl": 1}},
        ],
        "cmcd-2026-11-23.jsonl": [late | {"country": "AU", "device": "phone", "percent": 10, "cmcd": {"bl": 2}}],
    }
    assert spool.folder.stat().st_mode & 0o777 == 0o700


def test_a_report_is_one_line_whatever_is_in_it(tmp_path):
    spool = Spool(tmp_path / "telemetry")

    spool.add([parse('cid="a\\nb\u2028c\x85d\\"}{"')], Mode.EVENT, NOW)

    assert (spool.folder / "cmcd-2026-11-22.jsonl").read_bytes().count(b"\n") == 1
    assert [len(lines) for lines in kept(spool).values()] == [1]


def test_nothing_told_leaves_no_file(tmp_path):
    assert Spool(tmp_path / "telemetry").add([], Mode.EVENT, NOW) == 0
    assert not (tmp_path / "telemetry").exists()


def test_a_day_that_is_full_takes_no_more_and_the_next_one_does(tmp_path):
    spool = Spool(tmp_path, day_bytes=300)

    assert [spool.add([{"bl": 1}], Mode.EVENT, NOW) for _ in range(4)] == [1, 1, 0, 0]  # of 121 bytes each
    assert spool.add([{"bl": 1}], Mode.EVENT, NOW + timedelta(1)) == 1


def test_all_days_together_have_an_end_too(tmp_path):
    spool = Spool(tmp_path, all_bytes=300)

    days = [NOW + timedelta(day) for day in range(4)]
    assert [spool.add([{"bl": 1}], Mode.EVENT, day) for day in days] == [1, 1, 0, 0]


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "telemetry").write_text("a file is in its place")

    with pytest.raises(DiskFull, match="cannot be written"):
        Spool(tmp_path / "telemetry").add([{"bl": 1}], Mode.EVENT, NOW)
