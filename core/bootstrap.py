"""Bootstrap: open the platform; the only place that knows which implementation is in use.

What reads bills takes half a second and 60 MB to import: it is imported where it is used, so that commands that read
none are spared it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

from core import installation
from core.access.access import Access
from core.access.audit import AuditLog
from core.billing.prices import PriceCatalog, load_prices
from core.catalog.catalog import Catalog
from core.database import Database
from core.delivery.addresses import Addresses
from core.delivery.resolver import Resolver
from core.delivery.seal import Seal
from core.delivery.supabase_tokens import supabase_project
from core.demo.folders import open_folders
from core.media.handles import Handles
from core.media.media import Media
from core.settings import DemoMode, Settings
from core.sqlite_database import SqliteDatabase
from core.storage.health import Health
from core.storage.patience import Patience
from core.storage.providers import Providers, open_local, open_providers, secret_key
from core.uploads.uploads import Uploads

if TYPE_CHECKING:
    from core.actions.actions import Actions
    from core.alerts.desk import Desk
    from core.billing.ingest import OnProgress
    from core.delivery.distribution import Edge
    from core.ingestion import Ingested
    from core.lifecycle.drill import Drills
    from core.lifecycle.failover import FailoverDrills
    from core.migration.control import Migrations
    from core.migration.mover import Mover
    from core.migration.plans import Plans
    from core.migration.sampling import Sampler
    from core.recommendations.recommendations import Recommendations
    from core.telemetry.cloudwatch_resources import Resource
    from core.warehouse import Warehouse


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
    prices: PriceCatalog

    @cached_property
    def migrations(self) -> "Migrations":
        """What people may do with migrations."""
        return self.migrations_at(now)

    def migrations_at(self, clock: Callable[[], datetime]) -> "Migrations":
        """The same by another clock."""
        from core.migration.control import Migrations  # here, as for plans: most commands move nothing
        from core.migration.handles import Handles
        from core.migration.platform_opening import open_platform_rows

        rows = None if self.demo else open_platform_rows(self.settings, self.database)
        addresses = self.resolver.addresses
        return Migrations(
            Handles(self.database, self.catalog, self.audit, self.providers, addresses, self.settings, clock, rows)
        )

    @cached_property
    def plans(self) -> "Plans":
        """What would move."""
        from core.migration.plans import Plans

        return Plans(self.database, self.providers, self.prices, self.settings, self.home)

    @cached_property
    def mover(self) -> "Mover":
        """What moves videos, in a worker."""
        from core.migration.mover import open_mover  # here: what asks as viewers do takes time to import

        return open_mover(self.migrations.handles)

    @cached_property
    def sampler(self) -> "Sampler":
        """What asks links of videos that were moved, in a worker."""
        import httpx

        from core.migration.sampling import Sampler

        return Sampler(self.migrations.handles, self.resolver, httpx.Client(timeout=10))

    @cached_property
    def governed(self) -> Providers:
        """The providers whose objects can be changed by actions and rules; of the demo also those it only tells of."""
        if not self.demo:
            return self.providers
        from core.demo.told_folder import BUCKETS, told_folders

        told = told_folders(self.home, self.database, secret_key(self.home), now)
        return Providers((*told, *self.providers.all), BUCKETS)

    @cached_property
    def actions(self) -> "Actions":
        """What people may do with changes to the cloud."""
        return self.actions_at(now)

    def actions_at(self, clock: Callable[[], datetime]) -> "Actions":
        """The same by another clock."""
        from core.actions.registry import open_actions  # here, as for plans: most commands change nothing

        handles = self.database, self.audit, self.governed, self.prices, self.settings
        return open_actions(*handles, clock, self.media.again_within, self.edge)

    @cached_property
    def edge(self) -> "Edge | None":
        """The distribution in front of the bucket, as far as it can be configured here; of the demo a file."""
        if self.demo:
            from core.demo.told_distribution import told_distribution

            return told_distribution(self.home)
        from core.delivery.distribution import open_edge

        return open_edge(self.settings)

    @cached_property
    def recommendations(self) -> "Recommendations":
        """What could cost less."""
        from core.recommendations.recommendations import Recommendations

        id = self.edge.id if self.edge else None
        settings = self.settings.model_copy(update={"cloudfront_distribution_id": id})
        handles = self.database, self.audit, self.governed, self.prices, settings
        return Recommendations(*handles, lambda: self.warehouse)

    @cached_property
    def warehouse(self) -> "Warehouse":
        """What the bills say."""
        from core.warehouse import Warehouse

        return Warehouse(self.home / "warehouse", self.database)

    @cached_property
    def alerts(self) -> "Desk":
        """Who is told of what, when."""
        from core.alerts.desk import Desk  # here: pages and commands that tell nobody are spared it

        handles = self.database, self.audit, self.health, self.providers, self.demo
        return Desk(*handles, lambda: self.warehouse, self.settings, self.home)

    def ingest(
        self, address: str, clock: Callable[[], datetime], progress: "OnProgress" = lambda _: None, again: bool = False
    ) -> "Ingested":
        """Load what is new in a source; see core.ingestion. Supabase's and CloudWatch's are measured first."""
        from core.billing.supabase_days import measured_folder
        from core.billing.supabase_measure import is_measured, measure_supabase, with_remark
        from core.ingestion import ingest
        from core.telemetry.cloudwatch_resources import cloudwatch_folder, resources

        if address == str(cloudwatch_folder(self.home)) and (asked := resources(self.settings)):
            return self._ingest_cloudwatch(asked, clock)
        if address != str(measured_folder(self.home)) or not is_measured(self.settings):
            return ingest(address, self.database, self.warehouse.folder, self.settings, clock, progress, again)
        usage = measure_supabase(self.settings, self.database, self.home, clock)
        report = ingest(address, self.database, self.warehouse.folder, self.settings, clock, progress)
        return with_remark(report, usage.remark)

    def _ingest_cloudwatch(self, asked: "Sequence[Resource]", clock: Callable[[], datetime]) -> "Ingested":
        from core.ingestion import ingest_cloudwatch
        from core.telemetry.cloudwatch import open_cloudwatch

        return ingest_cloudwatch(
            asked, partial(open_cloudwatch, self.settings), self.database, self.warehouse.folder, self.settings, clock,
            Patience(sleep),
        )  # fmt: skip

    def list_catalogue(self, clock: Callable[[], datetime]) -> None:
        """Make what the catalogue knows the inventory of today; see core.telemetry.catalogued."""
        from core.telemetry.catalogued import list_catalogue

        buckets = {each.name: each.bucket for each in self.providers.all}
        list_catalogue(self.database, buckets, self.warehouse.folder, clock())

    @cached_property
    def drills(self) -> "Drills":
        """What people may do with restore drills."""
        from core.billing.storage_prices import StoragePrices
        from core.lifecycle.drill import Drills

        prices = StoragePrices(self.prices, self.settings.supabase_plan, self.settings.supabase_gb_bytes)
        return Drills(self.database, self.audit, self.governed, prices)

    @cached_property
    def failover_drills(self) -> "FailoverDrills":
        """Whether the distribution's second origin has what the first one has."""
        from core.lifecycle.failover import FailoverDrills

        return FailoverDrills(self.database, self.audit, self.governed, self.edge)

    def check_residency(self, clock: Callable[[], datetime]) -> None:
        """Look whether anything lies where it may not; see core.lifecycle.residency."""
        from core.demo.library import RESIDENCIES
        from core.lifecycle.residency import check_residency

        promised = RESIDENCIES if self.demo else {}
        check_residency(self.database, self.warehouse, self.governed, clock(), promised)

    @property
    def regions(self) -> dict[str, str]:
        """The region of each provider, by its name; of the demo's, where they would lie."""
        from core.demo.library import REGIONS

        return (REGIONS if self.demo else {}) | {each.name: each.region for each in self.providers.all}

    @property
    def told(self) -> Path:
        """Where it is kept what players tell, until it is ingested and after."""
        return self.home / "telemetry"

    @property
    def has_been_told(self) -> bool:
        """Whether any player has told anything."""
        return any(self.told.glob("cmcd-*.jsonl"))

    @property
    def sources(self) -> tuple[str, ...]:
        """Where bills and measurements come from: configured, measured, and told by players; or the demo's own."""
        told = (str(self.told),) if self.has_been_told else ()
        if self.demo:
            return (str(installation.demo_sources(self.home) / "current"), *told)
        return (*installation.configured_sources(self.settings, self.home), *told)


def open_platform(settings: Settings) -> Platform:
    """The platform that the settings describe: the user's, or the demo while there is none.

    Raises DatabaseError when the database cannot be opened.
    """
    return open_as(settings, installation.shows_demo(settings))


def open_demo(settings: Settings) -> Platform:
    """The demo, also while the user's platform is shown."""
    return open_as(settings, demo=True)


def open_real_platform(settings: Settings) -> Platform:
    """The user's platform, also while the demo is shown: what is ingested by hand goes here."""
    return open_as(settings, settings.phyght_demo is DemoMode.ON)


def open_as(settings: Settings, demo: bool) -> Platform:
    """One of the two platforms."""
    home = installation.demo_home(settings) if demo else settings.phyght_home
    database = SqliteDatabase(home / "phyght.db") if demo else installation.own_database(settings)
    database.migrate()
    providers = open_folders(home, now) if demo else open_providers(settings, home, now)
    takes_uploads = open_local(home, now) if demo else providers  # the demo's never go to the user's buckets
    audit, catalog, health = AuditLog(database), Catalog(database), Health(database, now)
    prices = load_prices(settings.phyght_price_catalog)
    addresses = Addresses(providers, None if demo else installation.distribution(settings))
    handles = Handles(database, catalog, providers, health, settings, now, home / "packaging")
    media = Media(handles, audit, partial(installation.mediaconvert, settings))
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
        Uploads(database, takes_uploads, health, catalog, audit, prices, settings, media.request_within),
        Resolver(catalog, addresses, Seal(secret_key(home)), supabase_project(settings)),
        media,
        prices,
    )


def now() -> datetime:
    """The clock of whatever runs in the background."""
    return datetime.now(UTC)
