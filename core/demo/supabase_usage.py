"""Supabase usage: write what the platform measured there, one row a day."""

import csv
from datetime import date
from pathlib import Path

from core.demo.catalogue import SUPABASE, Catalogue, Place
from core.demo.chance import wobble
from core.demo.delivery import stamp
from core.demo.story import days_between
from core.demo.traffic import Traffic

FILE = "supabase/usage.csv"
HEADER = ("date", "organization", "project", "storage_bytes", "egress_bytes", "cached_egress_bytes")
#: Of what viewers take, the part that Supabase's CDN has in its cache.
CACHED_SHARE = 0.24


def write_supabase_usage(root: Path, traffic: Traffic) -> Path:
    """Write every day of the story that is over: bytes stored on average, and bytes sent."""
    story = traffic.story
    file = root / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(HEADER)
        for day in days_between(story.start, story.today):
            stored = traffic.catalogue.stored[day].get(Place(SUPABASE), 0)
            viewed = traffic.days[day].supabase
            cached = int(viewed * CACHED_SHARE * (1 + 0.05 * wobble(story.seed, "cached", day)))
            copied = _copied_away(traffic.catalogue, day)  # the migration itself is egress, and never cached
            writer.writerow([day, "phyght", "phyght-prod", stored, viewed - cached + copied, cached])
    stamp(file, story.now)
    return file


def _copied_away(catalogue: Catalogue, day: date) -> int:
    moved = [video for video in catalogue.arrived_on_s3.get(day, []) if video.published < day]
    return sum(video.total_bytes for video in moved)
