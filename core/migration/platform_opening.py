"""Platform opening: the rows of the platform's own table, where the settings name one."""

from core.database import Database
from core.migration.platform_rows import PlatformRows
from core.settings import Settings


def open_platform_rows(settings: Settings, database: Database) -> PlatformRows | None:
    """None where the settings name no table."""
    if not settings.platform_database_url:
        return None
    from core.migration.platform_table import open_platform_table  # here: psycopg takes time to import

    table = open_platform_table(settings)
    return PlatformRows(database, table) if table else None
