"""Figures: each is read as the pages show it, from real bills, logs, sessions and migrations."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.alerts.figure import Handles, Reading, Scope
from core.alerts.figures.registry import FIGURES, figures
from core.costs.dimensions import Dimension, Filter
from core.settings import Settings, load_settings
from core.storage.breaker import Condition, failed, succeeded
from core.warehouse import Warehouse
from tests.billing.builders import deliver_cur2
from tests.billing.conftest import bucket, store
from tests.billing.store import Store
from tests.costs.test_breakdown import on
from tests.migration.conftest import place
from tests.migration.place import Place
from tests.performance.sessions import Sessions
from tests.support.databases import fresh_database
from tests.telemetry.logged import Logged, line

__all__ = ["bucket", "place", "store"]
MORNING = datetime(2026, 10, 12, 6, tzinfo=UTC)
NOON = datetime(2026, 11, 28, 16, 0, tzinfo=UTC)
DAY = Scope(timedelta(days=1))


def handles(settings: Settings, warehouse: Warehouse, database=None, conditions: Sequence[Condition] = ()) -> Handles:
    home = settings.phyght_home
    database = database or fresh_database(home / "phyght.db")
    return Handles(database, lambda: warehouse, lambda: conditions, settings, home)


def read(found: Handles, name: str, now: datetime, scope: Scope = DAY) -> list[Reading]:
    return list(figures(found)[name].read(now, scope))


def told(readings: Sequence[Reading]) -> list[tuple[str, Decimal | None]]:
    return [(each.subject, each.value) for each in readings]


@pytest.fixture
def bills(store: Store, bucket: Path) -> Store:
    """From the first to the tenth of October ten dollars a day, of which six are S3's; on the eleventh 40."""
    rows = [on(day, "6", line_item_product_code="AmazonS3") for day in range(1, 12)]
    rows += [on(day, "4" if day < 11 else "34", line_item_product_code="AmazonCloudFront") for day in range(1, 12)]
    rows += [on(12, "0", until="10:00")]
    deliver_cur2(bucket, rows, "2026-10", execution="o", delivered_at=datetime(2026, 10, 12, 12, tzinfo=UTC))
    store.ingest(bucket)
    return store


def test_every_figure_is_named_once_and_says_what_to_do():
    assert [name for name, about in FIGURES.items() if name != about.name] == []
    assert [about.name for about in FIGURES.values() if not about.advice.endswith(".")] == []


def test_the_cost_of_a_day_and_of_the_month_so_far(bills: Store, settings: Settings):
    found = handles(settings, bills.warehouse)

    (day,) = read(found, "cost_of_day", MORNING)
    (month,) = read(found, "cost_of_month", MORNING)

    assert (day.value, day.currency, day.detail) == (Decimal("40"), "USD", "On 11 Oct 2026, as billed.")
    assert day.link == "/costs?from=2026-10-11&to=2026-10-12&by=service&currency=USD"
    assert month.value == Decimal("140")
    assert month.detail == "From 1 Oct 2026 to 11 Oct 2026, as billed."


def test_the_cost_of_a_day_by_service_and_of_one_service(bills: Store, settings: Settings):
    found = handles(settings, bills.warehouse)
    by, only = replace(DAY, by="service"), replace(DAY, filters=(Filter(Dimension.SERVICE, "Amazon CloudFront"),))

    services = dict(told(read(found, "cost_of_day", MORNING, by)))
    (cdn,) = [value for name, value in services.items() if "CloudFront" in name]
    name = next(name for name in services if "CloudFront" in name)
    only = replace(DAY, filters=(Filter(Dimension.SERVICE, name),))

    assert cdn == Decimal("34")
    assert told(read(found, "cost_of_day", MORNING, only)) == [("", Decimal("34"))]
    assert sum(value or 0 for value in services.values()) == Decimal("40")


def test_without_bills_the_figures_of_money_say_so(store: Store, settings: Settings):
    found = handles(settings, store.warehouse)

    for name in ("cost_of_day", "cost_of_month", "data_disagreeing"):
        assert [(each.value, each.detail) for each in read(found, name, MORNING)] == [(None, "There are no bills yet.")]
    assert read(found, "bill_age", MORNING) == []


def test_a_bill_grows_old(bills: Store, settings: Settings):
    found = handles(settings, bills.warehouse)

    (reading,) = read(found, "bill_age", datetime(2026, 10, 14, 10, tzinfo=UTC))

    assert (reading.subject, reading.value) == ("AWS", Decimal("48"))
    assert reading.detail == "Its bill ends on 12 Oct 2026, 10:00 UTC."


def test_a_delivery_that_is_refused_and_a_source_that_cannot_be_read(store: Store, bucket: Path, settings: Settings):
    deliver_cur2(bucket, [on(1, "1")], "2026-10", execution="o")
    manifest = next(bucket.rglob("*Manifest.json"))
    manifest.write_text(manifest.read_text().replace(".parquet", ".absent").replace(".csv", ".absent"))
    store.ingest(bucket)
    found = handles(settings, store.warehouse, store.database)

    (refused,) = read(found, "ingestion_refused", MORNING)
    assert (refused.subject, refused.value) == (str(bucket), Decimal(1))
    assert refused.detail
    assert read(found, "ingestion_failed", MORNING) == []

    with pytest.raises(Exception, match="folder"):
        store.ingest(bucket / "nowhere")
    (unread,) = read(found, "ingestion_failed", MORNING)
    assert unread.subject == str(bucket / "nowhere")


def test_a_service_that_costs_more_than_a_month_before(bills: Store, bucket: Path, settings: Settings):
    rows = [on(day, "6", 9, line_item_product_code="AmazonS3") for day in range(1, 31)]
    rows += [on(day, "4", 9, line_item_product_code="AmazonCloudFront") for day in range(1, 31)]
    deliver_cur2(bucket, rows, "2026-09", execution="s", delivered_at=datetime(2026, 10, 3, tzinfo=UTC))
    bills.ingest(bucket)

    (reading,) = read(handles(settings, bills.warehouse, bills.database), "service_rise", MORNING)

    assert (reading.value, reading.currency) == (Decimal("30"), "USD")  # 74 against 44
    assert reading.link.startswith("/costs?from=2026-10-01&to=2026-10-12&by=usage_family&filter=service%3D")


def test_a_month_that_was_changed(bills: Store, bucket: Path, settings: Settings):
    for execution, cost in (("a", "10"), ("b", "10.5")):
        moment = datetime(2026, 10, 3 if execution == "a" else 11, tzinfo=UTC)
        deliver_cur2(bucket, [on(1, cost, 9)], "2026-09", execution=execution, delivered_at=moment)
        bills.ingest(bucket)

    (reading,) = read(handles(settings, bills.warehouse, bills.database), "bill_restated", MORNING)

    assert (reading.value, reading.detail) == (Decimal("0.05"), "From 10.00 to 10.50 USD.")
    assert reading.subject.endswith(" 2026-09")


def test_bills_that_agree_are_vouched_for_and_have_no_project_to_measure(bills: Store, settings: Settings):
    found = handles(settings, bills.warehouse, bills.database)

    for name in ("bills_apart", "bill_unverified", "egress_unknown", "bill_restated"):
        assert read(found, name, MORNING) == []


def test_egress_that_nobody_has_typed(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SUPABASE_URL", "https://abcdefgh.supabase.co")
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", "key")
    found = handles(load_settings(), store.warehouse, store.database)

    (reading,) = read(found, "egress_unknown", MORNING)

    assert (reading.subject, reading.detail) == ("Supabase", "None is known.")
    assert read(replace(found, demo=True), "egress_unknown", MORNING) == []


@pytest.fixture
def logs(tmp_path: Path, settings: Settings) -> Handles:
    """At 14 o'clock ten requests, of which one is a miss and one an error; at 15 o'clock two that are slow."""
    logged = Logged(tmp_path / "logs", settings.phyght_home, settings)
    logged.deliver(
        *(line(time_to_first_byte="0.010") for _ in range(8)),
        line(x_edge_response_result_type="Miss"),
        line(x_edge_response_result_type="Error", sc_status="503", sc_bytes="0"),
        *(line(time="15:00:00", time_to_first_byte="2.000", x_edge_location="IAD89-C1") for _ in range(2)),
    )
    logged.ingest()
    return handles(settings, logged.warehouse, logged.database)


def test_what_the_cdn_delivered_in_a_window(logs: Handles):
    hour, day = Scope(timedelta(hours=1)), Scope(timedelta(days=1))

    assert told(read(logs, "hit_ratio", NOON, day)) == [("", Decimal("0.909091"))]  # 10 of 11
    assert told(read(logs, "hit_ratio", NOON, hour)) == [("", Decimal("1.0"))]
    assert told(read(logs, "error_rate", NOON, day)) == [("", Decimal("0.083333"))]  # 1 of 12
    assert told(read(logs, "client_error_rate", NOON, day)) == [("", Decimal("0.0"))]
    (first_byte,) = read(logs, "first_byte_p95", NOON, hour)
    assert first_byte.value
    assert 1800 < first_byte.value < 2200
    assert first_byte.detail == "Of 2 requests from 28 Nov 2026, 15:00 UTC to 28 Nov 2026, 16:00 UTC."


def test_what_the_cdn_delivered_by_one_edge(logs: Handles):
    only = Scope(timedelta(days=1), (Filter("edge", "FRA"),))

    (reading,) = read(logs, "error_rate", NOON, only)

    assert reading.value == Decimal("0.1")
    assert reading.link == "/performance?from=2026-11-27&to=2026-11-29&section=delivery&edge=FRA"


def test_logs_that_ended_long_ago_say_nothing_of_now(logs: Handles):
    (reading,) = read(logs, "error_rate", NOON + timedelta(days=4))

    assert (reading.value, reading.detail) == (None, "The CDN's logs end at 28 Nov 2026, 16:00 UTC.")


def test_how_watching_went(tmp_path: Path, settings: Settings):
    sessions = Sessions(settings.phyght_home)
    settings.phyght_home.mkdir()
    for number in range(20):
        sessions.add(datetime(2026, 11, 28, 14), startup_ms=100 * (number + 1), watched_ms=99_000)
    sessions.rows[0] |= {"stalls": 1, "stalled_ms": 20_000}
    found = handles(settings, sessions.warehouse())

    assert told(read(found, "startup_p95", NOON)) == [("", Decimal("1900.0"))]
    assert told(read(found, "rebuffering", NOON)) == [("", Decimal("0.01"))]  # 20 s of 2,000
    assert told(read(found, "startup_p95", NOON, replace(DAY, by="country"))) == [("DE", Decimal("1900.0"))]
    assert read(found, "startup_p95", NOON + timedelta(days=9))[0].value is None


def test_how_watching_went_is_shown_with_its_filters(settings: Settings):
    sessions = Sessions(settings.phyght_home)
    settings.phyght_home.mkdir()
    for _ in range(20):
        sessions.add(datetime(2026, 11, 28, 14))
    found = handles(settings, sessions.warehouse())

    asked = (DAY, replace(DAY, by="country"), replace(DAY, by="device", filters=(Filter("video", "a"),)))
    days = "/performance?from=2026-11-28&to=2026-11-29&section=experience"
    assert [read(found, "rebuffering", NOON, scope)[0].link for scope in asked] == [
        days, f"{days}&by=country&country=DE", f"{days}&video=a&by=device&device=phone",
    ]  # fmt: skip


def test_a_provider_that_fails(store: Store, settings: Settings):
    well = succeeded(Condition("supabase"), MORNING)
    down = succeeded(Condition("s3"), MORNING - timedelta(hours=2))
    for _ in range(3):
        down = failed(down, MORNING, "S3 is silent.", "Check the network.")

    (reading,) = read(handles(settings, store.warehouse, store.database, [well, down]), "provider_down", MORNING)

    assert (reading.subject, reading.value) == ("s3", Decimal("2.0"))
    assert reading.detail == "S3 is silent. Check the network."
    assert reading.link == "/settings?section=Connections"


def test_a_migration_that_does_not_get_on(place: Place, settings: Settings):
    place.video("rivera", b"x" * 2_000)
    place.video("cruz", b"y" * 2_000)
    place.plan("rivera", "cruz", name="the move")
    found = Handles(place.database, lambda: pytest.fail("it asks no warehouse"), lambda: (), settings, place.home)
    assert read(found, "migration_stuck", place.now) == []
    place.start("the move")
    place.pass_time(hours=3)

    (stuck,) = read(found, "migration_stuck", place.now)
    assert (stuck.subject, stuck.value, stuck.since) == ("the move", Decimal("3"), place.now - timedelta(hours=3))
    assert stuck.link == "/migration?migration=the+move"

    place.work_once()
    assert all(each.value == 0 for each in read(found, "migration_stuck", place.now))
    place.work()
    assert read(found, "migration_stuck", place.now) == []


def test_videos_that_could_not_be_moved(place: Place, settings: Settings):
    place.video("rivera", b"x" * 2_000)
    place.plan("rivera")
    place.start()
    with place.database.transaction() as connection:
        connection.execute("update migration_videos set state = 'failed', problem = 'The source is gone.'")
    found = Handles(place.database, lambda: pytest.fail("it asks no warehouse"), lambda: (), settings, place.home)

    (reading,) = read(found, "migration_failed_videos", place.now)

    assert (reading.subject, reading.value) == ("move", Decimal(1))
    assert reading.detail == "The first reason: The source is gone."
    assert reading.link == "/migration?migration=move&state=failed"
