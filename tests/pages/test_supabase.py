"""Supabase: what is not known of a measured project is said where its figures stand."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.bootstrap import Platform
from core.units import instant_text
from dashboard import supabase
from tests.pages.bills import words, write_bills

MONTH = {"from_": "2026-11-01", "to": "2026-11-21"}
USAGE = """date,organization,project,storage_bytes,egress_bytes,cached_egress_bytes
2026-11-19,,films,1000000000000,0,0
2026-11-20,,films,1000000000000,0,0
"""


@pytest.fixture
def measured(empty: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """An installation that measures a Supabase project, with its costs beside AWS's."""
    monkeypatch.setattr(supabase, "measured_home", lambda platform: platform.home)
    for folder, file, text in (("supabase", "usage.csv", USAGE),):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / file).write_text(text)
    for folder in (tmp_path / "supabase", write_bills(tmp_path / "bills")):
        empty.ingest(str(folder), lambda: datetime(2026, 11, 21, 7, tzinfo=UTC))
    return empty


def test_the_costs_say_that_egress_is_not_among_them(measured, visit):
    assert "egress is not measured" in words(visit("costs", **MONTH))
    assert "egress is not measured" in words(visit("costs", **MONTH, by="usage_type"))


def test_where_supabase_is_not_among_the_costs_nothing_is_said(measured, visit):
    assert "egress" not in words(visit("costs", **MONTH, filter=["provider=AWS"]))


def test_without_a_measured_project_nothing_is_said(platform, visit):
    assert "egress" not in words(visit("overview"))


def test_objects_without_a_size_are_named_beside_the_stored_bytes(measured, visit):
    assert "no known size" not in words(visit("overview"))

    note_unsized(measured, 2)
    assert "2 objects at Supabase have no known size: 0 bytes here." in words(visit("overview"))


def note_unsized(platform: Platform, unsized: int) -> None:
    at = instant_text(datetime(2026, 11, 20, 12, tzinfo=UTC))
    with platform.database.transaction() as connection:
        connection.execute("insert into supabase_measurements (project, measured_at) values ('films', ?)", (at,))
        connection.execute(
            "insert into supabase_bucket_sizes (project, measured_at, bucket, size_bytes, objects, unsized) "
            "values ('films', ?, 'videos', 5, 9, ?)",
            (at, unsized),
        )
