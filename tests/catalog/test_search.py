"""Search: what is asked for is found, in order, a page at a time, whatever is typed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.catalog.catalog import record_copy, remember_link
from core.catalog.search import Contents, Search, Sort, State, Stored, contents, entry, search
from core.catalog.video import Visibility
from core.storage.provider import StorageClass
from tests.catalog.videos import NOW, original, packaged, put, video


@pytest.fixture
def library(database):
    """Four videos, of which each differs from the others in its own way."""
    put(
        database,
        video("stone", title="Rivera vs Stone", size_bytes=3_000, duration_s=60, created_at=NOW - timedelta(3)),
        [("s3", [original("stone"), *packaged("stone")])],
    )
    put(
        database,
        video("ozturk", title="Öztürk vs Müller", size_bytes=1_000, duration_s=600, created_at=NOW - timedelta(1)),
        [("supabase", [original("ozturk", storage_class=StorageClass.STANDARD)])],
    )
    put(
        database,
        video("eu", title="100% Rivera", residency="EU", visibility=Visibility.PRIVATE, created_at=NOW - timedelta(2)),
        [("supabase", [original("eu", size_bytes=9_000)]), ("s3-eu", [original("eu")])],
        served="s3-eu",
    )
    put(database, video("lost", title="lost_fight", size_bytes=2_000, created_at=NOW - timedelta(4)))
    return database


def ids(database, wanted: Search, limit: int = 10, start: int = 0, prices=None) -> list[str]:
    return [each.video.id for each in search(database, wanted, limit, start, prices).entries]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Search(), ["ozturk", "eu", "stone", "lost"]),
        (Search(text="rivera"), ["eu", "stone"]),
        (Search(text="STONE  rivera"), ["stone"]),
        (Search(text="muller ozt"), ["ozturk"]),
        (Search(text="Müller"), ["ozturk"]),
        (Search(text="rivera muller"), []),
        (Search(text="slug-lost"), ["lost"]),
        (Search(provider="supabase"), ["ozturk", "eu"]),
        (Search(provider="s3"), ["stone"]),
        (Search(provider="nowhere"), []),
        (Search(storage_class=StorageClass.GLACIER_IR), ["eu", "stone"]),
        (Search(storage_class=StorageClass.INTELLIGENT_TIERING), ["stone"]),
        (Search(storage_class=StorageClass.STANDARD), ["ozturk"]),
        (Search(residency="EU"), ["eu"]),
        (Search(residency=""), ["ozturk", "stone", "lost"]),
        (Search(visibility=Visibility.PRIVATE), ["eu"]),
        (Search(state=State.PACKAGED), ["stone"]),
        (Search(state=State.ORIGINAL), ["ozturk", "eu"]),
        (Search(state=State.NOTHING), ["lost"]),
        (Search(text="rivera", provider="supabase", residency="EU", state=State.ORIGINAL), ["eu"]),
    ],
    ids=str,
)
def test_what_is_asked_for_is_found_newest_first(library, wanted, found):
    assert ids(library, wanted) == found
    assert search(library, wanted, 10).total == len(found)


@pytest.mark.parametrize(
    "text",
    [
        "%", "_", "lost%fight", "\\", "'", '"', "' or '1'='1", "rivera' --", "rivera\0stone2", "*", "[a-z]", "🥊",
        "\ud800x\ud801y", "x" * 100_000, "rivera " * 5 + "nothing", "\n;drop table videos;",
    ],
    ids=ascii,
)  # fmt: skip
def test_whatever_is_typed_is_looked_for_as_text(library, text):
    found = ids(library, Search(text=text))

    assert found == (["eu"] if text == "%" else ["lost"] if text == "_" else [])
    assert search(library, Search(), 10).total == 4


def test_text_of_nothing_but_space_finds_all(library):
    assert len(ids(library, Search(text=" \t\0 "))) == 4


def test_words_beyond_the_sixth_are_not_looked_at(library):
    assert ids(library, Search(text="r i v e r a nothing")) == ["eu", "stone"]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort.NEWEST, ["ozturk", "eu", "stone", "lost"]),
        (Sort.TITLE, ["eu", "lost", "ozturk", "stone"]),
        (Sort.LARGEST, ["stone", "lost", "ozturk", "eu"]),
        (Sort.LONGEST, ["ozturk", "stone", "eu", "lost"]),
    ],
)
def test_videos_are_sorted_and_among_equals_the_newest_come_first(library, sort, order):
    assert ids(library, Search(sort=sort)) == order


def test_the_dearest_come_first_at_the_prices_given(library):
    # of bytes that have a price, stone has 1,000, ozturk 1,000, eu 9,000 and 1,000, lost none
    cheap_supabase = {
        ("s3", StorageClass.INTELLIGENT_TIERING): Decimal(9),
        ("supabase", StorageClass.STANDARD): Decimal(2),
        ("supabase", StorageClass.GLACIER_IR): Decimal("0.1"),
        ("s3-eu", StorageClass.GLACIER_IR): Decimal("0.2"),
    }

    assert ids(library, Search(sort=Sort.DEAREST), prices=cheap_supabase) == ["stone", "ozturk", "eu", "lost"]
    dear_supabase = {("supabase", StorageClass.GLACIER_IR): Decimal(5)}
    assert ids(library, Search(sort=Sort.DEAREST), prices=dear_supabase)[0] == "eu"
    assert ids(library, Search(sort=Sort.DEAREST)) == ids(library, Search())


def test_pages_follow_each_other_without_a_gap(library):
    pages = [search(library, Search(), 3, start) for start in (0, 3)]

    assert [[each.video.id for each in page.entries] for page in pages] == [["ozturk", "eu", "stone"], ["lost"]]
    assert [(page.total, page.start) for page in pages] == [(4, 0), (4, 3)]


@pytest.mark.parametrize(("start", "lands_at"), [(6, 3), (10**15, 3), (-5, 0)])
def test_a_page_that_is_not_there_is_the_nearest_one(library, start, lands_at):
    assert search(library, Search(), 3, start).start == lands_at


def test_nothing_found_is_an_empty_first_page(library):
    page = search(library, Search(text="nobody"), 3, 30)

    assert (page.total, page.start, page.entries) == (0, 0, ())


def test_an_entry_tells_what_is_stored_where(library):
    (stone,) = search(library, Search(text="stone"), 10).entries

    assert (stone.video.served_from, stone.state, stone.has_poster) == ("s3", State.PACKAGED, True)
    assert stone.stored == (
        Stored("s3", StorageClass.GLACIER_IR, 1_000),
        Stored("s3", StorageClass.INTELLIGENT_TIERING, 1_000),
        Stored("s3", StorageClass.STANDARD, 90),
    )
    assert stone.size_bytes == 2_090
    eu = entry(library, "eu")
    assert eu.stored == (
        Stored("s3-eu", StorageClass.GLACIER_IR, 1_000),
        Stored("supabase", StorageClass.GLACIER_IR, 9_000),
    )
    assert not eu.has_poster
    assert entry(library, "lost").stored == ()
    assert entry(library, "nobody") is None


def test_an_object_that_moves_to_another_class_is_found_there_alone(library):
    with library.transaction() as connection:
        moved = original("ozturk", storage_class=StorageClass.DEEP_ARCHIVE)
        record_copy(connection, "ozturk", "supabase", [moved], NOW)

    assert ids(library, Search(storage_class=StorageClass.STANDARD)) == []
    assert ids(library, Search(storage_class=StorageClass.DEEP_ARCHIVE)) == ["ozturk"]


@pytest.mark.parametrize(
    ("packaging", "stone", "ozturk"),
    [
        ("failed", State.PACKAGED, State.FAILED),  # what an earlier packaging has made is there still
        ("waiting", State.PACKAGED, State.ORIGINAL),
        ("cancelled", State.PACKAGED, State.ORIGINAL),
    ],
)
def test_a_video_without_renditions_whose_packaging_failed_is_told_from_others(library, packaging, stone, ozturk):
    with library.transaction() as connection:
        for id in ("stone", "ozturk", "lost"):
            connection.execute(
                "insert into packagings (video_id, request, revision, ladder, state, stage, share, attempts, problem, "
                "advice, warnings, requested_at) "
                f"values ('{id}', 'r', 1, 'fixed', '{packaging}', '', 0, 1, '', '', '[]', '2026-11-22')"
            )

    assert [entry(library, id).state for id in ("stone", "ozturk", "lost")] == [stone, ozturk, State.NOTHING]
    failed = ["ozturk"] if ozturk is State.FAILED else []
    assert ids(library, Search(state=State.FAILED)) == failed
    assert ids(library, Search(state=State.ORIGINAL)) == [id for id in ("ozturk", "eu") if id not in failed]


def test_an_old_address_is_no_word_of_a_video(library):
    with library.transaction() as connection:
        remember_link(connection, "stone", "supabase", "fights", "secret-path.mp4")

    assert ids(library, Search(text="secret")) == []


def test_the_library_tells_what_it_is_made_of(library, database):
    assert contents(library) == Contents(
        total=4,
        providers={"s3": 1, "s3-eu": 1, "supabase": 2},
        residencies={"": 3, "EU": 1},
        visibilities={Visibility.PUBLIC: 3, Visibility.PRIVATE: 1},
    )


def test_a_library_without_a_video_is_made_of_nothing(database):
    assert contents(database) == Contents(0, {}, {}, {})
    assert search(database, Search(), 10).entries == ()
