"""Both ways of reading a log come to the same: what Arrow reads is what DuckDB would have read."""

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DeliveryRefused
from core.telemetry.formats import Format, Kind
from core.telemetry.parsing import parsed, pieces
from core.telemetry.plain_text import PlainText, write_plain
from core.telemetry.relations import Log
from tests.telemetry.logged import LEGACY, line, w3c
from tests.telemetry.test_any_bytes import QUIET

FORM = Format(Kind.W3C, LEGACY)
_VALUES = {
    "sc-bytes": ["0", "007", "-5", "+5", " 5", "5 ", "1e3", "1.0", "0x1F", "1_000", "99999999999999999999", "-", "--"],
    "sc-status": ["000", "200", "40000", "-1", "2 00"],
    "time-taken": ["0.001", "-0.5", ".5", "5.", "1e3", "1e400", "1e-400", "nan", "inf", "-inf", "Infinity", "0x1", "-"],
    "date": ["2026-11-28", "2026-1-2", "2026-13-45", "0000-00-00", "20261128", "2026/11/28", "99999-01-01", "-"],
    "time": ["00:00:00", "24:00:00", "23:59:60", "14:00", "4:00:00", "14:00:10.5", "14:00:10Z", "-"],
    "cs-uri-stem": ["/a", "", "-", "é", "a b", "\u2028", "%2520", "--", "NULL", '"', '"a', "'", "\\", "\\N", "#"],
    "cs(User-Agent)": ["a", "-", "", " ", "NA", "null"],
}  # fmt: skip
_CHANGES = st.dictionaries(st.sampled_from(list(_VALUES)), st.integers(0, 20), max_size=2)
_ODD = st.sampled_from(["", "#", "#Fields: a b", "x", "\t", line() + "\tx", line() + "\t", line()[:-4]])
_LINES = st.lists(st.one_of(_CHANGES, _ODD), min_size=1, max_size=6)


def _told(changed: dict[str, int] | str) -> str:
    if isinstance(changed, str):
        return changed
    told = dict(zip(LEGACY, line().split("\t"), strict=True))
    return "\t".join((told | {name: _VALUES[name][at % len(_VALUES[name])] for name, at in changed.items()}).values())


@QUIET
@given(_LINES, st.booleans())
def test_what_arrow_reads_duckdb_would_have_read(lines: list[dict[str, int] | str], ends: bool):
    with TemporaryDirectory() as folder:
        text = w3c(*map(_told, lines)) if ends else w3c(*map(_told, lines))[:-1]
        log = _log(Path(folder), text)
        table = parsed(PlainText(Path(folder) / "raw", "log"), FORM, 1)

        assert table is None or _rows([_with(log, table)]) == _rows([log])


@pytest.mark.parametrize("text", [w3c(line(), line()), w3c(line(), "# in between", "", line(sc_status="000"))])
def test_usual_lines_need_no_closer_look(tmp_path: Path, text: bytes):
    log = _log(tmp_path, text)
    table = parsed(PlainText(tmp_path / "raw", "log"), FORM, 1)

    assert table is not None
    assert len(_rows([_with(log, table)])) == 2
    assert _rows([_with(log, table)]) == _rows([log])


def test_a_text_that_is_larger_than_was_asked_for_is_left_to_duckdb(tmp_path: Path):
    _log(tmp_path, w3c(line(), line()))

    assert parsed(PlainText(tmp_path / "raw", "log", most_bytes=100), FORM, 1) is None


def test_a_text_that_is_cut_is_refused_while_it_is_read(tmp_path: Path):
    whole = gzip.compress(w3c(*(line() for _ in range(50))))
    (tmp_path / "raw").write_bytes(whole[:-20])

    with pytest.raises(DeliveryRefused, match="log is cut off"):
        parsed(PlainText(tmp_path / "raw", "log"), FORM, 1)


def test_a_text_is_read_in_pieces_of_any_size(tmp_path: Path):
    (tmp_path / "raw").write_bytes(gzip.compress(b"a\r\nb\xff\n\0c\rd\ne"))
    text = PlainText(tmp_path / "raw", "log")
    pieces = list(iter(lambda: text.read(3), b""))

    assert b"".join(pieces) == b"a\nb\\xff\n%00c%0Dd\ne"
    assert {len(piece) for piece in pieces[:-1]} == {3}
    assert text.size_bytes == 18


@pytest.mark.parametrize(("text", "lines"), [(b"", 0), (b"a", 1), (b"a\n", 1), (b"a\r\nb\xff\n\0c\rd\ne", 4)])
def test_lines_of_a_text_that_is_written_are_counted_with_one_that_has_no_end(tmp_path: Path, text: bytes, lines: int):
    (tmp_path / "raw").write_bytes(text)

    assert write_plain(tmp_path / "raw", tmp_path / "plain", "log").lines == lines


def _log(folder: Path, text: bytes) -> Log:
    (folder / "raw").write_bytes(gzip.compress(text))
    path = folder / "00000001"
    write_plain(folder / "raw", path, "log")
    return Log(1, "log", FORM, path, 0, 0, "", "2026-12-01")


def _with(log: Log, table: pa.Table) -> Log:
    return Log(log.number, log.name, log.format, log.path, 0, 0, "", log.latest, table)


def _rows(logs: list[Log]) -> list[tuple[str, ...]]:
    tables = pieces(logs, duckdb.connect(config={"threads": 1}))
    columns = [[list(map(repr, table[name].to_pylist())) for name in sorted(table.column_names)] for table in tables]
    return [row for table in columns for row in zip(*table, strict=True)]
