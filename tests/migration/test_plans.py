"""Plans are made from what really lies at the source, kept under a name, compared, exported and forgotten."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.billing.prices import load_prices
from core.catalog.catalog import Catalog, serve_from
from core.catalog.video import Kind
from core.database import Database
from core.errors import (
    MigrationNotFound,
    MigrationRefused,
    PermissionDenied,
    StorageDenied,
    StorageError,
    StorageUnreachable,
    VideoNotFound,
)
from core.ingestion import ingest
from core.migration.options import Filters, Options, Order
from core.migration.places import place_of
from core.migration.plans import Plans
from core.migration.saved import as_rows, columns, document
from core.migration.throughput import measured_or_assumed
from core.postgres_database import PostgresDatabase
from core.settings import Settings, load_settings
from core.storage.local import LocalProvider
from core.storage.provider import Attributes
from core.storage.providers import Providers, secret_key
from core.storage.supabase import SupabaseProvider
from core.telemetry.cmcd import parse
from core.telemetry.spool import Mode, Spool
from core.units import GB, instant_text
from tests.catalog.videos import original, put, video
from tests.migration.conftest import NOW, OLGA, VIC, opened
from tests.support.supabase_stand_in import SupabaseStandIn

OPTIONS = Options("supabase", "local")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def local(home: Path) -> LocalProvider:
    return LocalProvider(home / "storage", secret_key(home), lambda: NOW)


def plans_of(database: Database, settings: Settings, *providers: SupabaseProvider | LocalProvider) -> Plans:
    return Plans(database, Providers(providers), load_prices(), settings, settings.phyght_home)


@pytest.fixture
def plans(database: Database, settings: Settings, supabase: SupabaseProvider, local: LocalProvider) -> Plans:
    return plans_of(database, settings, supabase, local)


@pytest.fixture
def fights(project: SupabaseStandIn) -> SupabaseStandIn:
    for number in range(1, 5):
        project.bucket("fights").put(f"2024/fight-{number}.mp4", number * GB)
    project.bucket("fights").put("2024/fight-1.jpg", 20_000)
    return project


def test_a_plan_is_made_of_what_lies_at_the_source_and_kept(fights: SupabaseStandIn, plans: Plans):
    made = plans.make(OLGA, replace(OPTIONS, order=Order.LARGEST), NOW, "08:00,10M 18:00,off")

    assert (made.name, made.state, made.timetable) == ("supabase-to-local-2026-11-29", "planned", "08:00,10M 18:00,off")
    assert (made.estimate.videos, made.estimate.objects, made.estimate.size_bytes) == (4, 5, 10 * GB + 20_000)
    assert made.estimate.monthly_before_usd == Decimal("0.21000042")
    assert plans.get(VIC, made.name) == made
    assert plans.all(VIC) == (made,)
    videos = plans.videos(VIC, made)
    assert [(each.title, each.objects, each.size_bytes) for each in videos] == [
        ("Fight 4", 1, 4 * GB), ("Fight 3", 1, 3 * GB), ("Fight 2", 1, 2 * GB), ("Fight 1", 2, GB + 20_000),
    ]  # fmt: skip
    assert videos[0].monthly_before_usd == Decimal("0.084")


def test_what_cannot_move_is_kept_with_its_reason_and_comes_last(
    fights: SupabaseStandIn, plans: Plans, database: Database
):
    put(database, video("eu", residency="EU"), [("supabase", [original("eu", etag="e")])])
    fights.bucket("fights").put("videos/eu/original.mp4", 1_000)
    put(database, video("gone"), [("supabase", [original("gone")])])

    made = plans.make(OLGA, OPTIONS, NOW)

    assert [(each.video_id, each.blocked) for each in plans.videos(OLGA, made) if each.blocked] == [
        ("eu", "It must stay in EU, which local does not promise."),
        ("gone", "It is broken: 'videos/gone/original.mp4' is not there any more at supabase."),
    ]
    assert (made.estimate.videos, made.estimate.blocked) == (4, 2)
    with database.reading() as connection:
        rows = connection.execute("select state, position from migration_videos order by position").fetchall()
    states = ["waiting", "waiting", "waiting", "waiting", "blocked", "blocked"]
    assert [tuple(row) for row in rows] == list(zip(states, range(1, 7), strict=True))


def test_a_plan_is_on_record(fights: SupabaseStandIn, plans: Plans, database: Database):
    made = plans.make(OLGA, OPTIONS, NOW, name="the first four")

    entry = AuditLog(database).latest(User("root", Role.ADMIN, Via.SHELL))[0]
    assert (entry.actor, entry.action, entry.subject, entry.detail) == (
        "olga", "plan a migration", "the first four", "from supabase to local: 4 videos, 9.3 GiB",
    )  # fmt: skip
    with database.reading() as connection:
        (event,) = connection.execute("select migration_id, video_id, kind, detail, actor from migration_events")
    assert tuple(event) == (made.id, None, "planned", entry.detail, "olga")


def test_names_are_made_where_none_is_given_and_none_is_given_twice(fights: SupabaseStandIn, plans: Plans):
    names = [plans.make(OLGA, OPTIONS, NOW).name for _ in range(3)]

    assert names == [f"supabase-to-local-2026-11-29{suffix}" for suffix in ("", "-2", "-3")]
    plans.delete(OLGA, names[1], NOW)
    assert plans.make(OLGA, OPTIONS, NOW).name == names[1]
    with pytest.raises(MigrationRefused, match="already"):
        plans.make(OLGA, OPTIONS, NOW, name=names[0])


@pytest.mark.parametrize("name", ["x" * 81, "a\nb", "-x"])
def test_a_name_that_cannot_be_shown_or_typed_is_refused(plans: Plans, name: str):
    with pytest.raises(MigrationRefused):
        plans.make(OLGA, OPTIONS, NOW, name=name)


@pytest.mark.parametrize(
    "options",
    [
        Options("supabase", "supabase"),
        replace(OPTIONS, filters=Filters(min_age_days=3, max_age_days=2)),
        replace(OPTIONS, filters=Filters(min_size_bytes=-1)),
        replace(OPTIONS, filters=Filters(prefix="x" * 1_001)),
        replace(OPTIONS, target_prefix="../"),
        replace(OPTIONS, target_prefix="a//"),
        replace(OPTIONS, filters=Filters(max_views=5)),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused(plans: Plans, options: Options):
    with pytest.raises(MigrationRefused):
        plans.make(OLGA, options, NOW)


def test_a_provider_that_is_not_configured_is_told(plans: Plans):
    with pytest.raises(StorageUnreachable, match="'s3-eu' is not configured"):
        plans.make(OLGA, replace(OPTIONS, target="s3-eu"), NOW)


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_a_limited_key_is_an_error_and_never_a_plan_of_nothing(
    fights: SupabaseStandIn, database: Database, settings: Settings, local: LocalProvider, role: str
):
    plans = plans_of(database, settings, opened(fights, fights.key(role)), local)

    with pytest.raises(StorageDenied):
        plans.make(OLGA, OPTIONS, NOW)

    assert plans.all(OLGA) == ()


def test_a_missing_bucket_is_an_error(
    fights: SupabaseStandIn, database: Database, settings: Settings, local: LocalProvider
):
    plans = plans_of(database, settings, opened(fights, bucket="films"), local)

    with pytest.raises(StorageError):
        plans.make(OLGA, OPTIONS, NOW)


def test_what_takes_no_parts_is_refused_as_a_target_before_anything_is_looked_at(
    fights: SupabaseStandIn, plans: Plans, local: LocalProvider, catalog: Catalog
):
    stored = local.write("small.mp4", [b"x"], Attributes("video/mp4"))

    with pytest.raises(MigrationRefused, match="supabase takes no parts of large objects"):
        plans.look(OLGA, Options("local", "supabase"), NOW)
    with pytest.raises(VideoNotFound):
        catalog.video_by_object("local", stored.key)


def test_what_a_provider_takes_is_asked_of_it(fights: SupabaseStandIn, supabase: SupabaseProvider, settings: Settings):
    fights.bucket("fights").file_size_limit = 1_000

    place = place_of(supabase, settings)

    assert place.largest_bytes == 1_000
    assert place.refusal("söhne.mp4") == "Supabase takes no key like 'söhne.mp4'."
    assert place.refusal("small.mp4") == ""


def test_what_has_moved_since_is_left_out_of_the_next_plan(
    fights: SupabaseStandIn, plans: Plans, database: Database, catalog: Catalog
):
    plans.make(OLGA, OPTIONS, NOW)
    moved = catalog.video_by_link("supabase", "fights", "2024/fight-1.mp4")
    with database.transaction() as connection:
        connection.execute("insert into copies values (?, 'local', '', '')", (moved.id,))
        serve_from(connection, moved.id, "local", NOW)

    again = plans.make(OLGA, OPTIONS, NOW)

    assert (again.estimate.videos, again.estimate.elsewhere) == (3, 1)


def test_views_that_players_have_told_order_a_plan(
    fights: SupabaseStandIn, plans: Plans, catalog: Catalog, home: Path, database: Database
):
    plans.look(OLGA, OPTIONS, NOW)
    slugs = [catalog.video_by_link("supabase", "fights", f"2024/fight-{n}.mp4").slug for n in range(1, 5)]
    watched = zip(slugs, (3, 0, 2, 1), strict=True)
    told = [parse(f'cid="{slug}",sid="{n}",sta=p') for slug, often in watched for n in range(often)]
    Spool(home / "telemetry").add(told, Mode.EVENT, NOW)

    look = plans.look(OLGA, replace(OPTIONS, order=Order.COLDEST), NOW)
    ingest(str(home / "telemetry"), database, home / "warehouse", load_settings(Path("/nonexistent")), lambda: NOW)
    again = plans.look(OLGA, replace(OPTIONS, order=Order.COLDEST), NOW)

    assert [each.title for each in look.videos] == ["Fight 2", "Fight 4", "Fight 3", "Fight 1"]
    assert again.videos == look.videos


def test_egress_that_was_noted_for_this_month_is_used_already(fights: SupabaseStandIn, plans: Plans, home: Path):
    file = home / "measured" / "supabase_egress.csv"
    file.parent.mkdir()
    file.write_text(f"date,egress_bytes,cached_egress_bytes\n2026-10-31,{900 * GB},0\n2026-11-03,{245 * GB},7\n")

    made = plans.make(OLGA, replace(OPTIONS, filters=Filters(max_size_bytes=4 * GB)), NOW)

    # 10 GB and a picture leave, 5 GB are left of the 250
    assert made.estimate.egress_usd == Decimal("0.4500018")


def test_what_earlier_migrations_came_to_is_the_throughput(fights: SupabaseStandIn, plans: Plans, database: Database):
    made = plans.make(OLGA, OPTIONS, NOW)
    with database.transaction() as connection:
        for span in range(6):
            at = instant_text(NOW - timedelta(days=1, seconds=10 * span))
            connection.execute("insert into migration_speed values (?, ?, ?)", (made.id, at, 800_000_000))

    speed = measured_or_assumed(database, "supabase", "local", NOW)

    assert (speed.slowest, speed.fastest) == (60_000_000, 100_000_000)
    assert speed.basis == "Measured: 80.0 MB/s from supabase to local in the last 90 days, a quarter more or less."
    assert measured_or_assumed(database, "local", "supabase", NOW).basis.startswith("Assumed")
    assert measured_or_assumed(database, "supabase", "local", NOW + timedelta(100)).basis.startswith("Assumed")


def test_two_plans_are_compared_by_their_videos_and_figures(fights: SupabaseStandIn, plans: Plans):
    plans.make(OLGA, replace(OPTIONS, filters=Filters(max_size_bytes=3 * GB)), NOW, name="small")
    plans.make(OLGA, replace(OPTIONS, filters=Filters(min_size_bytes=2 * GB)), NOW, name="large")

    comparison = plans.compare(VIC, "small", "large")

    assert [each.title for each in comparison.only_in_first] == ["Fight 1"]
    assert [each.title for each in comparison.only_in_second] == ["Fight 4"]
    figures = {each.figure: (each.first, each.second) for each in comparison.differences}
    assert figures["size_bytes"] == (6 * GB + 20_000, 9 * GB)
    assert "videos" not in figures


def test_a_plan_that_nobody_has_started_can_be_deleted(fights: SupabaseStandIn, plans: Plans, database: Database):
    plans.make(OLGA, OPTIONS, NOW, name="mistake")

    plans.delete(OLGA, "mistake", NOW)

    with pytest.raises(MigrationNotFound):
        plans.get(OLGA, "mistake")
    with database.reading() as connection:
        assert connection.execute("select count(*) from migration_videos").fetchone()[0] == 0


def test_one_that_was_started_stays(fights: SupabaseStandIn, plans: Plans, database: Database):
    plans.make(OLGA, OPTIONS, NOW, name="begun")
    with database.transaction() as connection:
        connection.execute("update migrations set state = 'running', started_at = '2026'")

    with pytest.raises(MigrationRefused):
        plans.delete(OLGA, "begun", NOW)

    assert plans.get(OLGA, "begun").state == "running"


def test_viewers_may_look_at_plans_and_make_none(fights: SupabaseStandIn, plans: Plans):
    made = plans.make(OLGA, OPTIONS, NOW)

    for change in (
        lambda: plans.look(VIC, OPTIONS, NOW),
        lambda: plans.make(VIC, OPTIONS, NOW),
        lambda: plans.delete(VIC, made.name, NOW),
    ):
        with pytest.raises(PermissionDenied):
            change()
    assert plans.get(VIC, made.name) == made


def test_a_plan_is_exported_as_rows_and_as_json(fights: SupabaseStandIn, plans: Plans):
    fights.bucket("fights").put("=cmd|calc.mp4", 1_000)
    fights.bucket("fights").put("＝cmd|wide.mp4", 1_000)
    made = plans.make(OLGA, OPTIONS, NOW)
    videos = plans.videos(OLGA, made)

    out = io.StringIO()
    writer = csv.DictWriter(out, columns())
    writer.writeheader()
    writer.writerows(as_rows(videos))
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))

    assert [row["title"] for row in rows if "cmd" in row["title"]] == ["'=cmd|calc", "'＝cmd|wide"]
    assert sum(Decimal(row["monthly_before_usd"]) for row in rows) == made.estimate.monthly_before_usd
    told = json.loads(json.dumps(document(made, videos)))
    assert [each["video_id"] for each in told["videos"]] == [each.video_id for each in videos]
    assert told["estimate"]["size_bytes"] == made.estimate.size_bytes


def test_a_video_that_was_removed_meanwhile_is_no_part_of_the_plan(
    fights: SupabaseStandIn, plans: Plans, database: Database, catalog: Catalog
):
    look = plans.look(OLGA, OPTIONS, NOW)
    with database.transaction() as connection:
        connection.execute("delete from served_copies where video_id = ?", (look.videos[0].video_id,))
        connection.execute("delete from videos where id = ?", (look.videos[0].video_id,))

    assert len(plans.videos(OLGA, plans.keep(OLGA, look))) == 3


def test_the_objects_of_a_copy_are_planned_as_what_they_are(fights: SupabaseStandIn, plans: Plans, catalog: Catalog):
    plans.look(OLGA, OPTIONS, NOW)

    copy = catalog.served_copy(catalog.video_by_link("supabase", "fights", "2024/fight-1.jpg"))
    assert [each.kind for each in copy.objects] == [Kind.ORIGINAL, Kind.THUMBNAIL]


def test_postgres_keeps_the_same_plan(
    fights: SupabaseStandIn, supabase: SupabaseProvider, local: LocalProvider, settings: Settings,
    request: pytest.FixtureRequest, plans: Plans,
):  # fmt: skip
    database = PostgresDatabase(request.getfixturevalue("postgres").emptied())
    team = plans_of(database, settings, supabase, local)
    put(database, video("eu", residency="EU"), [("supabase", [original("eu", etag="e")])])

    made = team.make(OLGA, OPTIONS, NOW)

    assert (made.name, made.estimate.videos, made.estimate.blocked) == ("supabase-to-local-2026-11-29", 4, 1)
    assert team.get(VIC, made.name) == made
    ours = plans.make(OLGA, OPTIONS, NOW)
    assert team.videos(OLGA, made)[:4] == plans.videos(OLGA, ours)
    assert team.make(OLGA, OPTIONS, NOW).name == "supabase-to-local-2026-11-29-2"
    assert not team.compare(OLGA, made.name, f"{made.name}-2").only_in_first
    fights.bucket("fights").put("2024/fight-1.mp4", 5 * GB)
    assert team.look(OLGA, OPTIONS, NOW).estimate.size_bytes == 14 * GB + 20_000
    team.delete(OLGA, made.name, NOW)
    assert len(team.all(OLGA)) == 1
