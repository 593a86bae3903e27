"""Costs by video: the page, a video's own, and the library's table show the same figures."""

from pathlib import Path

import pytest

from core.bootstrap import Platform
from core.storage.provider import StorageClass
from core.units import GIB
from tests.billing.builders import deliver_cur2
from tests.billing.store import NOW
from tests.catalog.videos import original, put, video
from tests.costs.measurements import measure
from tests.costs.twelve import BILL, MEASURED
from tests.pages.bills import HOSTILE, tiles, told, words
from tests.reconciliation.sides import DAYS, logged, sent

OCTOBER = {"from_": "2026-10-01", "to": "2026-11-01"}


@pytest.fixture
def twelve(empty: Platform, tmp_path: Path) -> Platform:
    """The bill that is worked out in tests/costs; its videos A and B are in the library, and one that costs nothing."""
    deliver_cur2(tmp_path / "bills", BILL)
    empty.ingest(str(tmp_path / "bills"), lambda: NOW)
    for view, rows in MEASURED.items():
        measure(empty, view, rows)
    for id, title in (("A", "Rivera vs Stone"), ("B", HOSTILE), ("C", "Lost fight")):
        put(empty.database, video(id, title=title))
    return empty


def test_the_costs_page_shows_each_video_and_what_is_unallocated(twelve, visit):
    app = visit("costs", **OCTOBER, by="video")

    assert tiles(app) == {
        "Billed, October": ("$23.04", ""),
        "Of videos": ("$13.93", ""),
        "Unallocated": ("$9.11", ""),
    }
    assert "60.4 % of the bill goes to videos" in words(app).replace("\u202f", " ")
    (table,) = app.dataframe
    assert table.value[["label", "cost", "open"]].to_numpy().tolist() == [
        ["Rivera vs Stone", 9.82, "/video?video=slug-A"],
        [HOSTILE, 4.11, "/video?video=slug-B"],
    ]
    assert "no CloudFront logs of these days" in str(app.table[0].value)


def test_lines_in_cents_add_up_to_the_total(twelve, visit):
    """9.82 + 4.11 + 9.11 is 23.04, though 4.1099666667 and 9.1135 are rounded by themselves as well."""
    app = visit("costs", **OCTOBER, by="video")

    left = [float(each.replace("\\", "").replace("$", "").replace("−", "-")) for each in app.table[0].value["Cost"]]
    assert sum(round(100 * each) for each in [*app.dataframe[0].value["cost"], *left]) == 2304


def test_the_costs_page_shows_rungs(twelve, visit):
    app = visit("costs", **OCTOBER, by="rung")

    assert app.dataframe[0].value["label"].tolist() == ["1080p", "720p", "playlist"]


def test_the_costs_page_shows_quarters_of_upload(twelve, visit):
    app = visit("costs", **OCTOBER, by="uploaded")

    assert sorted(app.dataframe[0].value["label"]) == ["2026 Q4"]
    assert "of the bill goes to quarters of upload" in words(app)


@pytest.mark.parametrize(
    ("days", "badge", "help"),
    [
        ((10, 12, 13), "25.0 % less than billed", "1 of 4 days, 25.0 % of the bill"),
        ((10, 11, 12), "as billed on 3 of 4 days", "on 3 of 4 days; not compared"),
    ],
    ids=["a day is missing in between", "a day lies after the logs"],
)
def test_badges_say_how_far_what_is_measured_agrees_with_the_bill(empty, visit, tmp_path, days, badge, help):
    """1 GB a day by the bill; the logs have three of the four days."""
    deliver_cur2(tmp_path / "bills", [sent(day, 1) for day in DAYS])
    empty.ingest(str(tmp_path / "bills"), lambda: NOW)
    measure(empty, "request_places", [logged(day, 1) for day in days])

    app = visit("costs", from_="2026-10-10", to="2026-10-14", by="video")

    assert f"CloudFront bytes by logs: {badge}" in words(app).replace("\u202f", " ")
    (told,) = {each.help for each in app.markdown if "CloudFront bytes by logs" in each.value}
    assert help in told.replace("\\", "")


def test_a_part_of_a_month_says_where_its_tax_is(twelve, visit):
    """0.704 of tax stands on the 1st."""
    app = visit("costs", from_="2026-10-01", to="2026-10-06", by="video")

    assert "0.70 of it is tax, support and fees of all of October 2026" in words(app).replace("\\", "")


def test_a_filter_does_not_narrow_what_a_video_costs_and_the_page_says_so(twelve, visit):
    app = visit("costs", **OCTOBER, by="video", filter=["service=Amazon CloudFront"])

    assert "filters do not apply" in words(app)
    assert tiles(app)["Billed, October"] == ("$23.04", "")


def test_a_videos_page_explains_what_it_cost(twelve, visit):
    app = visit("video", video="slug-A")

    assert "**$9.82** in 1 to" in words(app).replace("\\", "")
    explained = [row for table in app.table for row in table.value.to_numpy().tolist() if row[0] == "Egress"]
    assert [cell.replace("\\", "") for cell in explained[0]][:2] == ["Egress", "$7.83"]
    assert "751 bytes of 1,003 bytes" in explained[0][3].replace("\\", "")


def test_the_librarys_table_has_the_bill_beside_the_list_price(twelve, visit):
    app = visit("library", layout="table", sort="title")

    frame = app.dataframe[0].value
    assert frame.set_index("Title")["Billed"].to_dict() == {
        "Lost fight": "$0.00",
        "Rivera vs Stone": "$9.82",
        HOSTILE: "$4.11",
    }


def test_the_librarys_cards_have_the_bill_and_the_list_price_where_it_has_nothing(twelve, visit):
    stored = original("D", size_bytes=10 * GIB, storage_class=StorageClass.STANDARD)
    put(twelve.database, video("D", title="Okafor vs Silva"), [("s3", [stored])], served="s3")

    costs = {card["title"]: card["cost"] for card in told(visit("library"), "phyght_cards")["cards"]}

    # 10 GiB in Standard are $0.23; of the bill C has nothing, and nothing is stored of it
    assert costs == {
        "Rivera vs Stone": "$9.82 billed, 1 to 11 Oct",
        HOSTILE: "$4.11 billed, 1 to 11 Oct",
        "Lost fight": "",
        "Okafor vs Silva": "$0.23 a month, list price",
    }


def test_a_videos_page_says_how_far_its_cost_agrees_with_what_was_measured(twelve, visit):
    said = words(visit("video", video="slug-A"))

    assert "CloudFront bytes by logs" in said
    assert "S3 byte-hours by inventory" in said


def test_without_measurements_the_library_has_list_prices_only(platform, visit):
    put(platform.database, video("A", title="Rivera vs Stone"))

    assert "Billed" not in visit("library", layout="table").dataframe[0].value
    assert "What this video cost" not in words(visit("video", video="slug-A"))
