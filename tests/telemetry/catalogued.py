"""Catalogued: a video with objects, as the catalogue has it."""

from collections.abc import Mapping

from core.database import Database

_AT = "2026-11-01T00:00:00.000000Z"


def add_video(
    database: Database,
    video: str,
    objects: Mapping[str, str],
    provider: str = "s3",
    size: int = 10,
    storage_class: str = "STANDARD",
) -> None:
    """`objects`: what each is called within the video, by its key; original, 1080p."""
    with database.transaction() as connection:
        connection.execute(
            f"insert into videos values ('{video}', '{video}', '{video}', '', 'public', null, null, 10, null, null, "
            f"null, 'test', '{_AT}', '')"
        )
        connection.execute(f"insert into copies values ('{video}', '{provider}', '{_AT}', 'a test')")
        for key, name in objects.items():
            kind = "original" if name == "original" else "rendition"
            connection.execute(
                f"insert into objects values ('{video}', '{provider}', '{kind}', '{name}', '{key}', 'video/mp4', "
                f"{size}, '{storage_class}', 'e', null, 1, 1, null, '{_AT}')"
            )
