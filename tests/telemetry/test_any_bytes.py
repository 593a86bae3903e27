"""Whatever bytes a log has, nothing stops, and every line is either counted or told to be bad."""

import gzip
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.settings import Settings
from core.telemetry.keys import Keys, pattern_of
from tests.telemetry.logged import LEGACY, Logged, line, w3c

_PIECES = st.sampled_from(["\t", "\r", "\0", "\x1f", '"', "'", "#", "-", "é", "\u2028", "%2520", "0", "x", ","])
_VALUES = st.one_of(
    st.lists(_PIECES, max_size=6).map("".join),
    st.sampled_from(["-1", "1e400", "99999999999999999999", "nan", "inf", "0000-00-00", "24:00:00", "000", ""]),
)
_FIELDS = st.sampled_from([field for field in LEGACY if field != "x-edge-request-id"])
_LINES = st.lists(st.dictionaries(_FIELDS, _VALUES, max_size=3), min_size=1, max_size=5)
QUIET = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _told(changes: dict[str, str]) -> str:
    values = dict(zip(LEGACY, line().split("\t"), strict=True))
    return "\t".join((values | changes).values()).replace("\n", "")


@QUIET
@given(lines=_LINES, data=st.binary(max_size=200), repeat=st.booleans())
def test_lines_in_are_lines_counted_and_bad_ones_and_repeated_ones(
    settings: Settings, lines: list[dict[str, str]], data: bytes, repeat: bool
):
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        logged = Logged(Path(folder) / "logs", home, settings.model_copy(update={"phyght_home": home}))
        text = w3c(line(), *map(_told, lines))
        logged.put(gzip.compress(text))
        if repeat:
            logged.put(gzip.compress(text), "again.gz")
        logged.put(w3c(line()) + data, "garbage.log")
        report = logged.ingest().measured

        counted, taken = logged.counted(), report.lines - report.bad_lines
        again = taken - counted
        assert report.files == 2 + repeat
        assert 0 <= report.bad_lines <= report.lines
        assert counted >= 2
        assert again == (_good(logged) if repeat else 0)


def _good(logged: Logged) -> int:
    with logged.database.reading() as connection:
        rows = connection.execute("select lines - bad_lines from measured_files where path = 'again.gz'").fetchall()
    return rows[0][0]


@given(st.text(max_size=80))
def test_any_path_is_of_some_video_or_of_none(path: str):
    keys = Keys(pattern_of("videos/{video}/..."), {}, {})
    video, rung = keys.resolve(path)

    assert isinstance(video, str)
    assert rung == "" or video


def test_a_catalogs_object_wins_over_its_folder_and_that_over_the_pattern():
    keys = Keys(pattern_of("videos/{video}/..."), {"videos/a/hls/x.mp4": ("film", "1080p")}, {"old/b": "other"})

    assert keys.resolve("/videos/a/hls/x.mp4") == ("film", "1080p")
    assert keys.resolve("/videos/a%2Fhls%2Fx.mp4") == ("film", "1080p")
    assert keys.resolve("/old/b/hls/480p.m4s") == ("other", "480p")
    assert keys.resolve("/videos/a%20b/poster.jpg") == ("a b", "thumbnail")
    assert keys.resolve("/videos/c/original.mov?x=1") == ("c", "original")
    assert keys.resolve("/favicon.ico") == ("", "")
    assert replace(keys, pattern=pattern_of("films/{video}.mp4")).resolve("/films/d.mp4") == ("d", "")
