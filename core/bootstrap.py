"""Bootstrap: open the platform; the only place that knows which implementation is in use.

What reads bills takes half a second and 60 MB to import: it is imported where it is used, so that commands that read
none are spared it.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.access.access import Access
from core.access.audit import AuditLog
from core.billing.prices import load_prices
from core.billing.reports import IngestReport
from core.billing.supabase_days import measured_folder
from core.billing.supabase_measure import is_measured, measure_supabase, with_remark
from core.catalog.catalog import Catalog
from core.catalog.moved import follow_rules
from core.database import Database
from core.delivery.addresses import Addresses
from core.delivery.resolver import Resolver
from core.delivery.seal import Seal
from core.delivery.supabase_tokens import supabase_project
from core.errors import DatabaseError, DeliveryRefused, PhyghtError
from core.jobs.job import Job
from core.jobs.work import Work
from core.media.attempt import Handles
from core.media.media import CLEARING, Media
from core.media.media import WORK as PACKAGE
from core.settings import DemoMode, Settings
from core.storage.health import Health
from core.storage.provider import Tiered
from core.storage.providers import LOCAL, Providers, open_local, open_providers, secret_key
from core.uploads.ending import Package
from core.uploads.history import has_uploads
from core.uploads.uploads import Uploads

if TYPE_CHECKING:
    from core.billing.ingest import OnProgress
    from core.delivery.cloudfront import Distribution
    from core.media.mediaconvert import MediaConvert
    from core.warehouse import Warehouse

#: In the demo's folder: the day that its story goes up to.
_SEEDED = "seeded"
#: How often each storage provider is asked whether it is well.
_PROBE_MINUTES = 5
#: How often uploads are looked at that nobody goes on with.
_SWEEP_MINUTES = 15


@dataclass(frozen=True)
class Platform:
    """The handles of one installation; functions of core take the ones that they need."""

    settings: Settings
    home: Path  #: folder that holds all of it
    demo: bool  #: this is the demo platform
    database: Database
    access: Access
    audit: AuditLog
    catalog: Catalog
    providers: Providers
    health: Health
    uploads: Uploads
    resolver: Resolver
    media: Media

    @cached_property
    def warehouse(self) -> "Warehouse":
        """What the bills say."""
        from core.warehouse import Warehouse

        return Warehouse(self.home / "warehouse", self.database)

    def ingest(
        self, address: str, clock: Callable[[], datetime], progress: "OnProgress" = lambda _: None
    ) -> IngestReport:
        """Load what is new in a source; see core.billing.ingest. Supabase's is measured first."""
        from core.billing.ingest import ingest

        if address != str(measured_folder(self.home)) or not is_measured(self.settings):
            return ingest(address, self.database, self.warehouse.folder, self.settings, clock, progress)
        usage = measure_supabase(self.settings, self.database, self.home, clock)
        report = ingest(address, self.database, self.warehouse.folder, self.settings, clock, progress)
        return with_remark(report, usage.remark)

    @property
    def regions(self) -> dict[str, str]:
        """The region of each provider, by its name; of the demo's, where they would lie."""
        from core.demo.library import REGIONS

        return (REGIONS if self.demo else {}) | {each.name: each.region for each in self.providers.all}

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
    sweep = {"unfinished uploads": lambda: platform.uploads.abort_abandoned(_now())}
    return [
        Job("ingest", platform.settings.phyght_ingest_minutes, steps),
        Job("health", _PROBE_MINUTES, probes),
        Job("lifecycle", 24 * 60, _lifecycle_steps(platform)),
        Job("uploads", _SWEEP_MINUTES, sweep),
    ]


def _lifecycle_steps(platform: Platform) -> dict[str, Callable[[], object]]:
    """Where objects have classes, their provider moves them."""
    tiered = [each for each in platform.providers.all if isinstance(each, Tiered)]
    return {each.name: partial(follow_rules, platform.database, each, _now) for each in tiered}


def works(platform: Platform) -> list[Work]:
    """What the worker does when it is asked for."""
    return [Work(PACKAGE, platform.media.do), Work(CLEARING, platform.media.remove_replaced)]


def needs_demo(settings: Settings, now: datetime) -> bool:
    """Whether the demo is what would be shown, and is not there up to today."""
    return _shows_demo(settings) and _seeded_on(demo_home(settings)) != now.date()


def seed_demo(settings: Settings, now: datetime) -> Platform:
    """Write the demo's source files up to today, and ingest them.

    Within a month an older demo is brought up to date; a new month moves its whole story, so it begins anew.
    """
    home = demo_home(settings)
    seeded = _seeded_on(home)
    if seeded is None or seeded.replace(day=1) != now.date().replace(day=1):
        _clear_demo(home, now)
    platform = _open(settings, demo=True)
    (home / _SEEDED).unlink(missing_ok=True)
    from core.demo.library import write_library
    from core.demo.playable import write_playable
    from core.demo.sources import write_sources

    written = write_sources(demo_sources(home), now.date())
    with platform.database.transaction() as connection:
        write_library(connection, written.story, written.catalogue)
    write_playable(platform.database, platform.providers.named(LOCAL), now)
    for step in written.steps:
        _require_loaded(platform.ingest(str(step), lambda: datetime.now(UTC)))
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
        return has_uploads(Database(home / "phyght.db"))
    except DatabaseError:
        return False


def _seeded_on(home: Path) -> date | None:
    marker = home / _SEEDED
    return date.fromisoformat(marker.read_text()) if marker.exists() and _is_whole(home) else None


def _is_whole(home: Path) -> bool:
    """Whether the demo has every file that this version looks for, as it was written."""
    from core.demo.playable import is_playable
    from core.warehouse import Warehouse

    try:
        database = Database(home / "phyght.db")
        plays = is_playable(database, open_local(home, _now).named(LOCAL))
        return plays and Warehouse(home / "warehouse", database).is_as_written()
    except PhyghtError:
        return False


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
    # the demo's videos never go to the user's buckets
    providers = open_local(home, _now) if demo else open_providers(settings, home, _now)
    audit, catalog, health = AuditLog(database), Catalog(database), Health(database, _now)
    prices = load_prices(settings.phyght_price_catalog)
    addresses = Addresses(providers, None if demo else _distribution(settings))
    handles = Handles(database, catalog, providers, health, settings, _now, home / "packaging")
    media = Media(handles, audit, partial(_mediaconvert, settings))
    return Platform(
        settings,
        home,
        demo,
        database,
        Access(database, timedelta(hours=settings.phyght_session_hours)),
        audit,
        catalog,
        providers,
        health,
        Uploads(database, providers, health, catalog, audit, prices, settings, _package(media)),
        Resolver(catalog, addresses, Seal(secret_key(home)), supabase_project(settings)),
        media,
    )


def _package(media: Media) -> Package:
    return lambda connection, video_id, _now: media.request_within(connection, video_id)


def _mediaconvert(settings: Settings, region: str) -> "MediaConvert":
    from core.media.mediaconvert import open_mediaconvert

    return open_mediaconvert(settings, region)


def _distribution(settings: Settings) -> "Distribution | None":
    if not settings.cloudfront_domain:
        return None
    from core.delivery.cloudfront import open_distribution

    return open_distribution(settings)


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
    from core.warehouse import revision

    database = Database(file)
    database.migrate()
    return revision(database) > 0
