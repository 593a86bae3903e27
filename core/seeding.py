"""Seeding: the demo platform, written as the files that providers deliver and ingested like them."""

import shutil
from datetime import date, datetime
from pathlib import Path

from core import bootstrap
from core.bootstrap import Platform, open_demo
from core.catalog.threatened import check_holds
from core.errors import DatabaseError, DeliveryRefused, PhyghtError
from core.ingestion import Ingested
from core.installation import demo_home, demo_sources, shows_demo
from core.measurements import VIEWS, segment_files
from core.settings import Settings
from core.sqlite_database import SqliteDatabase
from core.storage.local import LOCAL
from core.storage.providers import open_local
from core.uploads.history import has_uploads

#: In the demo's folder: the day that its story goes up to.
_SEEDED = "seeded"
#: Views of the warehouse that a demo of this version fills.
_MEASURED = {"requests", "sessions", "player_events", "origin_requests"}


def needs_demo(settings: Settings, now: datetime) -> bool:
    """Whether the demo is what would be shown, and is not there up to today."""
    return shows_demo(settings) and _seeded_on(demo_home(settings)) != now.date()


def seed_demo(settings: Settings, now: datetime) -> Platform:
    """Write the demo's source files up to today, and ingest them.

    Within a month an older demo is brought up to date; a new month moves its whole story, so it begins anew.
    """
    home = demo_home(settings)
    seeded = _seeded_on(home)
    if seeded is None or seeded.replace(day=1) != now.date().replace(day=1):
        _clear_demo(home, now)
    platform = open_demo(settings)
    (home / _SEEDED).unlink(missing_ok=True)
    from core.demo.acting import write_acting
    from core.demo.alerting import write_alerting
    from core.demo.demand import Demand
    from core.demo.guarding import begin_backup, write_guarding
    from core.demo.leftovers import leave_header, leave_uploads
    from core.demo.library import write_library
    from core.demo.listings import list_supabase
    from core.demo.moving import can_be_moved, write_moving
    from core.demo.piloting import move_pilot
    from core.demo.playable import write_playable
    from core.demo.sources import write_sources
    from core.demo.traffic import Traffic

    written = write_sources(demo_sources(home), now.date())
    with platform.database.transaction() as connection:
        write_library(connection, written.story, written.catalogue)
    begin_backup(platform.actions_at, platform.governed, now)
    write_playable(platform.database, platform.providers.named(LOCAL), now)
    if not can_be_moved(platform.database):
        leave_uploads(home, now)
    write_moving(platform.database, platform.providers, now)
    move_pilot(platform.plans, platform.migrations_at, platform.database, now)
    for step in written.steps:
        _require_loaded(platform.ingest(str(step), bootstrap.now))
    demand = Demand(Traffic(written.story, written.catalogue))
    leave_header(platform.governed, demand)
    list_supabase(demand, platform.database, platform.warehouse.folder, now)
    write_acting(platform.actions_at, platform.governed, platform.recommendations, now)
    platform.check_residency(lambda: now)
    check_holds(platform.database, platform.governed, now)
    write_guarding(platform.database, platform.governed, platform.drills, home, now)
    write_alerting(platform.alerts.handles, platform.alerts.address, written.events, now)
    (home / _SEEDED).write_text(now.date().isoformat())
    return platform


def _clear_demo(home: Path, now: datetime) -> None:
    """Make room for a new story; what somebody has uploaded is never thrown away with the old one."""
    if not demo_sources(home).exists():  # no story was begun: all that may be there are uploads
        return
    if _has_uploads(home):
        home.rename(home.with_name(f"{home.name}-until-{now:%Y-%m-%dT%H%M%S}"))
    else:
        shutil.rmtree(home)


def _has_uploads(home: Path) -> bool:
    try:
        return has_uploads(SqliteDatabase(home / "phyght.db"))
    except DatabaseError:
        return False


def _seeded_on(home: Path) -> date | None:
    marker = home / _SEEDED
    return date.fromisoformat(marker.read_text()) if marker.exists() and _is_whole(home) else None


def _is_whole(home: Path) -> bool:
    """Whether the demo has every file that this version looks for, as it was written."""
    from core.demo.moving import can_be_moved
    from core.demo.playable import is_playable
    from core.warehouse import Warehouse

    try:
        database = SqliteDatabase(home / "phyght.db")
        plays = is_playable(database, open_local(home, bootstrap.now).named(LOCAL))
        is_billed = Warehouse(home / "warehouse", database).is_as_written()
        return plays and can_be_moved(database) and is_billed and _is_measured(home / "warehouse", database)
    except PhyghtError:
        return False


def _is_measured(warehouse: Path, database: SqliteDatabase) -> bool:
    """Whether it was measured what is delivered and how watching goes, and every file of it is as it was written."""
    with database.reading() as connection:
        files = segment_files(connection, VIEWS)
    return {each.view for each in files} >= _MEASURED and all(
        each.written.fits(warehouse / each.path) for each in files
    )


def _require_loaded(report: Ingested) -> None:
    if report.refused:
        raise DeliveryRefused(
            f"The demo's own bill was refused: {report.refused[0].reason}", "Run it again, or report it."
        )
    if report.measured.refused or report.measured.bad_lines:
        reasons = [each.reason for each in (*report.measured.unwell, *report.measured.days) if each.reason]
        raise DeliveryRefused(f"The demo's own measurements were refused: {reasons[0]}", "Run it again, or report it.")
