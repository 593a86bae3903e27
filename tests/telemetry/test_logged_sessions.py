"""Sessions estimated from logs: media.md's formulas, worked out by hand; and the parser's word on every report."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from core.ingestion import ingest
from core.settings import Settings
from core.sql import literal
from core.telemetry.cmcd import KINDS, parse
from core.telemetry.logged import write_logged_sessions
from core.telemetry.logged_cmcd import KEYS, read_cmcd
from core.telemetry.salts import Salts
from tests.support.databases import fresh_database
from tests.telemetry.catalogued import add_video
from tests.telemetry.logged import NOW, Logged, line
from tests.telemetry.telling import Telling

DAY = date(2026, 11, 28)
BEGIN = datetime(2026, 11, 28, 20)


@dataclass
class Watching:
    """What a log has of some viewers."""

    home: Path
    rows: list[tuple] = field(default_factory=list)
    sid: str = "one"

    def ask(self, at_s: float, taken_s: float, cmcd: str, rung: str = "720p", size: int = 1000) -> None:
        """A request, so many seconds after the beginning; the log has the instant of its end."""
        query = "CMCD=" + quote(f'{cmcd},sid="{self.sid}"', safe="")
        end = BEGIN + timedelta(seconds=at_s + taken_s)
        self.rows.append((end, round(taken_s * 1000), "a", rung, "DE", "phone", size, query))

    def sessions(self, columns: str, view: str = "sessions") -> list[tuple]:
        ask = duckdb.connect()
        ask.execute(
            "CREATE TABLE log (time TIMESTAMP, taken_ms BIGINT, video VARCHAR, rung VARCHAR, country VARCHAR, "
            "device VARCHAR, bytes BIGINT, query VARCHAR)"
        )
        ask.executemany("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?)", self.rows)
        database = fresh_database(self.home / "phyght.db")
        if not (self.home / "known").exists():
            add_video(database, "a", {})
            with database.transaction() as connection:
                connection.execute("update videos set duration_s = 60")
            (self.home / "known").touch()
        log = ask.sql("FROM log").to_arrow_table()
        for key, values in read_cmcd(log["query"].combine_chunks(), ask).items():
            log = log.append_column(key, values)
        ask.register("logged", log)
        told = "(SELECT *, hash(sid) AS session FROM logged WHERE sid IS NOT NULL)"
        count = write_logged_sessions(ask, told, DAY, self.home, database, Salts(self.home / "salts"))
        path = literal(self.home / f"{view}.parquet")
        return ask.execute(f"SELECT {columns} FROM read_parquet({path}) ORDER BY ALL").fetchall() if count else []


@pytest.fixture
def watching(tmp_path: Path) -> Watching:
    return Watching(tmp_path)


def test_a_session_that_starts_and_stalls(watching: Watching):
    watching.ask(0, 0.2, "ot=m,su", rung="playlist")
    watching.ask(0.2, 1, "bl=0,br=3000,d=4000,ot=v,su")  # 4 s are there at 1.2
    watching.ask(1.2, 1, "bl=3000,br=3000,d=4000,ot=v,su")
    # at 2.2 there are 8 s, 6.5 of them in the buffer: 1.5 were watched, so the picture moves since 0.7
    watching.ask(2.2, 6, "bl=6500,br=3000,d=4000,ot=v")
    # at 14.9 there were 12 s and none of them is in the buffer: all 12 were watched
    watching.ask(14.9, 1, "bl=0,br=6000,bs,d=4000,ot=v,su", rung="1080p")
    watching.ask(15.9, 1, "bl=4000,br=6000,d=4000,ot=v", rung="1080p")

    (found,) = watching.sessions(
        "started, startup_ms, watched_ms, stalls, stalled_ms, bytes, rung, bitrate_kbps, exact, ebvs, failed, ended"
    )

    assert found == (
        BEGIN, 700, 12_000,  # at 15.9: 16 s delivered, 4 in the buffer
        1, 2200,  # 14.9 - 2.2 = 12.7 s, in which 12 - 1.5 = 10.5 s were watched
        6000, "720p", 4200,  # (3 * 4 s of 3000 + 2 * 4 s of 6000) / 20 s
        False, None, None, BEGIN + timedelta(seconds=16.9),
    )  # fmt: skip
    assert watching.sessions("rung, watched_ms, country, device", "session_rungs") == [
        ("1080p", 4800, "DE", "phone"), ("720p", 7200, "DE", "phone"),
    ]  # fmt: skip


def test_a_pause_is_no_stall(watching: Watching):
    watching.ask(0, 0.1, "bl=0,d=4000,ot=v,su")
    watching.ask(1, 0.1, "bl=3000,d=4000,ot=v")
    watching.ask(301, 0.1, "bl=3000,d=4000,ot=v")

    assert watching.sessions("stalls, stalled_ms, watched_ms") == [(0, 0, 5000)]


def test_the_playlist_that_waits_for_somebody_is_no_start(watching: Watching):
    watching.ask(0, 0.1, "ot=m,su", rung="playlist")
    watching.ask(60, 0.1, "ot=m,su", rung="playlist")  # somebody presses play after a minute
    watching.ask(60.1, 0.4, "bl=0,d=4000,ot=v,su")
    watching.ask(61.5, 0.4, "bl=3000,d=4000,ot=v")  # 1 s watched: it moves since 60.5

    assert watching.sessions("started, startup_ms") == [(BEGIN + timedelta(seconds=60), 500)]


def test_sound_beside_a_picture_counts_once(watching: Watching):
    for at, buffer, start in ((0, 0, ",su"), (1, 3000, ""), (2, 6000, "")):
        watching.ask(at, 0.1, f"bl={buffer},d=4000,ot=v{start}")
        watching.ask(at, 0.1, f"bl={buffer},d=4000,ot=a{start}", rung="audio")

    assert watching.sessions("watched_ms, rung, startup_ms") == [(2000, "720p", 0)]


def test_a_video_that_was_delivered_whole_was_watched_to_its_end(watching: Watching):
    for piece in range(15):  # of 4 s: all of the minute
        watching.ask(piece, 0.1, f"bl={3000 * piece},d=4000,ot=v{',su' if piece == 0 else ''}")

    assert watching.sessions("watched_ms, furthest_ms, duration_ms") == [(60_000, 60_000, 60_000)]


def test_the_rest_of_a_session_of_the_day_before_is_none(watching: Watching):
    midnight = (datetime(2026, 11, 28) - BEGIN).total_seconds()
    watching.ask(midnight + 2, 0.1, "bl=20000,d=4000,ot=v")
    watching.ask(midnight + 6, 0.1, "bl=20000,d=4000,ot=v")

    assert watching.sessions("*") == []


def test_players_and_logs_name_a_session_alike(tmp_path: Path):
    salts = Salts(tmp_path / "salts")

    assert salts.of(DAY) == salts.of(DAY)
    assert salts.of(DAY) != salts.of(DAY + timedelta(days=1))
    made = salts.of(DAY)
    salts.throw_away(datetime.now(UTC) + timedelta(days=13))
    assert salts.of(DAY) == made
    salts.throw_away(datetime.now(UTC) + timedelta(days=15))
    assert salts.of(DAY) != made


_WRITTEN = (
    "", "=1", "=2.5", "=-3", "=(4)", '="a b"', '="a,d=9"', "=v", "=?1", "=?0", '="é"', "=1e5", '="x;y"', '=""',
    '="%41"',
    "=h;p=1", '="\\""', f'="{"x" * 250}"',
)  # fmt: skip
_MEMBERS = st.one_of(
    st.tuples(st.sampled_from([*KEYS, *KINDS, "nor", "com.x-y"]), st.sampled_from(_WRITTEN)).map("".join),
    st.text(max_size=6),
)
_LIKELY = st.sampled_from(
    ["bl=100", "br=3000", "br=(9)", "bs", "bs=?0", "bs=?1", 'cid="a"', "d=4000", "d=-1.5", 'nor="..%2F"',
     'ot="a"', "ot=v",
     'sid="o n e"', "sid=two", "su", "su=?0", "su=?1", "tb=1", "v=1"]
)  # fmt: skip
_ENDS = st.sampled_from(["", "a", "&", "%", "%2"])
_LISTS = st.one_of(st.lists(_LIKELY, max_size=9, unique=True), st.lists(_MEMBERS, max_size=6))
_REPORT = st.tuples(_LISTS, st.booleans(), _ENDS, st.integers(0, 3))


@hypothesis(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_REPORT, min_size=1, max_size=30))
def test_every_report_is_read_as_the_parser_reads_it(reports):
    raws: list[str] = []
    for members, sorts, end, times in reports:
        text = ",".join(sorted(members) if sorts else members) + end
        for _ in range(times):
            text = quote(text, safe="")
        raws.append(text.encode("utf-8", "ignore").decode().replace("&", "%26").replace("\0", ""))

    told = read_cmcd(pa.array([f"CMCD={raw}" for raw in raws], pa.string()), duckdb.connect())

    found = list(zip(*(told[key].to_pylist() for key in KEYS), strict=True))
    assert found == [tuple(map(_first, map(parse(raw).get, KEYS))) for raw in raws]


def _first(value):
    return value[0] if isinstance(value, tuple) else value


def test_a_log_has_sessions_by_the_name_that_players_tell_too(tmp_path: Path, settings: Settings):
    logged = Logged(tmp_path / "logs", settings.phyght_home, settings)
    asked = {"cs_uri_stem": "/videos/v1/hls/720p.mp4", "time_taken": "0.000"}
    told_with = {0: "bl=0,d=4000,ot=v,su", 2: "bl=3000,d=4000,ot=v", 3: "bl=6000,d=4000,ot=v"}
    logged.deliver(
        *(
            line(time=f"14:00:{at:02}", cs_uri_query=_query(f'{cmcd},sid="one"'), **asked)
            for at, cmcd in told_with.items()
        ),
        line(cs_uri_query="quality=1"),
        line(cs_uri_query=_query('d=4000,ot=v,sid="crawler"'), cs_user_agent="Googlebot/2.1"),
        line(cs_uri_query=_query('d=4000,ot=v,sid="refused"'), sc_status="403"),
    )
    told = Telling(settings.phyght_home / "telemetry", begin=datetime(2026, 11, 28, 14, tzinfo=UTC))
    told.all((0, "s"), (1, "p"), (3, "q"))

    logged.ingest()
    ingest(str(told.folder), logged.database, logged.warehouse.folder, settings, lambda: NOW)

    # at 14:00:02 one second was watched, so the picture moves since 14:00:01; at 14:00:03 it were two
    found = logged.ask("SELECT exact, video, startup_ms, watched_ms, device, country FROM sessions ORDER BY exact")
    assert found == [(False, "v1", 1000, 2000, "desktop", "DE"), (True, "", 1000, 2000, "other", "")]
    assert logged.ask("SELECT count(DISTINCT session) FROM sessions") == [(1,)]


def _query(cmcd: str) -> str:
    return "CMCD=" + quote(quote(cmcd, safe=""), safe="")
