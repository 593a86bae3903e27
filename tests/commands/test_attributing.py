"""python -m core costs --by video, rung, uploaded: for programs and for people."""

from decimal import Decimal
from pathlib import Path

import pytest

from core.bootstrap import open_platform
from core.settings import load_settings
from tests.billing.builders import deliver_cur2
from tests.catalog.videos import put, video
from tests.commands.test_commands import OCTOBER, Terminal, terminal
from tests.costs.measurements import measure, watched
from tests.costs.twelve import BILL, MEASURED

__all__ = ["terminal"]


@pytest.fixture
def october(terminal: Terminal, bucket: Path) -> Terminal:
    """The bill of twelve lines; of its two videos, the catalog knows A."""
    deliver_cur2(bucket, BILL)
    assert terminal.run("ingest", bucket) == 0, terminal.err
    platform = open_platform(load_settings())
    for view, rows in MEASURED.items():
        measure(platform, view, rows)
    measure(platform, "sessions", [watched("A", 30), watched("A", 30)])
    put(platform.database, video("A", title="Rivera vs Stone"))
    return terminal


def test_videos_and_unallocated_for_programs(october: Terminal):
    """Its cost is worked out in test_attribution; half of it is a view's, as there were two."""
    told = october.json("costs", *OCTOBER, "--by", "video")

    assert told["total"] == "23.0411"
    lines = {line["id"]: line for line in told["lines"]}
    assert (lines["A"]["label"], lines["B"]["label"]) == ("Rivera vs Stone", "B")
    assert lines["A"]["cost"] == "9.8176333333"
    assert (lines["A"]["views"], lines["A"]["per_view"], lines["B"]["per_view"]) == (2, "4.90881666665", None)
    amounts = [line["cost"] for line in [*told["lines"], *told["unallocated"]]]
    assert sum(map(Decimal, amounts)) == Decimal("23.0411")
    assert told["unallocated"][0] == {
        "pool": "other",
        "reason": "nobody knows what it is for",
        "cost": "5",
        "days": 1,
        "first_day": "2026-10-10",
        "last_day": "2026-10-10",
    }
    assert lines["A"]["shares"][0] == {
        "pool": "egress",
        "cost": "7.8333333333",
        "driver": "bytes delivered",
        "value": 751,
        "whole": 1003,
        "pool_cost": "11",
    }


def test_quarters_of_upload_for_programs(october: Terminal):
    """The library knows A, which was uploaded on 22 November 2026; B is none of its videos."""
    told = october.json("costs", *OCTOBER, "--by", "uploaded")

    lines = {line["label"]: line for line in told["lines"]}
    assert set(lines) == {"2026 Q4", "not in the library"}
    assert (lines["2026 Q4"]["cost"], lines["2026 Q4"]["views"]) == ("9.8176333333", 2)


def test_rungs_for_people(october: Terminal):
    assert october.run("costs", *OCTOBER, "--by", "Rungs") == 0

    assert "unallocated: egress, no CloudFront logs of these days (2026-10-11)" in october.out
    assert "9.1135 USD of it is unallocated." in october.out
    assert [line.split()[0] for line in october.out.splitlines()[:3]] == ["rung", "1080p", "720p"]


def test_a_part_of_a_month_says_where_its_tax_is(october: Terminal):
    """0.704 of tax stands on the 1st."""
    part = ("--from", "2026-10-02", "--to", "2026-11-01", "--by", "video")
    assert october.run("costs", *part) == 0
    assert "Tax, support and fees of October 2026 (0.704 USD) stand on the 1st and are not in it." in october.out

    assert october.json("costs", *part)["monthly"] == [{"month": "2026-10", "cost": "0.704", "included": False}]
    assert october.json("costs", *OCTOBER, "--by", "video")["monthly"] == []


def test_a_video_s_cost_cannot_be_narrowed(october: Terminal):
    assert october.run("costs", *OCTOBER, "--by", "video", "--only", "category=tax") == 2
    assert "--only does not go with --by video" in october.err


def test_the_command_names_videos_among_what_costs_are_broken_down_by(terminal: Terminal):
    assert terminal.run("costs", "--help") == 0
    assert "video, rung" in " ".join(terminal.out.split())
