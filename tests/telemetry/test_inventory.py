"""What lay in the buckets on a day, from S3 Inventory: to the byte, whole, and each day once."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.settings import load_settings
from tests.telemetry.catalogued import add_video
from tests.telemetry.ingesting import CREATED, Delivery, Installation

KIB = 1024
_COLUMNS = "video, rung, kind, storage_class, access_tier, current, objects, bytes, billable_bytes"
_SUMS = f"SELECT {_COLUMNS} FROM inventory ORDER BY ALL"


@pytest.fixture
def home(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "home", tmp_path / "source")


def line(key: str, size: object, storage_class: str = "STANDARD", tier: str = "", latest: str = "true",
         marker: str = "false", bucket: str = "media") -> str:  # fmt: skip
    return f'"{bucket}","{key}","","{latest}","{marker}","{size}","{storage_class}","{tier}"\n'


def test_objects_are_summed_up_by_video_rung_and_class(home: Installation):
    Delivery(home.source).csv(
        line("videos/a/original.mp4", 5_000_000, "GLACIER_IR")
        + line("videos/a/hls/1080p.mp4", 3_000, "INTELLIGENT_TIERING", "FREQUENT")
        + line("videos/a/hls/1080p.m3u8", 700)
        + line("videos/b/hls/720p.mp4", 2_000, "INTELLIGENT_TIERING", "ARCHIVE_INSTANT_ACCESS"),
        line("videos/a/hls/1080p/2.m4s", 40, "INTELLIGENT_TIERING", "FREQUENT_ACCESS") + line("logs/x.gz", 9),
    )

    assert home.outcomes() == ["inventory 2026-11-28 loaded"]
    assert home.ask(_SUMS) == [
        ("", "", "object", "STANDARD", "", True, 1, 9, 9),
        ("a", "1080p", "object", "INTELLIGENT_TIERING", "FREQUENT", True, 2, 3_040, 3_040),
        ("a", "original", "object", "GLACIER_IR", "", True, 1, 5_000_000, 5_000_000),
        ("a", "playlist", "object", "STANDARD", "", True, 1, 700, 700),
        ("b", "720p", "object", "INTELLIGENT_TIERING", "ARCHIVE_INSTANT", True, 1, 2_000, 2_000),
    ]
    assert home.ask("SELECT DISTINCT provider, bucket, day::VARCHAR FROM inventory") == [("AWS", "media", "2026-11-28")]


def test_small_objects_count_as_their_class_bills_them(home: Installation):
    least = ("STANDARD_IA", "ONEZONE_IA", "GLACIER_IR")
    Delivery(home.source).csv(
        "".join(line(f"videos/a/{name}", 1000, name) + line(f"videos/a/{name}2", 200_000, name) for name in least)
    )
    home.ingest()

    assert home.ask("SELECT storage_class, bytes, billable_bytes FROM inventory ORDER BY 1") == [
        (name, 201_000, 128 * KIB + 200_000) for name in sorted(least)
    ]


def test_what_archived_objects_add_is_a_row_of_its_own_in_the_class_that_bills_it(home: Installation):
    Delivery(home.source).csv(
        line("videos/a/original.mp4", 100, "GLACIER")
        + line("videos/a/original2.mp4", 100, "DEEP_ARCHIVE")
        + line("videos/a/hls/1080p.mp4", 100, "INTELLIGENT_TIERING", "ARCHIVE_ACCESS")
    )
    home.ingest()

    assert home.ask("SELECT storage_class, kind, objects, bytes, billable_bytes FROM inventory ORDER BY 1, rung") == [
        ("DEEP_ARCHIVE", "object", 1, 100, 100 + 32 * KIB),
        ("GLACIER", "object", 1, 100, 100 + 32 * KIB),
        ("INTELLIGENT_TIERING", "object", 1, 100, 100 + 32 * KIB),
        ("STANDARD", "overhead", 0, 0, 8 * KIB),
        ("STANDARD", "overhead", 0, 0, 8 * KIB),
        ("STANDARD", "overhead", 0, 0, 8 * KIB),
    ]


def test_older_versions_and_delete_markers_stand_apart(home: Installation):
    Delivery(home.source).csv(
        line("videos/a/original.mp4", "", "", marker="true")
        + line("videos/a/original.mp4", 500, latest="false")
        + line("videos/a/original.mp4", 400, latest="false")
        + line("videos/a/poster.jpg", 30)
    )
    home.ingest()

    assert home.ask("SELECT kind, current, storage_class, objects, bytes FROM inventory ORDER BY 1") == [
        ("delete marker", True, "", 1, 0),
        ("noncurrent", False, "STANDARD", 2, 900),
        ("object", True, "STANDARD", 1, 30),
    ]


def test_without_versions_classes_and_sizes_all_objects_are_current(home: Installation):
    Delivery(home.source).csv('"media","videos/a/original.mp4"\n', schema="Bucket, Key")
    home.ingest()

    assert home.ask(_SUMS) == [("a", "original", "object", "", "", True, 1, 0, 0)]


COPIED = "Bucket, Key, IsLatest, IsDeleteMarker, Size, StorageClass, IntelligentTieringAccessTier, ReplicationStatus"


def copied(key: str, size: int, status: str, latest: str = "true", bucket: str = "media") -> str:
    return f'"{bucket}","{key}","{latest}","false","{size}","STANDARD","","{status}"\n'


def test_how_far_copying_is_stands_apart_and_splits_no_sum(home: Installation):
    Delivery(home.source).csv(
        copied("videos/a/hls/1080p/1.m4s", 10, "COMPLETED")
        + copied("videos/a/hls/1080p/2.m4s", 20, "COMPLETED")
        + copied("videos/a/hls/1080p/3.m4s", 30, "PENDING")
        + copied("videos/a/hls/1080p/4.m4s", 40, "")
        + copied("videos/a/hls/1080p/5.m4s", 50, "FAILED", latest="false"),
        schema=COPIED,
    )
    Delivery(home.source, "other").csv(line("videos/a/original.mp4", 5, bucket="other"))
    home.ingest()

    assert home.ask("SELECT bucket, status, objects, bytes FROM inventory_copies ORDER BY ALL") == [
        ("media", "", 1, 40), ("media", "COMPLETED", 2, 30), ("media", "PENDING", 1, 30),
    ]  # fmt: skip
    assert home.ask("SELECT rung, kind, objects, bytes FROM inventory WHERE bucket = 'media' ORDER BY ALL") == [
        ("1080p", "noncurrent", 1, 50), ("1080p", "object", 4, 100),
    ]  # fmt: skip


def test_csv_encodes_keys_and_parquet_does_not(home: Installation):
    Delivery(home.source).csv(line("videos/a+b%2Bc%20%C3%A9/original.mp4", 5))
    plain = {"bucket": "other", "key": "videos/a%20b+c/original.mp4", "size": 7, "storage_class": "STANDARD"}
    Delivery(home.source, "other").parquet([plain])
    home.ingest()

    assert home.ask("SELECT bucket, video, bytes FROM inventory ORDER BY 1") == [
        ("media", "a b+c é", 5),
        ("other", "a%20b+c", 7),
    ]


def test_the_catalogue_knows_best_whose_an_object_is_and_only_in_its_own_bucket(home: Installation):
    home.settings = load_settings(Path("/nonexistent")).model_copy(update={"s3_bucket": "media"})
    add_video(home.database, "v1", {"talks/1/film.mp4": "original", "talks/1/hls/720p.mp4": "720p"})
    keys = ("talks/1/film.mp4", "talks/1/hls/720p.mp4", "talks/1/notes.txt", "talks/2/film.mp4")
    for bucket in ("media", "strangers"):
        Delivery(home.source, bucket).csv("".join(line(key, 10, bucket=bucket) for key in keys))
    home.ingest()

    assert home.ask("SELECT bucket, video, rung, objects FROM inventory ORDER BY ALL") == [
        ("media", "", "", 1),
        ("media", "v1", "", 1),
        ("media", "v1", "720p", 1),
        ("media", "v1", "original", 1),
        ("strangers", "", "", 4),
    ]


def test_of_a_day_the_newer_delivery_counts_and_the_same_one_again_changes_nothing(home: Installation):
    Delivery(home.source, created=CREATED + timedelta(hours=6)).csv(line("videos/a/original.mp4", 2), name="new")
    assert home.outcomes() == ["inventory 2026-11-28 loaded"]
    Delivery(home.source).csv(line("videos/a/original.mp4", 1), name="old")
    home.ingest()
    assert home.ask("SELECT bytes FROM inventory") == [(2,)]

    assert home.outcomes() == []
    Delivery(home.source).csv(line("videos/a/original.mp4", 1), name="old")
    assert home.outcomes() == ["inventory 2026-11-28 unchanged"]


def test_each_day_has_its_own_state(home: Installation):
    Delivery(home.source).csv(line("videos/a/original.mp4", 1))
    Delivery(home.source, created=CREATED + timedelta(days=1)).csv(line("videos/a/original.mp4", 2), name="next")

    assert home.outcomes() == ["inventory 2026-11-28 loaded", "inventory 2026-11-29 loaded"]
    assert home.ask("SELECT day::VARCHAR, bytes FROM inventory ORDER BY 1") == [("2026-11-28", 1), ("2026-11-29", 2)]


def _cut(data: Path) -> None:
    data.write_bytes(data.read_bytes()[:-3])


def _alter(data: Path) -> None:
    content = data.read_bytes()
    data.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (Path.unlink, "inventories/media/daily/data/new-0.csv.gz is in the manifest"),
        (_cut, r"new-0.csv.gz has \d+ of \d+ bytes"),
        (_alter, "new-0.csv.gz does not agree with its MD5"),
    ],
    ids=["missing", "short", "altered"],
)
def test_a_delivery_that_is_not_whole_is_refused_by_name_and_the_one_before_stays(home: Installation, damage, why):
    Delivery(home.source).csv(line("videos/a/original.mp4", 1), name="old")
    home.ingest()
    newer = Delivery(home.source, created=CREATED + timedelta(hours=6)).csv(
        line("videos/a/original.mp4", 2), name="new"
    )
    data = newer.folder / "data" / "new-0.csv.gz"
    whole = data.read_bytes()
    damage(data)

    assert re.search(why, home.refusal())
    assert home.ask("SELECT bytes FROM inventory") == [(1,)]
    data.write_bytes(whole)
    assert home.outcomes() == ["inventory 2026-11-28 loaded"]
    assert home.ask("SELECT bytes FROM inventory") == [(2,)]


@pytest.mark.parametrize(
    "damage", [lambda text: text[:-40], lambda text: text.replace("true", "false").replace("media", "mediA")]
)
def test_a_manifest_that_is_cut_or_altered_is_refused(home: Installation, damage):
    manifest = Delivery(home.source).csv(line("videos/a/original.mp4", 1)).manifest
    manifest.write_text(damage(manifest.read_text()))

    assert "manifest.json does not agree with its manifest.checksum" in home.refusal()


def test_a_manifest_that_is_still_being_written_is_refused_where_there_is_no_checksum(home: Installation):
    manifest = Delivery(home.source).csv(line("videos/a/original.mp4", 1)).manifest
    manifest.with_suffix(".checksum").unlink()
    manifest.write_text(manifest.read_text()[:-40])

    assert "manifest.json is no complete manifest" in home.refusal()


def test_orc_is_refused_with_what_to_do(home: Installation):
    manifest = Delivery(home.source).csv("").manifest
    manifest.with_suffix(".checksum").unlink()
    manifest.write_text(manifest.read_text().replace('"CSV"', '"ORC"'))

    assert home.refusal().endswith("is of an inventory in ORC. Have it delivered as CSV or Parquet.")


def test_rows_that_cannot_be_read_are_counted_and_told(home: Installation):
    Delivery(home.source).csv(
        line("videos/a/original.mp4", 1) + line("videos/b/original.mp4", "many") + line("videos/c/original.mp4", -1)
        + line("videos/d/original.mp4", 1, bucket="elsewhere")
    )  # fmt: skip
    measured = home.ingest().measured

    assert (measured.lines, measured.bad_lines) == (4, 3)
    assert measured.unwell[0].reason == (
        "part-0.csv.gz: row 2 ('videos/b/original.mp4') has no key, another bucket, or a size that is none"
    )
    assert home.ask("SELECT video, objects FROM inventory") == [("a", 1)]


def test_a_row_that_is_short_or_long_costs_no_other_its_place(home: Installation):
    good = line("videos/a/original.mp4", 1)
    Delivery(home.source).csv(
        good + good, good + '"media","videos/b/original.mp4"\n' + good.strip() + ',"more"\n' + good
    )
    measured = home.ingest().measured

    assert (measured.lines, measured.bad_lines, measured.refused) == (6, 2, 0)
    assert measured.unwell[0].reason == "part-1.csv.gz: row 2 has not the columns that its manifest tells of"
    assert home.ask("SELECT video, objects, bytes FROM inventory") == [("a", 4, 4)]


def test_a_row_of_parquet_is_told_by_its_number(home: Installation):
    rows = [{"bucket": bucket, "key": "videos/a/original.mp4", "size": 1} for bucket in ("media", "media", "else")]
    Delivery(home.source).parquet(rows)

    assert home.ingest().measured.unwell[0].reason.startswith("part-0.parquet: row 3 ('videos/a/original.mp4') has no")


def test_an_inventory_of_which_no_row_can_be_read_is_no_empty_bucket(home: Installation):
    Delivery(home.source).csv(line("videos/a/original.mp4", 1))
    home.ingest()
    short = Delivery(home.source, created=CREATED + timedelta(hours=6)).csv(
        '"media","videos/a/original.mp4"\n', name="n"
    )
    reason = home.refusal()

    assert reason == (
        f"No row of {short.manifest.relative_to(home.source)} can be read; n-0.csv.gz: row 1 has not the columns that "
        "its manifest tells of. Wait for the next inventory."
    )
    assert home.ask("SELECT bytes FROM inventory") == [(1,)]


def test_an_empty_bucket_has_no_rows_and_is_no_mistake(home: Installation):
    Delivery(home.source).csv(line("videos/a/original.mp4", 1))
    home.ingest()
    Delivery(home.source, created=CREATED + timedelta(hours=6)).csv()

    assert home.outcomes() == ["inventory 2026-11-28 loaded"]
    assert home.ask("SELECT * FROM inventory") == []


def test_of_two_inventories_of_a_bucket_the_one_that_lists_more_counts(home: Installation):
    Delivery(home.source).csv(line("videos/a/original.mp4", 1) + line("videos/b/original.mp4", 1))
    later = replace(Delivery(home.source), configuration="only-a", created=CREATED + timedelta(hours=3))
    later.csv(line("videos/a/original.mp4", 1))
    home.ingest()

    assert home.ask("SELECT sum(objects)::INT FROM inventory") == [(2,)]


@pytest.mark.parametrize("folder", ["", "deep/down", "E1EXAMPLE12345.2026-11-28-10.cloudfront"])
def test_an_inventory_is_no_bill_and_no_log_wherever_it_lies(home: Installation, folder: str):
    Delivery(home.source / folder).parquet([{"bucket": "media", "key": "videos/a/original.mp4", "size": 1}])
    report = home.ingest()

    assert report.deliveries == ()
    assert report.well
