"""Which objects are one video is told by their names: every object is in exactly one."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.migration.grouping import content_type_of, group, title_of
from core.storage.provider import StoredObject

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def grouped(*keys: str) -> dict[str, list[tuple[str, str, str]]]:
    """By the key that a video is known by: its objects' kinds, names and keys."""
    objects = [StoredObject(key, 1, "e", NOW) for key in keys]
    return {
        each.main.key: [(str(member.kind), member.name, member.stored.key) for member in each.members]
        for each in group(objects)
    }


def test_each_video_file_is_a_video():
    assert grouped("fights/2024/a.mp4", "b.MOV") == {
        "fights/2024/a.mp4": [("original", "original", "fights/2024/a.mp4")],
        "b.MOV": [("original", "original", "b.MOV")],
    }


def test_what_lies_beside_a_video_under_its_name_belongs_to_it():
    assert grouped("a/fight.de.vtt", "a/fight.jpg", "a/fight.mp4", "a/fight.png", "a/fight.srt", "a/fight.vtt") == {
        "a/fight.mp4": [
            ("original", "original", "a/fight.mp4"),
            ("thumbnail", "poster", "a/fight.jpg"),
            ("thumbnail", "fight.png", "a/fight.png"),
            ("subtitles", "fight.de.vtt", "a/fight.de.vtt"),
            ("subtitles", "fight.vtt", "a/fight.vtt"),
            ("subtitles", "fight.srt", "a/fight.srt"),
        ]
    }


def test_what_lies_in_another_folder_or_has_another_name_does_not():
    assert set(grouped("a/fight.mp4", "b/fight.jpg", "a/fight2.jpg", "fight.vtt")) == {
        "a/fight.mp4", "b/fight.jpg", "a/fight2.jpg", "fight.vtt",
    }  # fmt: skip


def test_of_two_videos_of_one_name_the_more_usual_one_has_the_poster():
    assert grouped("a/fight.mov", "a/fight.mp4", "a/fight.jpg") == {
        "a/fight.mov": [("original", "original", "a/fight.mov")],
        "a/fight.mp4": [("original", "original", "a/fight.mp4"), ("thumbnail", "poster", "a/fight.jpg")],
    }


def test_a_folder_with_a_playlist_is_one_video():
    assert grouped(
        "x/stone/index.m3u8", "x/stone/720p/index.m3u8", "x/stone/720p/0.ts", "x/stone/poster.jpg",
        "x/stone/subs/0.vtt", "x/stone/en.vtt", "x/stone/storyboard.vtt",
    ) == {
        "x/stone/index.m3u8": [
            ("playlist", "master.m3u8", "x/stone/index.m3u8"),
            ("rendition", "720p/0.ts", "x/stone/720p/0.ts"),
            ("playlist", "720p/index.m3u8", "x/stone/720p/index.m3u8"),
            ("subtitles", "en.vtt", "x/stone/en.vtt"),
            ("thumbnail", "poster.jpg", "x/stone/poster.jpg"),
            ("thumbnail", "storyboard.vtt", "x/stone/storyboard.vtt"),
            ("rendition", "subs/0.vtt", "x/stone/subs/0.vtt"),
        ]
    }  # fmt: skip


def test_renditions_join_the_video_of_their_folders_name():
    assert grouped("x/stone.mp4", "x/stone.jpg", "x/stone/playlist.m3u8", "x/stone/poster", "x/stone/1080p.mp4") == {
        "x/stone.mp4": [
            ("original", "original", "x/stone.mp4"),
            ("thumbnail", "poster", "x/stone.jpg"),
            ("playlist", "master.m3u8", "x/stone/playlist.m3u8"),
            ("rendition", "1080p.mp4", "x/stone/1080p.mp4"),
            ("rendition", "more/poster", "x/stone/poster"),
        ]
    }


@pytest.mark.parametrize(
    ("playlists", "master"),
    [
        (("index.m3u8", "master.m3u8", "playlist.m3u8"), "master.m3u8"),
        (("a.m3u8", "playlist.m3u8"), "playlist.m3u8"),
        (("a.m3u8", "stone.m3u8"), "stone.m3u8"),
        (("b.m3u8", "a.m3u8"), "a.m3u8"),
    ],
)
def test_the_master_is_known_by_its_name(playlists: tuple[str, ...], master: str):
    found = grouped(*(f"stone/{name}" for name in playlists))

    assert found[f"stone/{master}"][0] == ("playlist", "master.m3u8", f"stone/{master}")
    assert {name for _, name, _ in found[f"stone/{master}"]} == {"master.m3u8", *playlists} - (
        {master} - {"master.m3u8"}
    )


def test_a_folder_of_videos_that_have_playlists_beside_them_is_not_one_video():
    assert set(grouped("all/a.mp4", "all/a.m3u8", "all/b.mp4")) == {"all/a.mp4", "all/a.m3u8", "all/b.mp4"}


def test_a_playlist_at_the_top_of_a_bucket_does_not_make_all_of_it_one_video():
    assert set(grouped("index.m3u8", "a.mp4", "b/c.mp4")) == {"index.m3u8", "a.mp4", "b/c.mp4"}


@pytest.mark.parametrize(
    ("stem", "title"),
    [
        ("rivera_vs-stone", "Rivera vs stone"),
        ("2024-05-01 Title Fight", "2024-05-01 Title Fight"),
        ("Rivera%20vs%20Stone", "Rivera vs Stone"),
        ("50%off", "50%off"),
        ("a.b.c+d", "A b c d"),
        ("round 1.5", "Round 1.5"),
        ("öztürk & \"söhne\" (2)", "Öztürk & \"söhne\" (2)"),
        ("___", "Untitled"),
        ("a\nb\u202ec", "A b c"),
        ("x" * 300, "X" + "x" * 199),
    ],
)  # fmt: skip
def test_a_title_is_the_name_in_words(stem: str, title: str):
    assert title_of(stem) == title


@pytest.mark.parametrize(
    ("keys", "title"),
    [
        (("2024/rivera-vs-stone.mp4",), "Rivera vs stone"),
        (("2024/rivera-vs-stone/index.m3u8",), "Rivera vs stone"),
        (("2024/rivera-vs-stone/hls/master.m3u8",), "Rivera vs stone"),
        (("hls/master.m3u8",), "Master"),
        (("list.m3u8",), "List"),
    ],
)
def test_a_video_is_called_as_its_file_or_as_the_folder_of_its_renditions(keys: tuple[str, ...], title: str):
    assert [each.title for each in group(StoredObject(key, 1, "e", NOW) for key in keys)] == [title]


def test_the_type_is_told_by_the_ending():
    assert [content_type_of(key) for key in ("a/b.MP4", "c.m3u8", "d.pdf", "e", ".mp4")] == [
        "video/mp4", "application/vnd.apple.mpegurl", "", "", "",
    ]  # fmt: skip


NAMES = st.sampled_from(
    ["a", "a.mp4", "a.mov", "a.jpg", "a.png", "a.vtt", "a.de.vtt", "index.m3u8", "b.m3u8", "1.ts", "original", "poster"]
)
KEYS = st.lists(st.sampled_from(["a", "b", "a.mp4"]), max_size=3).flatmap(
    lambda folders: NAMES.map(lambda name: "/".join([*folders, name]))
)


@given(st.sets(KEYS, max_size=12))
def test_every_object_is_in_exactly_one_video_and_has_a_name_of_its_own_there(keys: set[str]):
    groups = group(StoredObject(key, 1, "e", NOW) for key in keys)

    assert sorted(member.stored.key for each in groups for member in each.members) == sorted(keys)
    for each in groups:
        names = [member.name for member in each.members]
        assert len(set(names)) == len(names)


@given(st.lists(KEYS, unique=True, max_size=12), st.randoms())
def test_the_order_of_the_listing_does_not_matter(keys: list[str], random: Random):
    shuffled = list(keys)
    random.shuffle(shuffled)

    assert grouped(*shuffled) == grouped(*keys)
