"""What was measured tells the demo's story: it agrees with the bill, and shows what went wrong and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import pytest

from core.costs.attribution import attribute
from core.costs.period import Period, midnight
from core.costs.pools import Pool
from core.demo.access_logs import LOGGED_DAYS
from core.demo.buckets import LOGS, STAGING
from core.demo.catalogue import Catalogue
from core.demo.demand import Demand
from core.demo.identity import stable_uuid
from core.demo.measurements import write_measurements
from core.demo.s3_requests import PART_BYTES, PARTNER_BYTES
from core.demo.s3_storage import kept_bytes
from core.demo.story import Story, days_between
from core.demo.traffic import AUDIENCES, HourTraffic, Traffic, hours_of
from core.demo.viewers import BAD_COUNTRY, BAD_EDGE
from core.installation import demo_home
from core.performance.delivery import By, Delivery, Line, delivery
from core.performance.experience import ExperienceBy, experience
from core.performance.viewing import audience, completion, nights
from core.performance.worst import worst_edges
from core.settings import load_settings
from core.sqlite_database import SqliteDatabase
from core.warehouse import Warehouse
from dashboard.performance_view import first_period
from tests.demo.conftest import SEED, TODAY

pytestmark = pytest.mark.xdist_group("demo measurements")


@dataclass(frozen=True)
class Seeded:
    """The demo as it was ingested, and what it was made to say."""

    warehouse: Warehouse
    traffic: Traffic

    @property
    def story(self) -> Story:
        return self.traffic.story

    @property
    def recent(self) -> Period:
        """Without the days of the mishap, where those are not long over."""
        return Period(self.story.today - timedelta(28), self.story.today)

    @property
    def bad_weekend(self) -> Period:
        """The newest Saturday and Sunday that are over."""
        sunday = max(day for day in self.story.measured if day.weekday() == 6)
        return Period(sunday - timedelta(1), sunday + timedelta(1))

    @property
    def broken(self) -> Period:
        """Days that the cache headers were wrong from the first second to the last, and that are measured."""
        deployed, _ = self.story.mishap
        return Period(deployed.date() + timedelta(1), deployed.date() + timedelta(3))

    def billed(self, day: date) -> list[HourTraffic]:
        return [self.traffic.hour(hour, each) for hour in hours_of(day) for each in AUDIENCES]

    def ask(self, sql: str) -> list[tuple]:
        return self.warehouse.query(sql)


@pytest.fixture(scope="module")
def seeded(seeded_home: Path) -> Seeded:
    home = demo_home(load_settings(Path("/nonexistent")).model_copy(update={"phyght_home": seeded_home}))
    story = Story(date.fromisoformat((home / "seeded").read_text()), SEED)
    warehouse = Warehouse(home / "warehouse", SqliteDatabase(home / "phyght.db"))
    return Seeded(warehouse, Traffic(story, Catalogue(story)))


def line(found: Delivery, label: str) -> Line:
    return next(each for each in found.lines if each.label == label)


def test_each_day_has_the_requests_and_bytes_of_the_bill(seeded: Seeded):
    found = {
        day: (requests, size)
        for day, requests, size in seeded.ask(
            "SELECT hour::DATE, sum(requests)::BIGINT, sum(bytes)::BIGINT FROM request_places GROUP BY 1"
        )
    }

    assert sorted(found) == sorted((*seeded.story.pilot, *seeded.story.measured))
    for day, (requests, size) in found.items():
        assert requests == pytest.approx(sum(each.requests for each in seeded.billed(day)), rel=0.01), day
        assert size == pytest.approx(sum(each.sent_bytes for each in seeded.billed(day)), rel=0.01), day


def test_each_audience_takes_what_its_price_region_is_billed_for(seeded: Seeded):
    days = days_between(seeded.recent.start, seeded.recent.end)
    found = dict(
        seeded.ask(
            "SELECT price_region, sum(bytes)::BIGINT FROM request_places "
            f"WHERE hour >= DATE '{days[0]}' AND hour < DATE '{seeded.recent.end}' GROUP BY 1"
        )
    )

    billed = {
        each.prefix: sum(seeded.traffic.hour(hour, each).sent_bytes for day in days for hour in hours_of(day))
        for each in AUDIENCES
    }
    assert found == pytest.approx(billed, rel=0.01)


def test_in_the_pilot_every_request_was_logged(seeded: Seeded):
    for day in seeded.story.pilot:
        (counted,) = seeded.ask(
            f"SELECT sum(requests)::BIGINT, sum(lines)::BIGINT FROM request_places WHERE hour::DATE = DATE '{day}'"
        )
        billed = sum(each.requests for each in seeded.billed(day))
        assert counted == (billed, billed)


def test_the_hit_ratio_is_that_of_the_story(seeded: Seeded):
    before = Period(seeded.broken.start - timedelta(8), seeded.broken.start - timedelta(1))

    usual, mishap = (delivery(seeded.warehouse, period, By.RESULT).total for period in (before, seeded.broken))

    assert (usual.hit_ratio, usual.byte_hit_ratio) == pytest.approx((0.94, 0.94), abs=0.01)
    assert (mishap.hit_ratio, mishap.byte_hit_ratio) == pytest.approx((0.41, 0.41), abs=0.01)


def test_the_bad_edge_is_the_worst_while_it_is_bad(seeded: Seeded):
    found = delivery(seeded.warehouse, seeded.bad_weekend, By.EDGE)

    bad, *others = sorted(found.lines, key=lambda each: each.ttfb_ms.p50 if each.ttfb_ms else 0, reverse=True)
    assert bad.label == BAD_EDGE
    assert bad.ttfb_ms.p50 > 1000 > 20 * others[0].ttfb_ms.p50
    assert bad.rate_5xx == pytest.approx(0.16, abs=0.04)
    assert all((each.errors_5xx or 0) < (bad.errors_5xx or 0) / 5 for each in others)


def test_the_bad_edge_stands_out_on_a_first_visit(seeded: Seeded):
    shown = first_period(seeded.story.today, seeded.story.now)
    bad, *others = worst_edges(delivery(seeded.warehouse, shown, By.EDGE).lines)

    assert bad.line.label == BAD_EDGE
    assert bad.failed
    assert bad.failed.times
    assert bad.slow
    assert bad.slow.times
    assert bad.failed.times > 4
    assert bad.slow.times > 4
    assert sum(each.suffering for each in others) < bad.suffering / 2


def test_before_that_it_was_as_good_as_any(seeded: Seeded):
    before = Period(seeded.story.measured[0], seeded.story.measured[0] + timedelta(2))  # around the mishap

    usual = line(delivery(seeded.warehouse, before, By.EDGE), BAD_EDGE)

    assert usual.ttfb_ms.p50 < 50
    assert (usual.rate_5xx or 0) < 0.01


def test_viewers_of_the_bad_edge_wait(seeded: Seeded):
    found = experience(seeded.warehouse, seeded.bad_weekend, ExperienceBy.COUNTRY)
    there = next(each for each in found.lines if each.label == BAD_COUNTRY)
    at_home = next(each for each in found.lines if each.label == "US")

    assert there.startup_p95_ms
    assert at_home.startup_p50_ms
    assert there.startup_p95_ms > 2000 > 1000 > at_home.startup_p50_ms
    assert there.rebuffering
    assert at_home.rebuffering
    assert there.rebuffering > 20 * at_home.rebuffering
    assert there.rebuffering == max(each.rebuffering or 0 for each in found.lines if each.sessions > 100)


def test_originals_are_cold(seeded: Seeded):
    originals = line(delivery(seeded.warehouse, seeded.recent, By.RUNG), "original")

    assert originals.hit_ratio == 0
    assert originals.requests < delivery(seeded.warehouse, seeded.recent, By.RUNG).total.requests / 500


def test_edges_ask_again_and_again_about_one_playlist_alone(seeded: Seeded):
    rows = seeded.ask(
        "SELECT video, rung, sum(requests) FROM request_titles WHERE result = 'refreshhit' "
        f"AND day >= DATE '{seeded.recent.start}' GROUP BY ALL"
    )

    [(video, rung, requests)] = rows
    assert (video, rung) == (Demand(seeded.traffic).uncached, "playlist")
    [(every,)] = seeded.ask(f"SELECT sum(requests) FROM request_titles WHERE day >= DATE '{seeded.recent.start}'")
    assert requests / every == pytest.approx(0.005, abs=0.0005)


def test_what_is_not_there_is_the_top_error(seeded: Seeded):
    def top(which: str) -> str:
        return seeded.ask(
            f"SELECT path FROM request_paths WHERE {which} AND path <> '' AND day >= DATE '{seeded.recent.start}' "
            "GROUP BY path ORDER BY sum(requests) DESC LIMIT 1"
        )[0][0]

    assert top("status = 404") in ("/favicon.ico", top("status = 404 AND contains(path, 'videos')"))


def test_scripts_and_health_checks_are_told_apart(seeded: Seeded):
    found = delivery(seeded.warehouse, seeded.recent, By.DEVICE)

    assert found.bots / (found.total.requests + found.bots) == pytest.approx(0.007, abs=0.001)
    assert {each.label for each in found.lines} == {"phone", "desktop", "tv", "tablet", "player"}


def test_a_few_videos_are_watched_most_and_many_hardly_at_all(seeded: Seeded):
    found = delivery(seeded.warehouse, seeded.recent, By.VIDEO, most=3000)
    counts = [each.requests for each in found.lines if each.label]

    assert len(counts) > 1000
    assert sum(counts[:20]) > sum(counts) / 5
    assert sum(counts[len(counts) // 2 :]) < sum(counts) / 5


def test_a_numbered_event_is_a_night_of_its_own(seeded: Seeded):
    numbered = {each.date for each in seeded.traffic.events if each.name.startswith("Phyght ")}
    measured = numbered & {*days_between(seeded.recent.start, seeded.recent.end)}

    found = {night.day for night in nights(seeded.warehouse, seeded.recent)}

    assert measured <= found


def test_nearly_half_of_the_views_reach_the_end(seeded: Seeded):
    reached = {each.percent: each.share for each in completion(seeded.warehouse, seeded.recent)}

    assert reached[100] == pytest.approx(0.45, abs=0.05)
    assert audience(seeded.warehouse, seeded.recent).views > 50_000


def test_what_lies_in_the_buckets_is_what_is_billed(seeded: Seeded):
    (day,) = seeded.ask("SELECT max(day) FROM inventory WHERE provider = 'AWS'")[0]
    found = dict(
        seeded.ask(
            f"SELECT bucket, sum(bytes)::BIGINT FROM inventory WHERE day = DATE '{day}' AND provider = 'AWS' GROUP BY 1"
        )
    )
    archived = seeded.ask(
        f"SELECT sum(bytes)::BIGINT FROM inventory WHERE day = DATE '{day}' AND storage_class = 'GLACIER_IR'"
    )

    billed: dict[str, int] = {}
    for place, size in kept_bytes(seeded.traffic.catalogue, day).items():
        if place.bucket not in (LOGS.name, STAGING.name):
            billed[place.bucket] = billed.get(place.bucket, 0) + size
    stored = seeded.traffic.catalogue.stored[day].items()
    assert found == billed
    assert archived == [(sum(size for place, size in stored if place.tier == "GIR"),)]


def test_objects_that_are_watched_are_those_that_are_listed(seeded: Seeded):
    billed_by_then = seeded.story.today - timedelta(3)
    ((day,),) = seeded.ask(f"SELECT max(day) FROM inventory WHERE provider = 'AWS' AND day < DATE '{billed_by_then}'")
    listed = seeded.ask(f"""
        SELECT bucket, sum(objects) FROM inventory WHERE day = DATE '{day}' AND storage_class = 'INTELLIGENT_TIERING'
            AND rung <> 'playlist' GROUP BY ALL""")
    billed = seeded.ask(f"""
        SELECT resource_id, round(sum(consumed_quantity) * day(last_day(DATE '{day}'))) FROM resource_charges
        WHERE charge_period_start = DATE '{day}' AND usage_type LIKE '%Monitoring-Automation-INT' GROUP BY ALL""")

    assert {bucket: int(count) for bucket, count in listed} == {name: int(count) for name, count in billed}


def test_what_supabase_costs_is_that_of_the_videos_which_lie_there(seeded: Seeded):
    found = attribute(seeded.warehouse, seeded.recent)
    supabase = Pool.SUPABASE_STORAGE
    shared = sum((title.pool(supabase) for title in found.titles), Decimal(0))
    there = {title.title for title in found.titles if title.pool(supabase)}

    assert shared > 0
    assert [each for each in found.unallocated if each.pool is supabase and each.cost > shared / 1000] == []
    assert {*there} <= {
        stable_uuid("video", video.number)
        for video in seeded.traffic.catalogue.videos
        if video.on_s3_from > seeded.recent.start - timedelta(7) and video.on_s3_from > video.published
    }


def test_partners_fetch_originals_past_the_cdn_as_the_bill_has_it(seeded: Seeded):
    days = seeded.ask(
        "SELECT hour::DATE, sum(bytes)::BIGINT, sum(requests)::BIGINT, bool_or(via_cdn), count(DISTINCT video) > 1 "
        "FROM origin_requests WHERE bucket = 'phyght-originals' AND operation = 'REST.GET.OBJECT' GROUP BY 1 ORDER BY 1"
    )

    assert [day[0] for day in days] == [*seeded.story.measured[-LOGGED_DAYS:]]
    for _, size, requests, via_cdn, several in days:
        assert size == pytest.approx(PARTNER_BYTES, rel=0.001)
        assert requests == PARTNER_BYTES // PART_BYTES // 12 * 12
        assert (via_cdn, several) == (False, True)


def test_cloudwatch_counts_what_is_billed(seeded: Seeded):
    day = seeded.story.today - timedelta(1)

    def total(metric: str, stat: str) -> float:
        return seeded.ask(
            f"SELECT sum(value) FROM metrics WHERE metric = '{metric}' AND stat = '{stat}' "
            f"AND period_start::DATE = DATE '{day}'"
        )[0][0]

    assert total("Requests", "Sum") == sum(each.requests for each in seeded.billed(day))
    assert total("BytesDownloaded", "Sum") == sum(each.sent_bytes for each in seeded.billed(day))
    (days,) = seeded.ask("SELECT count(DISTINCT period_start::DATE) FROM metrics WHERE metric = 'BucketSizeBytes'")[0]
    assert days == 90


@dataclass(frozen=True)
class Brief(Story):
    """Of which two days are measured."""

    @cached_property
    def measured(self) -> tuple[date, ...]:
        return self.today - timedelta(2), self.today - timedelta(1)


def logs(folder: Path) -> Iterator[Path]:
    return (folder / "current/measured/realtime-logs").glob("*.gz")


def write(folder: Path, before: Path, today: date) -> dict[str, bytes]:
    story = Brief(today, SEED)
    write_measurements(folder, before, Traffic(story, Catalogue(story)))
    return {file.name: file.read_bytes() for file in logs(folder)}


def test_days_that_are_over_stay_as_they_are_until_the_month_ends(tmp_path: Path):
    first = write(tmp_path / "first", tmp_path / "none", TODAY)
    for file in logs(tmp_path / "first"):
        file.write_bytes(b"as it was")

    again = write(tmp_path / "again", tmp_path / "first", TODAY + timedelta(1))
    anew = write(tmp_path / "anew", tmp_path / "none", TODAY + timedelta(1))

    yesterday, today = sorted(again)
    assert again[yesterday] == b"as it was"
    assert anew[yesterday] == first[yesterday]
    assert again[today] == anew[today]


def test_another_month_begins_another_story(tmp_path: Path):
    write(tmp_path / "first", tmp_path / "none", date(2026, 11, 30))
    for file in logs(tmp_path / "first"):
        file.write_bytes(b"as it was")

    assert b"as it was" not in write(tmp_path / "next", tmp_path / "first", date(2026, 12, 1)).values()


def test_the_bad_edge_is_measured_from_the_first_day_of_a_month_to_the_last():
    for today in (date(2026, 12, 1), date(2026, 12, 31)):
        story = Story(today, SEED)
        assert sum(map(story.is_edge_bad, days_between(today - timedelta(14), today))) == 4


def test_nobody_watches_over_midnight(sources):
    for file in (sources.current / "measured/players").glob("*.jsonl"):
        day = file.stem.removeprefix("cmcd-")
        assert all(each.startswith(f'{{"received_at":"{day}T') for each in file.read_text().splitlines())
        assert datetime.fromtimestamp(file.stat().st_mtime).astimezone() == midnight(
            date.fromisoformat(day) + timedelta(1)
        )
