"""What players tell becomes sessions: each rule with its figures worked out by hand."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from core.telemetry.spool import Teller
from tests.telemetry.catalogued import add_video
from tests.telemetry.ingesting import Installation
from tests.telemetry.telling import BEGIN, Telling


@pytest.fixture
def home(tmp_path: Path) -> Installation:
    home = Installation(tmp_path / "home", tmp_path / "home" / "telemetry")
    add_video(home.database, "a", {"videos/a/hls/720p.mp4": "720p", "videos/a/hls/1080p.mp4": "1080p"})
    with home.database.transaction() as connection:
        connection.execute("update videos set duration_s = 100")
        connection.execute("update objects set bandwidth = 3000000 where name = '720p'")
        connection.execute("update objects set bandwidth = 6000000 where name = '1080p'")
    return home


def sessions(home: Installation, columns: str) -> list[tuple]:
    home.ingest()
    return home.ask(f"SELECT {columns} FROM sessions ORDER BY started, ended, session")


def test_a_session_from_its_beginning_to_its_end(home: Installation):
    Telling(home.source, teller=Teller("DE", "phone", 50)).all(
        (0, "s", "pt=0"),
        (1.5, "p", "msd=1480,br=(3000),pt=0"),  # 1.48 s by the player's own clock
        (21.5, "", "br=(6000),pt=20000"),  # 20 s of 720p, then 1080p
        (31.5, "r", "br=(6000),pt=30000"),  # 10 s of it
        (34, "p", "br=(6000),pt=30000"),  # 2.5 s stalled
        (104, "e", "pt=100000"),  # 70 s more
    )

    (found,) = sessions(home, "*")

    assert found[:2] == (BEGIN.date(), "a")
    assert len(found[2]) == 16
    assert found[3:] == (
        "DE", "phone", BEGIN.replace(tzinfo=None), (BEGIN + timedelta(seconds=104)).replace(tzinfo=None),
        True, 1480, False, False, 100_000, 1, 2500, None, "1080p", 5400,  # (20 * 3000 + 80 * 6000) / 100
        100_000, 100_000, True, "ended", 2.0, True,
    )  # fmt: skip
    assert home.ask("SELECT rung, watched_ms, weight FROM session_rungs ORDER BY 1") == [
        ("1080p", 80_000, 2.0),
        ("720p", 20_000, 2.0),
    ]


def test_only_what_stands_still_while_it_plays_is_a_stall(home: Installation):
    Telling(home.source).all(
        (0, "s"),
        (1, "p", "pt=0"),
        (11, "a", "pt=10000"),  # 10 s watched, then a pause
        (70, "r", "pt=10000"),  # what has to be fetched after a pause is no stall
        (71, "p", "pt=10000"),
        (76, "k", "pt=60000"),  # 5 s watched, then somebody seeks
        (77, "r", "pt=60000"),
        (79, "p", "pt=60000"),
        (89, "r", "pt=70000"),  # 10 s watched, then a stall of 3 s
        (92, "a", "pt=70000"),  # which somebody ended by a pause
        (95, "q", "pt=70000"),
    )

    assert sessions(home, "startup_ms, watched_ms, stalls, stalled_ms, furthest_ms, ending") == [
        (1000, 25_000, 1, 3000, 70_000, "left")
    ]


def test_who_waits_for_a_second_and_leaves_has_left_before_the_start(home: Installation):
    telling = Telling(home.source).all((0, "s"), (1, "q"))
    telling.another(sid="two").all((10, "s"), (10.9, "q"))
    telling.another(sid="three").all((20, "s"), (25, "f"))
    telling.another(sid="four").all((30, "s"), (35, "p"), (40, "f"))
    telling.another(sid="five").all((50, "s"))

    assert sessions(home, "startup_ms, ebvs, failed, watched_ms, ending") == [
        (None, True, False, 0, "left"),
        (None, False, False, 0, "left"),  # 0.9 s are no wait
        (None, False, True, 0, "failed"),
        (5000, False, True, 5000, "failed"),
        (None, False, False, 0, "lost"),
    ]


def test_events_out_of_order_and_twice_come_to_the_same(home: Installation):
    telling = Telling(home.source)
    telling.tell(31, "q", "pt=30000", number=4)
    telling.tell(11, "r", "pt=10000", number=2, late_s=2)
    telling.tell(1, "p", "pt=0", number=1)
    telling.tell(0, "s", number=0, late_s=5)
    telling.tell(1, "p", "pt=0", number=1, late_s=9)
    telling.tell(13, "p", "pt=12000", number=3)

    assert sessions(home, "startup_ms, watched_ms, stalls, stalled_ms") == [(1000, 28_000, 1, 2000)]


def test_a_session_without_an_end_ends_with_its_last_event(home: Installation):
    Telling(home.source).all((0, "s"), (1, "p", "pt=0"), (21, "r", "pt=20000"), (22, "p", "pt=20000"))

    assert sessions(home, "watched_ms, stalled_ms, furthest_ms, ending") == [(20_000, 1000, 20_000, "lost")]


def test_a_machine_that_slept_watched_nothing_meanwhile(home: Installation):
    Telling(home.source).all((0, "s"), (1, "p", "pt=0"), (7201, "q", "pt=12000"))

    assert sessions(home, "watched_ms") == [(12_000,)]


def test_a_clock_that_is_wrong_tells_how_long_and_not_when(home: Installation):
    Telling(home.source, clock_off_s=-3 * 86_400).all((0, "s"), (1.25, "p"), (11.25, "q"))

    assert sessions(home, "day, startup_ms, watched_ms, right_clock") == [(BEGIN.date(), 1250, 10_000, False)]


def test_a_clock_that_is_set_meanwhile_tells_nothing(home: Installation):
    telling = Telling(home.source).all((0, "s"), (1, "p"))
    telling.clock_off_s = 3600
    telling.all((11, "r"), (13, "p"), (20, "q"))

    assert sessions(home, "startup_ms, watched_ms, stalled_ms, right_clock") == [(1000, 17_000, 2000, False)]


def test_a_session_over_midnight_is_of_the_day_it_began_on(home: Installation):
    late = datetime(2026, 11, 28, 23, 59, 50, tzinfo=UTC)
    Telling(home.source, begin=late).all((0, "s"), (2, "p", "pt=0"))
    assert sessions(home, "day, watched_ms, ending") == [(late.date(), 0, "lost")]

    Telling(home.source, begin=late, number=2).all((32, "e", "pt=30000"))

    assert sessions(home, "day, watched_ms, ending") == [(late.date(), 30_000, "ended")]
    assert home.outcomes() == []


def test_a_late_event_reopens_its_day(home: Installation):
    telling = Telling(home.source).all((0, "s"), (1, "p", "pt=0"))
    telling.tell(31, "q", "pt=30000", number=3)
    assert sessions(home, "stalls") == [(0,)]

    telling.tell(11, "r", "pt=10000", late_s=20 * 3600, number=2)

    assert sessions(home, "watched_ms, stalls, stalled_ms") == [(10_000, 1, 20_000)]


def test_two_players_with_one_name_are_two_sessions_where_they_differ(home: Installation):
    first = Telling(home.source, teller=Teller("DE", "phone"))
    second = first.another(teller=Teller("US", "tv"))
    first.tell(0, "s")
    second.tell(0.5, "s")
    first.tell(1, "p", "pt=0")
    second.tell(3, "p", "pt=0")
    first.tell(11, "q", "pt=10000")
    second.tell(33, "q", "pt=30000")

    assert sessions(home, "country, startup_ms, watched_ms") == [("DE", 1000, 10_000), ("US", 2500, 30_000)]


def test_whoever_starts_again_has_begun_another_session(home: Installation):
    Telling(home.source).all((0, "s"), (1, "p", "pt=0"), (11, "q", "pt=10000"), (60, "s"), (62, "p", "pt=0"), (72, "q"))

    assert sessions(home, "startup_ms, watched_ms") == [(1000, 10_000), (2000, 10_000)]


def test_bad_lines_are_counted_and_stop_nothing(home: Installation):
    Telling(home.source).all((0, "s"), (1, "p"), (3, "q"))
    file = home.source / "cmcd-2026-11-28.jsonl"
    with file.open("ab") as spool:
        spool.write(
            b'{"cmcd":7}\n[]\n\xff\n{"received_at":"2026-11-28T20:00:00.000000Z","mode":"event","cmcd":{"sta":"p"}}\n'
        )
        spool.write(b'{"received_at":"2999-11-28T20:00:00.000000Z","mode":"event","cmcd":{"sid":"a","sta":"p"}}\n')
        spool.write(b'{"received_at":"2026-11-28T20:00:00.000000Z","mode":"event","cmcd":{"sid":"two","st')  # under way

    report = home.ingest().measured

    assert (report.lines, report.bad_lines) == (8, 5)
    assert report.unwell[0].reason == "it is no report"
    assert home.ask("SELECT watched_ms FROM sessions") == [(2000,)]


def test_a_name_leaves_nothing_of_itself(home: Installation):
    telling = Telling(home.source, sid="the-name-of-a-session").all((0, "s"), (1, "p"), (3, "q"))
    telling.another(begin=BEGIN + timedelta(days=1)).all((0, "s"), (1, "p"), (3, "q"))

    hashes = sessions(home, "session")

    assert hashes[0] != hashes[1]
    kept = [file.read_bytes() for file in home.warehouse.folder.rglob("*") if file.is_file()]
    assert kept
    assert not [content for content in kept if b"the-name-of-a-session" in content]


_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(), st.text(max_size=8), st.just([1, ["a"]]),
    st.sampled_from(["s", "p", "r", "a", "k", "e", "f", "q", "ps", "one", "a"]),
)  # fmt: skip
_CMCD = st.dictionaries(
    st.sampled_from(["sid", "cid", "sn", "ts", "e", "sta", "pt", "msd", "br", "sf", "x"]), _VALUES, max_size=11
)
_LINES = st.one_of(
    st.binary(max_size=40),
    st.builds(
        lambda cmcd, more, at: json.dumps(
            {"received_at": at, "mode": "event", "cmcd": {"sid": "one", "sta": "p"} | cmcd} | more
        ).encode(),
        _CMCD,
        st.dictionaries(st.sampled_from(["received_at", "mode", "country", "device", "percent", "cmcd"]), _VALUES),
        st.sampled_from(["2026-11-28T20:00:00.000000Z", "2026-11-29T00:00:01.500000Z", "9999-12-31T23:59:59.999999Z"]),
    ),
)


@hypothesis(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_LINES, min_size=1, max_size=30))
def test_no_line_stops_the_others(home: Installation, lines: list[bytes]):
    home.source.mkdir(exist_ok=True)
    whole = [line.replace(b"\n", b" ") for line in lines]
    (home.source / "cmcd-2026-11-28.jsonl").write_bytes(b"\n".join(whole) + b"\n")
    Telling(home.source, sid="sound", begin=BEGIN - timedelta(days=7)).all((0, "s"), (1, "p", "pt=0"), (3, "q"))

    report = home.ingest().measured

    assert not report.refused
    assert home.ask("SELECT watched_ms FROM sessions WHERE day = DATE '2026-11-21'") == [(2000,)]
    (least,) = home.ask(
        "SELECT coalesce(min(least(watched_ms, stalls, stalled_ms, startup_ms, furthest_ms, weight)), 0) FROM sessions"
    )
    assert least[0] >= 0
    for file in home.source.glob("*"):
        file.unlink()
