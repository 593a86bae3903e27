"""What the catalogue knows stands where S3 has told nothing, for that bucket and day only."""

from datetime import timedelta
from pathlib import Path

import pytest

from core.telemetry.catalogued import list_catalogue
from tests.telemetry.catalogued import add_video
from tests.telemetry.ingesting import CREATED, Delivery, Installation

BUCKETS = {"s3": "media", "s3-eu": "media-eu", "supabase": "media", "local": "local"}
_ROWS = (
    "SELECT provider, bucket, video, rung, storage_class, objects, bytes, billable_bytes FROM inventory ORDER BY ALL"
)


@pytest.fixture
def home(tmp_path: Path) -> Installation:
    home = Installation(tmp_path / "home", tmp_path / "source")
    add_video(home.database, "v1", {"videos/v1/original.mp4": "original"}, size=1000, storage_class="GLACIER_IR")
    add_video(home.database, "v2", {"videos/v2/original.mp4": "original", "videos/v2/hls/720p.mp4": "720p"}, "supabase")
    add_video(home.database, "v3", {"videos/v3/original.mp4": "original"}, "local")
    add_video(home.database, "v0", {"videos/v0/original.mp4": "original"}, "s3-us")  # not configured any more
    add_video(home.database, "v4", {"videos/v4/original.mp4": "original"}, "s3-eu", 5, "GLACIER")
    return home


def take(home: Installation, days: int = 0) -> dict[str, int]:
    return list_catalogue(home.database, BUCKETS, home.warehouse.folder, CREATED + timedelta(days=days))


def test_every_copy_is_listed_where_it_lies(home: Installation):
    assert take(home) == {"AWS/media": 1, "AWS/media-eu": 1, "Supabase/media": 2, "local/local": 1}
    assert home.ask(_ROWS) == [
        ("AWS", "media", "v1", "original", "GLACIER_IR", 1, 1000, 128 * 1024),
        ("AWS", "media-eu", "v4", "original", "GLACIER", 1, 5, 5 + 32 * 1024),
        ("AWS", "media-eu", "v4", "original", "STANDARD", 0, 0, 8 * 1024),
        ("Supabase", "media", "v2", "720p", "STANDARD", 1, 10, 10),
        ("Supabase", "media", "v2", "original", "STANDARD", 1, 10, 10),
        ("local", "local", "v3", "original", "STANDARD", 1, 10, 10),
    ]


def test_taken_again_on_the_same_day_it_takes_the_place_of_the_one_before(home: Installation):
    take(home)
    add_video(home.database, "v5", {"videos/v5/original.mp4": "original"}, "local")
    take(home)
    take(home)

    assert home.ask("SELECT count(*) FROM inventory WHERE bucket = 'local'") == [(2,)]


def test_where_s3_has_listed_the_bucket_that_counts_however_short_it_is(home: Installation):
    take(home)
    take(home, days=1)
    Delivery(home.source).csv('"media","videos/v9/original.mp4","","true","false","77","STANDARD",""\n')
    home.ingest()

    of_s3 = "SELECT day::VARCHAR, video FROM inventory WHERE provider = 'AWS' AND bucket = 'media' ORDER BY ALL"
    assert home.ask(of_s3) == [("2026-11-28", "v9"), ("2026-11-29", "v1")]
    assert home.ask("SELECT count(*) FROM inventory WHERE provider = 'Supabase'") == [(4,)]


def test_an_inventory_of_s3_stays_counted_when_the_catalogue_is_listed_later(home: Installation):
    Delivery(home.source).csv('"media","videos/v9/original.mp4","","true","false","77","STANDARD",""\n')
    home.ingest()
    take(home)

    assert home.ask("SELECT video FROM inventory WHERE provider = 'AWS' AND bucket = 'media'") == [("v9",)]


def test_an_empty_catalogue_is_listed_as_nothing(tmp_path: Path):
    home = Installation(tmp_path / "home", tmp_path / "source")

    assert take(home) == {}
    assert home.ask("SELECT * FROM inventory") == []
