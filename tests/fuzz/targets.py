"""Targets: what a fuzzer throws at the readers of players' reports and of logs, and what has to hold whatever it is."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import duckdb
import pyarrow as pa

from core.sources.source import open_folder
from core.telemetry import access_log, formats
from core.telemetry.agents import device
from core.telemetry.cloudfront import Facts
from core.telemetry.cmcd import KINDS, Kind, parse, reports
from core.telemetry.datasets import Found
from core.telemetry.keys import Keys, pattern_of
from core.telemetry.logged_cmcd import KEYS, read_cmcd
from core.telemetry.plain_text import write_plain
from core.telemetry.preparation import Preparation, remove
from core.telemetry.spool import Mode, Spool
from tests.telemetry.logged import LEGACY, NAME, line, w3c
from tests.telemetry.test_access_logs import line as access_line

_TYPES = {Kind.NUMBER: (int, float), Kind.TEXT: (str,), Kind.FLAG: (bool,)}
_KNOWN = Keys(pattern_of("videos/{video}/..."), {}, {})
_NOW = datetime(2026, 11, 28, tzinfo=UTC)


def cmcd(data: bytes) -> None:
    """A report: whatever it is, known keys with values of their kinds, and one line in the spool for each."""
    text = data.decode(errors="replace")
    found = parse(text)
    for key, value in found.items():
        for each in value if isinstance(value, tuple) else (value,):
            assert isinstance(each, _TYPES[KINDS[key]]), (key, each)
    told = list(reports(text))
    folder = _folder()
    spool = Spool(folder / "spool")
    assert spool.add(told, Mode.EVENT, _NOW) == len(told)
    for file in spool.folder.glob("*"):
        assert file.read_bytes().count(b"\n") == len(told)
        file.unlink()


def logged(data: bytes) -> None:
    """A query in a log: DuckDB finds in it what the parser finds."""
    query = f"CMCD={data.decode(errors='replace')}".replace("\0", "")
    told = read_cmcd(pa.array([query], pa.string()), _duck())
    expected = parse(query.split("CMCD=")[1].split("&")[0])
    wanted = {key: value[0] if isinstance(value, tuple) else value for key, value in expected.items()}
    assert {key: told[key][0].as_py() for key in KEYS} == {key: wanted.get(key) for key in KEYS}, query


def names(data: bytes) -> None:
    """The beginning of a file, an agent and a path: something is told of each, or nothing."""
    text = data.decode(errors="replace")
    formats.text_format(formats.inflated(data))
    formats.real_time_format(data)
    assert device(text)
    video, rung = _KNOWN.resolve(text)
    assert video or not rung
    assert _KNOWN.resolve(f"/videos/{quote(text, safe='')}/original.mp4")[1] in ("", "original")


def lines(data: bytes) -> None:
    """A log of the CDN's behind its header: each line is counted, bad with a reason, or none."""
    folder = _folder()
    (folder / "source").mkdir(exist_ok=True)
    (folder / "source" / NAME).write_bytes(w3c(fields=LEGACY) + data)
    source = open_folder(str(folder / "source"))
    waiting = source.entries()
    found = Found(source, {each.path: each for each in waiting}, waiting, {}, {})
    taken, refused = Preparation(found, folder, duckdb.connect()).take(waiting)
    assert len(taken) + len(refused) == 1
    for log in taken:
        good = sum(_facts().add([log])[log.number].values())
        bad = log.lines - _facts().count_idle(log) - good
        assert bad >= 0, (log.lines, good)
        assert not bad or _facts().first_wrong(log)
    remove(taken)
    for day in _facts().open_days():
        _facts().drop(day)


def access(data: bytes) -> None:
    """Lines of a bucket's access log: each is told of, or bad, and an empty one is neither."""
    folder = _folder()
    (folder / "raw").write_bytes(data)
    if formats.is_gzip(data):
        return
    write_plain(folder / "raw", folder / "plain", "raw")
    asked = access_log.requests(folder / "plain", "2026-11-29 00:00:00")
    rows = _duck().execute(f"SELECT count(*), count(wrong), count(*) FILTER (wrong IS NULL) FROM ({asked})").fetchall()
    assert rows[0][0] == rows[0][1] + rows[0][2]
    assert rows[0][0] <= (folder / "plain").read_bytes().count(b"\n") + 1


#: What each target begins with: without an example, chance needs hours to find the form.
EXAMPLES: Mapping[str, tuple[bytes, ...]] = {
    "cmcd": (b'sid="6e2f",bl=1200,bs,su,sf=h,br=(517;v 128;a),ot=v,d=4000', b"CMCD%3Dbl%253D1%252Cbs"),
    "logged": (b'bl=1200,bs,d=4000,ot=v,sid="6e2f"', b"br%3D%28517%20128%29%2Csid%3D%226e2f%22", b"d=1e3,bl=-5"),
    "names": (b'{"date":"2026-11-28"}', b"1795381200.123\t192.0.2.1\t0.01", b"%252Fvideos%2Fa/hls/1080p.mp4?x"),
    "lines": (f"{line()}\n{line(sc_bytes='-7')}\n".encode(), line(time="24:00:00", sc_status="000").encode()),
    "access": (access_line().encode(), access_line(at="31/Dec/2099:10:15:00 +0000", status="-").encode()),
}
TARGETS: Mapping[str, Callable[[bytes], None]] = {each.__name__: each for each in (cmcd, logged, names, lines, access)}


@cache
def _folder() -> Path:
    return Path(mkdtemp(prefix="fuzz-"))


@cache
def _duck() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


@cache
def _facts() -> Facts:
    return Facts(duckdb.connect(config={"threads": 1}), _folder(), lambda: _KNOWN, lambda *_: None)
