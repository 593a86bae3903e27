"""Library: the Library page of 10,000 videos, against an empty page of the same app."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from statistics import median

from benchmarks.bench import Bench
from benchmarks.figures import Figure, Section, at_most
from benchmarks.measure import measure
from benchmarks.served import EMPTIED, copy_app, environment, served
from core.catalog.catalog import add_video, record_copy, serve_from
from core.catalog.search import Search, Sort, State, search
from core.catalog.video import CopyObject, Kind, Video, Visibility
from core.database import Database
from core.sqlite_database import SqliteDatabase
from core.storage.provider import StorageClass

TITLE = "The Library page"
METHOD = """
A demo platform whose catalog holds {videos:,} videos of 11 objects each is served by `python -m dashboard` from a copy
of the app in which the Explore page is emptied. One Chromium loads the Library page and the empty page in turn, {loads}
times each after a first load of both that is not counted; a load lasts from navigation until the script has ended and
every card is drawn; the figure is of the medians. A search is timed in this process: the best of five.
"""
VIDEOS = 10_000
_CARDS, _LOADS, _TRIES = 24, 15, 5
_SEARCHES = {
    "the newest": Search(),
    "two words": Search(text="rivera stone"),
    "one place, packaged": Search(provider="s3", state=State.PACKAGED),
    "one class, by title": Search(storage_class=StorageClass.GLACIER_IR, sort=Sort.TITLE),
    "the dearest": Search(sort=Sort.DEAREST),
}
_NAMES = ("Rivera", "Stone", "Okafor", "Tanaka", "Silva", "Öztürk", "Müller", "Nguyen", "Haddad", "Petrov", "Moreau")
_PRICES = {(provider, kind): Decimal("2e-11") for provider in ("s3", "supabase") for kind in StorageClass}
_NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


def run(bench: Bench) -> Section:
    """Fill a catalog, search it, start the app on it and load both pages."""
    app, home = bench.empty_folder("app"), bench.empty_folder("library-home")
    copy_app(app)
    bench.say(f"catalog: writing {VIDEOS:,} videos")
    database = SqliteDatabase(home / "demo" / "phyght.db")
    fill(database, VIDEOS)
    searches = [_timed(database, name, wanted) for name, wanted in _SEARCHES.items()]
    with served(app, environment(home), home.with_suffix(".log")) as url:
        bench.say(f"Library page and empty page: {_LOADS} loads each")
        pages = [f"{url}/library", f"{url}/{EMPTIED}"]
        library, empty = measure("browser:load_times", urls=pages, repeats=_LOADS).answer
    if library["parts"] != _CARDS or empty["parts"]:
        raise RuntimeError(f"The Library page drew {library['parts']} cards, and the empty one {empty['parts']}.")
    library_ms, empty_ms = median(library["ms"]), median(empty["ms"])
    evidence = f"{library_ms:.0f} ms with {VIDEOS:,} videos against {empty_ms:.0f} ms"
    ratio = at_most("Library page against an empty page", library_ms / empty_ms, 2, "times", evidence)
    return Section(TITLE, METHOD.format(videos=VIDEOS, loads=_LOADS).strip(), (ratio, *searches))


def _timed(database: Database, name: str, wanted: Search) -> Figure:
    best_ms, total = min(_search_ms(database, wanted) for _ in range(_TRIES))
    return Figure(f"A page of {VIDEOS:,} videos: {name}", f"{best_ms:.0f} ms", f"{total:,} found")


def _search_ms(database: Database, wanted: Search) -> tuple[float, int]:
    started = time.perf_counter()
    found = search(database, wanted, _CARDS, 0, _PRICES)
    return 1000 * (time.perf_counter() - started), found.total


def fill(database: Database, videos: int) -> None:
    """A catalog of so many videos: half on S3, a third on Supabase, the rest on both."""
    database.migrate()
    with database.transaction() as connection:
        for number in range(videos):
            video = _video(number)
            add_video(connection, video)
            providers = (("s3",), ("supabase",), ("s3",), ("supabase", "s3"), ("s3",), ("supabase",))[number % 6]
            for provider in providers:
                record_copy(connection, video.id, provider, _objects(video), _NOW)
            serve_from(connection, video.id, providers[-1], _NOW)


def _video(number: int) -> Video:
    red, blue = _NAMES[number % 11], _NAMES[number // 11 % 11]
    return Video(
        id=f"bench-{number}",
        slug=f"fight-{number}",
        title=f"{red} vs {blue}, Fight Night {number // 50}",
        residency="EU" if number % 8 == 0 else "",
        visibility=Visibility.PRIVATE if number % 25 == 0 else Visibility.PUBLIC,
        size_bytes=10**8 + number * 7_919 % 10**9,
        crc64nvme=None,
        sha256=None,
        created_by="bench",
        created_at=_NOW - timedelta(hours=number),
        served_from=None,
        duration_s=60.0 + number % 7_000,
        width=1920,
        height=1080,
    )


def _objects(video: Video) -> Iterator[CopyObject]:
    yield _object(video, Kind.ORIGINAL, "original", video.size_bytes, StorageClass.GLACIER_IR)
    for height in (1080, 720, 480, 360):
        size = video.size_bytes * height // 2_000
        yield _object(video, Kind.RENDITION, f"{height}p", size, StorageClass.INTELLIGENT_TIERING)
        yield _object(video, Kind.PLAYLIST, f"{height}p.m3u8", 20_000, StorageClass.STANDARD)
    yield _object(video, Kind.PLAYLIST, "master.m3u8", 900, StorageClass.STANDARD)
    yield _object(video, Kind.THUMBNAIL, "storyboard", 90_000, StorageClass.STANDARD)


def _object(video: Video, kind: Kind, name: str, size_bytes: int, storage_class: StorageClass) -> CopyObject:
    return CopyObject(
        kind, name, f"videos/{video.id}/{name}", "video/mp4", size_bytes, storage_class, "etag", crc64nvme=None
    )
