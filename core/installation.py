"""Installation: where its data lies, and whether it is the user's own or the demo."""

from pathlib import Path
from typing import TYPE_CHECKING

from core.database import Database
from core.settings import DemoMode, Settings
from core.sqlite_database import SqliteDatabase

if TYPE_CHECKING:
    from core.delivery.cloudfront import Distribution
    from core.media.mediaconvert import MediaConvert


def shows_demo(settings: Settings) -> bool:
    """Whether the demo is what the settings describe."""
    if settings.phyght_demo is not DemoMode.AUTO:
        return settings.phyght_demo is DemoMode.ON
    return not settings.connected and not _has_bills(settings)


def demo_sources(demo_home: Path) -> Path:
    """Where the demo's source files lie."""
    return demo_home / "sources"


def demo_home(settings: Settings) -> Path:
    """The demo's own folder: its data never mixes with the user's."""
    return settings.phyght_home / "demo"


def own_database(settings: Settings) -> Database:
    """The user's database; the demo's is always a file."""
    if settings.database_url is None:
        return SqliteDatabase(settings.phyght_home / "phyght.db")
    from core.postgres_database import PostgresDatabase

    return PostgresDatabase(settings.database_url.get_secret_value())


def _has_bills(settings: Settings) -> bool:
    """Whether anything was ingested into the user's own platform."""
    database = own_database(settings)
    if isinstance(database, SqliteDatabase) and not database.path.exists():
        return False
    from core.warehouse import revision

    database.migrate()
    return revision(database) > 0


def mediaconvert(settings: Settings, region: str) -> "MediaConvert":
    """What encodes in the cloud, in a region."""
    from core.media.mediaconvert import open_mediaconvert

    return open_mediaconvert(settings, region)


def distribution(settings: Settings) -> "Distribution | None":
    """What viewers of the user's own platform are served by; None where none is configured."""
    if not settings.cloudfront_domain:
        return None
    from core.delivery.cloudfront import open_distribution

    return open_distribution(settings)


def configured_sources(settings: Settings, home: Path) -> tuple[str, ...]:
    """Where bills and measurements of the user's own platform come from, configured or measured."""
    from core.billing.supabase_days import measured_folder
    from core.billing.supabase_measure import is_measured
    from core.telemetry.cloudwatch_resources import cloudwatch_folder, resources

    measured = (str(measured_folder(home)),) if is_measured(settings) else ()
    metrics = (str(cloudwatch_folder(home)),) if resources(settings) else ()
    return (*settings.phyght_billing_sources, *measured, *metrics)
