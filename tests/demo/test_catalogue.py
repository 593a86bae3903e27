"""Where the videos' bytes lie: each on one provider, all of them somewhere."""

from datetime import date, timedelta

import pytest

from core.demo.catalogue import SUPABASE, Catalogue, Place, Video, moves
from core.demo.story import Story, days_between
from core.demo.traffic import Traffic
from core.units import GB


@pytest.fixture(scope="module")
def catalogue(traffic: Traffic) -> Catalogue:
    return traffic.catalogue


def test_two_thousand_videos_between_one_megabyte_and_five_gigabytes(catalogue: Catalogue):
    sizes = sorted(video.original_bytes for video in catalogue.videos)

    assert len(sizes) == 2000
    assert 10**6 <= sizes[0] < 50 * 10**6
    assert sizes[-1] == 5 * GB
    assert 0.6 * GB < sizes[1000] < 0.7 * GB  # the median that was asked for
    assert sum(sizes) / 2000 > 1.4 * sizes[1000]  # a long tail to the right


def test_every_byte_is_on_supabase_or_s3_on_every_day(catalogue: Catalogue, story: Story):
    for day in days_between(story.start, story.end):
        expected = sum(video.total_bytes for video in catalogue.videos if video.published <= day)
        assert sum(catalogue.stored[day].values()) == expected


def test_nothing_of_the_catalogue_is_on_s3_before_the_migration(catalogue: Catalogue, story: Story):
    assert set(catalogue.stored[story.migration_starts - timedelta(1)]) == {Place(SUPABASE)}


def test_the_migration_has_moved_about_four_fifths_by_today(catalogue: Catalogue, story: Story):
    stored = catalogue.stored[story.today]
    moved = 1 - stored[Place(SUPABASE)] / sum(stored.values())

    assert 0.75 < moved < 0.85


def test_supabase_only_shrinks_once_uploads_go_to_s3(catalogue: Catalogue, story: Story):
    sizes = [catalogue.stored[day][Place(SUPABASE)] for day in days_between(story.uploads_go_to_s3, story.end)]

    assert sizes == sorted(sizes, reverse=True)


def test_videos_move_on_working_days(catalogue: Catalogue):
    moved = [video for video in catalogue.videos if video.on_s3_from > video.published]

    assert {video.on_s3_from.weekday() for video in moved} == {0, 1, 2, 3, 4}


def test_a_rarely_watched_video_goes_from_tier_to_tier_on_s3():
    video = Video(1, 1_000_000, date(2026, 1, 1), date(2026, 5, 4), rank=1999, european=True)

    assert list(moves(video)) == [
        (date(2026, 1, 1), Place("supabase"), 2_390_960),
        (date(2026, 5, 4), Place("supabase"), -2_390_960),
        (date(2026, 5, 4), Place("phyght-originals-eu", "STANDARD"), 1_000_000),
        (date(2026, 7, 3), Place("phyght-originals-eu", "STANDARD"), -1_000_000),
        (date(2026, 7, 3), Place("phyght-originals-eu", "GIR"), 1_000_000),
        (date(2026, 5, 4), Place("phyght-renditions-eu", "INT-FA"), 1_350_000),
        (date(2026, 6, 3), Place("phyght-renditions-eu", "INT-FA"), -1_350_000),
        (date(2026, 6, 3), Place("phyght-renditions-eu", "INT-IA"), 1_350_000),
        (date(2026, 8, 2), Place("phyght-renditions-eu", "INT-IA"), -1_350_000),
        (date(2026, 8, 2), Place("phyght-renditions-eu", "INT-AIA"), 1_350_000),
        (date(2026, 5, 4), Place("phyght-thumbnails", "STANDARD"), 40_960),
    ]
