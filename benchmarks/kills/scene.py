"""Scene: an installation whose videos lie in a stand-in for Supabase, with the place that they go to, and its database.

The processes are those that people start: `python -m core work` and `python -m dashboard`, with settings of their own.
"""

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from benchmarks.kills.starting import Started, begin
from core.database import Database
from core.postgres_database import PostgresDatabase
from core.sqlite_database import SqliteDatabase
from core.units import MIB
from tests.environment import environment
from tests.support.ports import free_port
from tests.support.postgres import Server
from tests.support.strict_s3 import KEY_ID, SECRET, StrictS3
from tests.support.supabase_stand_in import SupabaseStandIn, supabase_stand_in

VIDEOS, IN_PARTS = 36, 8
_WORDS_WITHIN_S = 120


class Kind(StrEnum):
    """What moves the videos, and where to."""

    WORKER = "one worker, to S3"
    FOLDER = "one worker, to a folder"
    APP = "the app with its worker, to S3"
    PAIR = "two workers on Postgres, to S3"


@dataclass(frozen=True)
class Scene:
    """One migration."""

    kind: Kind
    home: Path
    project: SupabaseStandIn
    s3: StrictS3
    database: Database
    environment: dict[str, str]
    content: dict[str, bytes]  #: what lies at the source, by key

    @property
    def target(self) -> str:
        return "local" if self.kind is Kind.FOLDER else "s3"

    def migrate(self, *words: str) -> None:
        """Have a command done."""
        command = self.begin("core", "migrate", *words)
        command.wait(_WORDS_WITHIN_S)
        if command.status:
            raise RuntimeError(f"{words}: {self.output()}")

    def begin(self, module: str, *words: str) -> Started:
        """Start a process of the installation; what it prints is kept beside the home."""
        return begin(module, words, self.environment, self._log)

    def output(self) -> str:
        """The last of what its processes have printed."""
        return self._log.read_text()[-40_000:]

    @property
    def _log(self) -> Path:
        return self.home.with_name("output.log")


@contextmanager
def open_scene(kind: Kind, folder: Path, postgres: Server, chance: random.Random) -> Iterator[Scene]:
    """Videos of all sizes, some in several parts."""
    home = folder / "home"
    home.mkdir(parents=True)
    with ExitStack() as stack:
        project, s3 = stack.enter_context(supabase_stand_in()), stack.enter_context(StrictS3(bucket="videos"))
        content = _filled(project, chance)
        settings = {
            "SUPABASE_URL": project.url, "SUPABASE_SERVICE_ROLE_KEY": project.key(), "SUPABASE_BUCKET": "fights",
            "PHYGHT_PORT": str(free_port()),
        }  # fmt: skip
        database: Database = SqliteDatabase(home / "phyght.db")
        if kind is Kind.FOLDER:
            (home / "storage").mkdir()
        else:
            keys = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
            settings |= {"S3_BUCKET": "videos", "AWS_ENDPOINT_URL": s3.url, **keys}
        if kind is Kind.PAIR:
            settings["DATABASE_URL"] = stack.enter_context(postgres.another("tables"))
            database = PostgresDatabase(settings["DATABASE_URL"])
        yield Scene(kind, home, project, s3, database, environment(home, **settings), content)


def _filled(project: SupabaseStandIn, chance: random.Random) -> dict[str, bytes]:
    content: dict[str, bytes] = {}
    bucket = project.bucket("fights")
    for number in range(VIDEOS):
        low, high = (9 * MIB, 18 * MIB) if number < IN_PARTS else (0, MIB)
        key = f"2026/fight {number}.mp4"
        content[key] = chance.randbytes(chance.randint(low, high))
        bucket.put(key, len(content[key]))
        bucket.objects[key].content = content[key]
    return content
