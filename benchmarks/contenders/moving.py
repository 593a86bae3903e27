"""Moving: a home whose videos lie at the source, each in one object, with a migration of them all that is not begun."""

from datetime import UTC, datetime
from pathlib import Path

from core.access.roles import Role, User, Via
from core.bootstrap import Platform, now, open_platform
from core.catalog.catalog import add_video, record_copy, serve_from
from core.catalog.video import CopyObject, Kind, Video, Visibility
from core.database import Connection
from core.settings import load_settings
from core.storage.provider import StoredObject
from core.units import instant_text

#: What the migration is called.
NAME = "move"
_MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
_OPERATOR = User("bench", Role.OPERATOR, Via.SHELL)


def prepare() -> int:
    """Contender: take all objects of the source into the library, and plan to move them; answers how many they are."""
    platform = open_platform(load_settings())
    source = platform.providers.named("supabase")
    objects = list(source.list())
    with platform.database.transaction() as connection:
        for each in objects:
            _take_in(connection, each)
        _plan(connection, objects)
    return len(objects)


def start() -> int:
    """Contender: have it moved; answers how many videos that are."""
    platform: Platform = open_platform(load_settings())
    return platform.migrations.start(_OPERATOR, NAME, now())


def _take_in(connection: Connection, stored: StoredObject) -> None:
    id = Path(stored.key).stem
    video = Video(id, id, id.title(), "", Visibility.PUBLIC, stored.size_bytes, None, None, "bench", _MADE_AT, None)
    original = CopyObject(
        Kind.ORIGINAL, "original", stored.key, "video/mp4", stored.size_bytes, stored.storage_class, stored.etag, None
    )
    add_video(connection, video)
    record_copy(connection, id, "supabase", [original], _MADE_AT, "It was there.")
    serve_from(connection, id, "supabase", _MADE_AT)


def _plan(connection: Connection, objects: list[StoredObject]) -> None:
    at = instant_text(_MADE_AT)
    connection.execute(
        "insert into migrations (id, name, source, target, options, estimate, adopts, timetable, grace_days, state,"
        " created_by, created_at, changed_at) values (?, ?, 'supabase', 's3', '{}', '{}', false, '', 7, 'planned',"
        " 'bench', ?, ?)",
        (NAME, NAME, at, at),
    )
    for position, each in enumerate(objects):
        connection.execute(
            "insert into migration_videos (migration_id, video_id, position, state, objects, size_bytes,"
            " monthly_before_usd, monthly_after_usd, one_off_usd, changed_at)"
            " values (?, ?, ?, 'waiting', 1, ?, '2', '1', '0.5', ?)",
            (NAME, Path(each.key).stem, position, each.size_bytes, at),
        )
