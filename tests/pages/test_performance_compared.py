"""Performance beside other things: the period before, the bill, uploads, and days and filters that leave nothing."""

import gzip
from datetime import UTC, datetime

import pytest

from core.bootstrap import Platform
from core.units import instant_text
from tests.pages.bills import tiles, words
from tests.pages.measured import NAME, NOW, THE_DAY
from tests.pages.text_tables import text_tables
from tests.telemetry.logged import line, w3c


def uploaded(platform: Platform, size: int, seconds: float, whole: datetime) -> None:
    """An upload that became whole then."""
    with platform.database.transaction() as connection:
        connection.execute(_UPLOAD, {"id": f"u{size}", "size": size, "active": seconds, "at": instant_text(whole)})


_UPLOAD = """
insert into uploads (
    id, owner, fingerprint, file_name, title, size_bytes, part_bytes, content_type, residency, visibility, provider,
    reason, mode, key, upload_id, state, problem, started_at, active_at, active_s, finished_at, cleared,
    packaging_asked
) values (
    :id, 'ada', '', 'a.mp4', 'A', :size, 8388608, 'video/mp4', '', 'public', 's3',
    '', 'parts', :id, 'x', 'done', '', :at, :at, :active, :at, true, true
)
"""


def rows(app) -> list[list[str]]:
    """Of all short tables, as they are read."""
    return [row for table in text_tables(app) for row in table]


def test_it_is_compared_with_the_period_before(logged, visit):
    # the day before: 3 of 4 from the cache, so 75 % as well; no errors; 4 requests
    found = {label: change for label, (_, change) in tiles(visit("performance", **THE_DAY)).items()}

    assert found["Cache hit ratio"] == "0.00 pp"
    assert found["Failed requests"] == "+20.0 pp"
    assert found["Requests"] == "+150 %"


def test_where_nothing_was_measured_before_nothing_is_compared_and_it_says_so(logged, visit):
    app = visit("performance", from_="2026-11-27", to="2026-11-29")

    assert tiles(app)["Requests"] == ("14", "")
    assert "No comparison: nothing was measured in 25 and 26 Nov 2026." in words(app)
    assert "about as" not in words(app)


def test_a_few_days_are_not_compared_with_many(logged, visit, tmp_path):
    """The 25th is one of the two days before the 27th: its one request says nothing of both."""
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / NAME.replace("28-14", "25-14")).write_bytes(gzip.compress(w3c(line(date="2026-11-25"))))
    logged.ingest(str(folder), lambda: NOW)

    app = visit("performance", from_="2026-11-27", to="2026-11-29")

    assert tiles(app)["Requests"] == ("14", "")
    assert "No comparison: only 1 of 2 days were measured before, in 25 and 26 Nov 2026." in words(app)


def test_days_that_were_measured_in_part_say_so(logged, visit):
    app = visit("performance", from_="2026-11-27", to="2026-12-01")

    assert "Only 2 of 4 days measured: not compared" in words(app)


def test_uploads_stand_beside_downloads_as_users_had_them(logged, visit):
    """14 MB in 10 s and 1 MB in 1 s; what is not whole, and what was whole on another day, is no speed."""
    for size, seconds, day in ((14_000_000, 10, 28), (1_000_000, 1, 28), (9_000_000, 1, 26)):
        uploaded(logged, size, seconds, datetime(2026, 11, day, 9, tzinfo=UTC))

    (row,) = [row for row in rows(visit("performance", **THE_DAY)) if row[0] == "Upload"]

    assert row[1:] == ["9.6 Mbit/s", "11.2 Mbit/s", "", "2 uploads"]
    assert not [row for row in rows(visit("performance", **THE_DAY, edge="FRA")) if row[0] == "Upload"]


def test_without_uploads_nothing_is_said_of_them(logged, visit):
    assert not [row for row in rows(visit("performance", **THE_DAY)) if row[0] == "Upload"]


def test_figures_from_the_logs_say_how_far_the_bill_agrees(logged, visit):
    assert "CloudFront bytes by logs: not compared" in words(visit("performance", **THE_DAY))


def test_edges_of_a_video_are_told_apart_by_themselves_and_otherwise_the_page_says_so(logged, visit):
    reason = "Edges of one video or rung are told apart where it is broken down by edge"

    assert reason not in words(visit("performance", **THE_DAY, video="v1", by="edge"))
    assert reason in words(visit("performance", **THE_DAY, video="v1", by="country"))


@pytest.mark.parametrize(
    ("section", "what"), [("delivery", "requests"), ("experience", "sessions"), ("viewing", "views")]
)
def test_days_of_which_nothing_is_known_lead_to_those_that_are(logged, watched, visit, section, what):
    app = visit("performance", from_="2026-01-01", to="2026-01-02", section=section)
    assert f"No {what} in 1 January 2026" in words(app)

    app.button(key="newest").click().run()

    assert (app.query_params["from"], app.query_params["to"]) == ("2026-11-15", "2026-11-29")
    assert f"No {what}" not in words(app)


@pytest.mark.parametrize("section", ["delivery", "experience", "viewing"])
def test_a_filter_that_lets_nothing_through_says_so(logged, watched, visit, section):
    app = visit("performance", **THE_DAY, section=section, video="nobody's")

    assert "None that the filters let through." in words(app)
