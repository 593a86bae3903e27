"""Films: files that begin as videos do, and what became of them on the server."""

import os
from pathlib import Path

from core.catalog.catalog import Catalog
from core.sqlite_database import SqliteDatabase
from core.storage.local import LocalProvider
from core.storage.providers import open_local
from core.units import MIB
from tests.browser.server import Server

_HEAD = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41"


def film(folder: Path, name: str, size: int = 40 * MIB) -> Path:
    """A new file; its parts are of 8 MiB, and no two films are alike."""
    path = folder / name
    path.write_bytes(_HEAD + os.urandom(size - len(_HEAD)))
    return path


class Stored:
    """What a server's installation has."""

    def __init__(self, server: Server, demo: bool = True) -> None:
        home = server.home / "demo" if demo else server.home
        self.database = SqliteDatabase(home / "phyght.db")
        self.catalog = Catalog(self.database)
        (provider,) = open_local(home, lambda: None).all  # pyright: ignore[reportArgumentType]
        assert isinstance(provider, LocalProvider)
        self.provider = provider

    def content(self, link: str) -> bytes:
        """The bytes of the video that a link leads to."""
        video = self.catalog.video_by_slug(link.rpartition("/")[2])
        original = self.catalog.served_copy(video).objects[0]
        return b"".join(self.provider.read(original.key))

    def is_packaged(self, link: str) -> bool:
        """Whether the video that a link leads to has its renditions."""
        video = self.catalog.video_by_slug(link.rpartition("/")[2])
        return self.catalog.served_copy(video).object("master.m3u8") is not None

    def titles(self) -> list[str]:
        """Of every video, oldest first."""
        with self.database.reading() as connection:
            return [row["title"] for row in connection.execute("select title from videos order by created_at")]

    def unfinished(self) -> list[str]:
        """Keys of uploads of which parts lie there."""
        return [each.key for each in self.provider.unfinished_uploads()]

    def arrived(self) -> set[str]:
        """Numbers of the parts that lie there of the upload that began last."""
        newest = max(self.provider.unfinished_uploads(), key=lambda each: each.started_at)
        return {str(part.number) for part in self.provider.parts(newest.key, newest.upload_id)}


def resident_mb(process: int) -> float:
    """Memory that a process has at this moment, in 10^6 bytes."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024 / 1e6
