"""Scan: the floor reads the columns that the ingestion names, and no others."""

from benchmarks.contenders.scan import needed_columns


def test_the_floor_reads_what_the_ingestion_names():
    needed = needed_columns()

    assert {"line_item_unblended_cost", "line_item_usage_start_date", "resource_tags"} <= set(needed)
    assert "identity_line_item_id" not in needed
    assert len(needed) == 25
