"""Requiring: what has to be true before somebody may have something done with a migration."""

from datetime import datetime, timedelta

from core.database import Connection
from core.errors import MigrationRefused
from core.migration import store
from core.migration.handles import Handles
from core.migration.state import Item, Migration, Phase, State
from core.storage.provider import Multipart, StorageProvider


def require_ready(connection: Connection, handles: Handles, migration: Migration) -> None:
    """Raises MigrationRefused where nothing can be moved to the target, or another migration has its videos.

    And StorageError where a provider is configured no more.
    """
    handles.providers.named(migration.source)
    require_target(handles.providers.named(migration.target))
    elsewhere = list(store.queries.elsewhere_under_way(connection, migration_id=migration.id))
    if elsewhere:
        raise MigrationRefused(
            f"{len(elsewhere)} of its videos are being moved by {elsewhere[0]['name']!r}.",
            "Wait until that is over, or cancel it.",
        )


def require_target(provider: StorageProvider) -> Multipart:
    """The provider, as one to which videos can be moved. Raises MigrationRefused where that cannot be."""
    if not isinstance(provider, Multipart):
        raise MigrationRefused(f"{provider.name} takes no parts of large objects.", "Choose S3 as the target.")
    return provider


def require_running(migration: Migration) -> None:
    """Raises MigrationRefused where it is not."""
    if migration.phase is not Phase.RUNNING:
        raise MigrationRefused(f"{migration.name} is {migration.phase}.", "Start it first.")


def require_free(connection: Connection, migration: Migration, video_id: str | None) -> None:
    """Raises MigrationRefused where another migration has the video at work."""
    other = video_id and store.queries.under_way_elsewhere(connection, migration_id=migration.id, video_id=video_id)
    if other:
        raise MigrationRefused(
            f"{other['name']!r} has the video at work: it is {other['state']} there.",
            "Wait until that is over, or cancel it there.",
        )


def require_grace(migration: Migration, item: Item, now: datetime) -> None:
    """Raises MigrationRefused where its source may not be retired yet, or not by this migration."""
    if item.state is not State.DONE:
        raise MigrationRefused(f"The video is {item.state}.", "Only what viewers get from the target can be retired.")
    if item.cut_over_at is None:
        raise MigrationRefused("Another migration has moved the video.", "Retire it there.")
    over_at = item.cut_over_at + timedelta(days=migration.grace_days)
    if now < over_at:
        raise MigrationRefused(
            f"Its grace period lasts until {over_at:%Y-%m-%d %H:%M} UTC.", "Until then it can be rolled back."
        )
