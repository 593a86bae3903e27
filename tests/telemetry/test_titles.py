"""Whose a key is, is one rule: of one key in Python, and of a million in DuckDB."""

from urllib.parse import quote

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.telemetry.keys import keys_of
from core.telemetry.known import Known, known_of
from core.telemetry.rungs import rung_of_key
from core.telemetry.titles import Titles

_NAMES = st.sampled_from([
    "videos", "films", "v1", "v 2", "hls", "HLS", "1080p", "audio-en", "Audio", "original", "ORIGINAL", "original.mov",
    "master.m3u8", "M.MPD", "poster.jpg", "storyboard", "thumb1", "x.WEBP", "de.vtt", "de.srt", "init.mp4", ".", "",
    "\n", "a\n", "original\n", "\u017fubs.\u017frt", "\u212a.mp4", "or\u0131g\u0131nal.mov", "\u0130", "'", "%20", "+",
])  # fmt: skip
_KEYS = st.one_of(st.lists(_NAMES, max_size=6).map("/".join), st.text(max_size=30))
_VIDEOS = st.sampled_from(["one", "two", "three"])
_OBJECTS = st.lists(st.tuples(st.just("s3"), _KEYS, _VIDEOS, st.just("1080p")), max_size=12)
_PATTERNS = st.sampled_from(
    ["videos/{video}/...", "{video}/...", ".../{video}", "films/{video}.mp4", "a+b/{video}/..."]
)


def in_duckdb(known: Known, pattern: str, keys: list[str]) -> list[tuple[str, str]]:
    with duckdb.connect(config={"threads": 1}) as connection:
        asked = {"bucket": pa.array(["b"] * len(keys), pa.string()), "key": pa.array(keys, pa.string())}
        connection.register("asked", pa.table(asked | {"number": pa.array(range(len(keys)), pa.int64())}))
        told = Titles.knowing(known, pattern, connection).told("asked")
        return connection.execute(f"SELECT video, rung FROM ({told}) ORDER BY number").fetchall()


@settings(deadline=None, max_examples=60)
@given(rows=_OBJECTS, keys=st.lists(_KEYS, min_size=1, max_size=20), pattern=_PATTERNS)
def test_both_ways_agree_on_any_key_whatever_the_catalogue_holds(
    rows: list[tuple[str, str, str, str]], keys: list[str], pattern: str
):
    keys += [key for _, key, _, _ in rows]
    known = known_of(rows, {})
    python = keys_of(known, pattern)

    assert in_duckdb(known, pattern, keys) == [python.of_key(key) for key in keys]


@given(key=_KEYS.filter(lambda key: "%" not in key and not key.startswith("/")))
def test_a_path_is_its_key_encoded_once_or_twice(key: str):
    keys = keys_of(Known({}, {}), "videos/{video}/...")

    assert keys.resolve("/" + quote(key)) == keys.of_key(key)
    assert keys.resolve("/" + quote(quote(key))) == keys.of_key(key)


@pytest.mark.parametrize(
    ("objects", "folders"),
    [
        ({"talks/1/film.mp4": "a", "talks/1/hls/720p.mp4": "a"}, {"talks/1": "a"}),
        ({"talks/film.mp4": "a"}, {}),
        ({"talks/1.mp4": "a", "talks/2.mp4": "a", "talks/b/3.mp4": "b"}, {}),
        ({"talks/1.mp4": "a", "talks/2.mp4": "b"}, {}),
        ({"1.mp4": "a", "2.mp4": "a"}, {}),
        ({"talks/a/1.mp4": "a", "talks/a/2.mp4": "a", "talks/b/1.mp4": "b", "talks/b/2.mp4": "b"},
         {"talks/a": "a", "talks/b": "b"}),
    ],
    ids=["a copy's own", "one object", "another video below", "two videos", "no folder", "beside each other"],
)  # fmt: skip
def test_a_folder_is_a_videos_where_all_of_a_copy_and_nothing_else_lies_in_it(
    objects: dict[str, str], folders: dict[str, str]
):
    known = known_of([("s3", key, video, "720p") for key, video in objects.items()], {"s3": "media"})

    assert known.folders == {("media", folder): video for folder, video in folders.items()}


def test_each_copy_has_a_folder_of_its_own():
    rows = [(where, f"{folder}/{n}.mp4", "a", "720p") for where, folder in (("s3", "new"), ("old", "x")) for n in "12"]

    assert known_of(rows, {}).folders == {("", "new"): "a", ("", "x"): "a"}


@pytest.mark.parametrize(
    ("key", "rung"),
    [
        ("videos/a/hls/1080p/12.m4s", "1080p"),
        ("videos/a/hls/1080p.mp4", "1080p"),
        ("videos/a/hls/audio-de.m4s", "audio"),
        ("videos/a/hls/1080p.m3u8", "playlist"),
        ("videos/a/Poster.JPG", "thumbnail"),
        ("videos/a/original.mov", "original"),
        ("videos/a/original", "original"),
        ("videos/a/originals.txt", ""),
        ("videos/a/de.vtt", "subtitles"),
        ("videos/a/hls/1080p", ""),
    ],
    ids=str,
)
def test_a_rung_is_told_by_its_name(key: str, rung: str):
    assert rung_of_key(key) == rung
