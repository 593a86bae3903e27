"""Supabase's usage: one row for each day that is over."""

import csv
from datetime import date
from pathlib import Path

import pytest

from core.demo.catalogue import SUPABASE, Place
from core.demo.supabase_usage import write_supabase_usage
from core.demo.traffic import Traffic


@pytest.fixture(scope="module")
def rows(traffic: Traffic, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    file: Path = write_supabase_usage(tmp_path_factory.mktemp("bucket"), traffic)
    return list(csv.DictReader(file.read_text().splitlines()))


def test_every_day_up_to_yesterday_has_a_row(rows: list[dict[str, str]]):
    days = [row["date"] for row in rows]

    assert (days[0], days[-1]) == ("2025-06-01", "2026-11-21")
    assert len(days) == len(set(days)) == 539


def test_the_header_is_the_one_that_ingestion_reads(rows: list[dict[str, str]]):
    assert list(rows[0]) == ["date", "organization", "project", "storage_bytes", "egress_bytes", "cached_egress_bytes"]


def test_stored_bytes_are_those_of_the_catalogue(rows: list[dict[str, str]], traffic: Traffic):
    assert int(rows[-1]["storage_bytes"]) == traffic.catalogue.stored[date(2026, 11, 21)][Place(SUPABASE)]


def test_about_a_quarter_of_what_viewers_take_is_cached(rows: list[dict[str, str]], traffic: Traffic):
    first = rows[0]
    viewed = traffic.days[date(2025, 6, 1)].supabase

    assert int(first["egress_bytes"]) + int(first["cached_egress_bytes"]) == viewed
    assert int(first["cached_egress_bytes"]) / viewed == pytest.approx(0.24, rel=0.05)


def test_moving_a_video_away_is_egress_of_its_whole_size(rows: list[dict[str, str]], traffic: Traffic):
    day = date(2026, 9, 1)
    row = next(row for row in rows if row["date"] == str(day))
    moved = [v for v in traffic.catalogue.arrived_on_s3[day] if v.published < day]
    sent = int(row["egress_bytes"]) + int(row["cached_egress_bytes"])

    assert moved
    assert sent - traffic.days[day].supabase == sum(video.total_bytes for video in moved)
