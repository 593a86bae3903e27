"""Bootstrap: open the platform; the only place that knows which implementation is in use."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from core.access.access import Access
from core.access.audit import AuditLog
from core.billing.ingest import OnProgress, ingest
from core.billing.reports import IngestReport
from core.billing.segments import is_whole
from core.billing.supabase_days import measured_folder
from core.billing.supabase_measure import is_measured, measure_supabase, with_remark
from core.catalog.catalog import Catalog
from core.database import Database
from core.demo.sources import write_sources
from core.errors import DatabaseError, DeliveryRefused
from core.jobs.job import Job
from core.jobs.work import Work
from core.media.attempt import Handles
from core.media.media import WORK as PACKAGE
from core.media.media import Media
from core.media.mediaconvert import open_mediaconvert
from core.settings import DemoMode, Settings
from core.storage.health import Health
from core.storage.providers import Providers, open_local, open_providers
from core.warehouse import Warehouse, revision

#: In the demo's folder: the day that its story goes up to.
_SEEDED = "seeded"
#: How often each storage provider is asked whether it is well.
_PROBE_MINUTES = 5


@dataclass(frozen=True)
class Platform:
    """The handles of one installation; functions of core take the ones that they need."""

    settings: Settings
    home: Path  #: folder that holds all of it
    demo: bool  #: this is the demo platform
    database: Database
    warehouse: Warehouse
    access: Access
    audit: AuditLog
    catalog: Catalog
    providers: Providers
    health: Health
    media: Media

    def ingest(
        self, address: str, clock: Callable[[], datetime], progress: OnProgress = lambda _: None
    ) -> IngestReport:
        """Load what is new in a source; see core.billing.ingest. Supabase's is measured first."""
        if address != str(measured_folder(self.home)) or not is_measured(self.settings):
            return ingest(address, self.database, self.warehouse.folder, self.settings, clock, progress)
        usage = measure_supabase(self.settings, self.database, self.home, clock)
        report = ingest(address, self.database, self.warehouse.folder, self.settings, clock, progress)
        return with_remark(report, usage.remark)

    @property
    def sources(self) -> tuple[str, ...]:
        """Where bills come from: configured, and measured; or the demo's own."""
        if self.demo:
            return (str(demo_sources(self.home) / "current"),)
        measured = (str(measured_folder(self.home)),) if is_measured(self.settings) else ()
        return (*self.settings.phyght_billing_sources, *measured)


def open_platform(settings: Settings) -> Platform:
    """The platform that the settings describe: the user's, or the demo while there is none.

    Raises DatabaseError when the database cannot be opened.
    """
    return _open(settings, _shows_demo(settings))


def open_real_platform(settings: Settings) -> Platform:
    """The user's platform, also while the demo is shown: what is ingested by hand goes here."""
    return _open(settings, settings.phyght_demo is DemoMode.ON)


def jobs(platform: Platform) -> list[Job]:
    """What the worker does again and again."""
    steps = {address: _ingest_step(platform, address) for address in platform.sources}
    probes = {each.name: partial(platform.health.probe, each) for each in platform.providers.all}
    return [Job("ingest", platform.settings.phyght_ingest_minutes, steps), Job("health", _PROBE_MINUTES, probes)]


def works(platform: Platform) -> list[Work]:
    """What the worker does when it is asked for."""
    return [Work(PACKAGE, platform.media.do)]


def needs_demo(settings: Settings, now: datetime) -> bool:
    """Whether the demo is what would be shown, and is not there up to today."""
    return _shows_demo(settings) and _seeded_on(demo_home(settings)) != now.date()


def seed_demo(settings: Settings, now: datetime) -> Platform:
    """Write the demo's source files up to today, and ingest them.

    Within a month an older demo is brought up to date; a new month moves its whole story, so it begins anew.
    """
    home = demo_home(settings)
    seeded = _seeded_on(home)
    if home.exists() and (seeded is None or seeded.replace(day=1) != now.date().replace(day=1)):
        shutil.rmtree(home)
    platform = _open(settings, demo=True)
    (home / _SEEDED).unlink(missing_ok=True)
    written = write_sources(demo_sources(home), now.date())
    for step in written.steps:
        _require_loaded(platform.ingest(str(step), lambda: datetime.now(UTC)))
    (home / _SEEDED).write_text(now.date().isoformat())
    return platform


def _seeded_on(home: Path) -> date | None:
    marker = home / _SEEDED
    return date.fromisoformat(marker.read_text()) if marker.exists() and _is_whole(home) else None


def _is_whole(home: Path) -> bool:
    """Whether the demo has every file that this version looks for."""
    try:
        files = Warehouse(home / "warehouse", Database(home / "phyght.db")).segment_files()
    except DatabaseError:
        return False
    return all(map(is_whole, files))


def _require_loaded(report: IngestReport) -> None:
    if report.refused:
        raise DeliveryRefused(
            f"The demo's own bill was refused: {report.refused[0].reason}", "Run it again, or report it."
        )


def demo_sources(demo_home: Path) -> Path:
    """Where the demo's source files lie."""
    return demo_home / "sources"


def demo_home(settings: Settings) -> Path:
    """The demo's own folder: its data never mixes with the user's."""
    return settings.phyght_home / "demo"


def _ingest_step(platform: Platform, address: str) -> Callable[[], object]:
    return lambda: platform.ingest(address, lambda: datetime.now(UTC))


def _open(settings: Settings, demo: bool) -> Platform:
    home = demo_home(settings) if demo else settings.phyght_home
    database = Database(home / "phyght.db")
    database.migrate()
    catalog, health, audit = Catalog(database), Health(database, _now), AuditLog(database)
    # the demo's videos never go to the user's buckets
    providers = open_local(home, _now) if demo else open_providers(settings, home, _now)
    convert = partial(open_mediaconvert, settings)
    return Platform(
        settings,
        home,
        demo,
        database,
        Warehouse(home / "warehouse", database),
        Access(database, timedelta(hours=settings.phyght_session_hours)),
        audit,
        catalog,
        providers,
        health,
        Media(Handles(database, catalog, providers, health, settings, _now, home / "packaging"), audit, convert),
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _shows_demo(settings: Settings) -> bool:
    if settings.phyght_demo is not DemoMode.AUTO:
        return settings.phyght_demo is DemoMode.ON
    return not settings.connected and not _has_bills(settings.phyght_home / "phyght.db")


def _has_bills(file: Path) -> bool:
    """Whether anything was ingested into the user's own platform."""
    if not file.exists():
        return False
    database = Database(file)
    database.migrate()
    return revision(database) > 0
