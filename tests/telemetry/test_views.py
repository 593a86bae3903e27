"""Views are sessions of players in which a video has played."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.telemetry.cmcd import parse
from core.telemetry.spool import Mode, Spool
from core.telemetry.views import views

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


def told(folder: Path, *reports: str) -> None:
    Spool(folder).add([parse(report) for report in reports], Mode.EVENT, NOW)


def test_each_session_in_which_a_video_played_counts_once(tmp_path: Path):
    told(
        tmp_path,
        'cid="v1",e=ps,sid="one",sta=s', 'cid="v1",e=ps,sid="one",sta=p', 'cid="v1",e=ps,sid="one",sta=r',
        'cid="v1",e=ps,sid="one",sta=p', 'cid="v1",e=ps,sid="two",sta=p', 'cid="v2",e=ps,sid="one",sta=p',
    )  # fmt: skip
    Spool(tmp_path).add([parse('cid="v1",e=ps,sid="three",sta=p')], Mode.EVENT, NOW + timedelta(days=1))

    assert views(tmp_path) == {"v1": 3, "v2": 1}


def test_what_did_not_play_was_not_watched(tmp_path: Path):
    told(tmp_path, 'cid="v1",e=ps,sid="one",sta=s', 'cid="v1",e=ps,sid="one",sta=q', 'cid="v2",e=ps,sid="one",sta=p')

    assert views(tmp_path) == {"v2": 1}


def test_nothing_told_is_nothing_known(tmp_path: Path):
    told(tmp_path, 'cid="v1",e=ps,sid="one",sta=s', 'bl=1200,cid="v1",sid="one"')

    assert views(tmp_path) is None
    assert views(tmp_path / "missing") is None


def test_lines_that_tell_nothing_are_passed_over(tmp_path: Path):
    told(tmp_path, 'cid="v1",e=ps,sid="one",sta=p')
    with (tmp_path / "cmcd-2026-11-22.jsonl").open("ab") as file:
        file.write(b'{"cmcd":7}\n[]\n\xff\n{"cmcd":{"cid":1,"sid":"a","sta":"p"}}\n{"cmcd":{"ci')

    assert views(tmp_path) == {"v1": 1}
