"""Spool: what is told is kept, a line each, up to what is sensible."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

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


def filled(folder: Path, days: int, **bounds: int) -> tuple[Spool, list[str]]:
    """A spool with a file of 121 bytes of each day, the last one of 21 November; and their names."""
    spool = Spool(folder, **bounds)
    for ago in range(days, 0, -1):
        spool.add([{"bl": 1}], Mode.EVENT, NOW - timedelta(ago))
    return spool, sorted(file.name for file in folder.iterdir())


def test_what_was_ingested_is_let_go_when_it_is_as_old_as_its_salt(tmp_path: Path):
    spool, names = filled(tmp_path, 20)

    assert spool.let_go(names, NOW.date()) == [f"cmcd-2026-11-0{day}.jsonl" for day in range(2, 8)]
    assert sorted(kept(spool)) == names[6:]


def test_a_spool_that_is_more_than_half_full_lets_go_the_oldest_of_what_is_needed_no_more(tmp_path: Path):
    spool, names = filled(tmp_path, 10, all_bytes=1_210)  # of which 1,210 are taken

    assert spool.let_go(names, NOW.date()) == names[:5]
    assert spool.add([{"bl": 1}], Mode.EVENT, NOW) == 1


def test_a_session_that_lasts_over_midnight_keeps_the_days_that_it_may_have_to_do_with(tmp_path: Path):
    spool, names = filled(tmp_path, 5, all_bytes=605)
    half = spool.all_bytes / 2

    assert spool.let_go(names, date(2026, 11, 20)) == names[:1]  # of 17 November: 19 November is over
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) > half


def test_nothing_is_let_go_while_a_file_of_its_time_was_not_ingested(tmp_path: Path):
    spool, names = filled(tmp_path, 20)

    assert spool.let_go([name for name in names if name != "cmcd-2026-11-05.jsonl"], NOW.date()) == [
        "cmcd-2026-11-02.jsonl"
    ]
    assert spool.let_go([], NOW.date()) == []


def test_files_of_other_names_stay(tmp_path: Path):
    spool, names = filled(tmp_path, 20)
    (tmp_path / "cmcd-2026-13-99.jsonl").touch()

    assert "cmcd-2026-13-99.jsonl" not in spool.let_go([*names, "cmcd-2026-13-99.jsonl"], NOW.date())
