"""No downtime: whoever asks for a video by any of its links gets the right bytes, before, during and after its move."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from core.sqlite_database import SqliteDatabase
from tests.browser.server import Server, running
from tests.environment import ROOT, environment
from tests.jobs.waiting import wait_until
from tests.migration.place import content
from tests.support.strict_s3 import KEY_ID, SECRET, StrictS3
from tests.support.supabase_stand_in import SupabaseStandIn, supabase_stand_in

KEYS = [f"fights/2024/{name}.mp4" for name in ("rivera vs stone", "alba+cruz", "100%", "ñandú & co (1)", "empty")]
SIZES = (900_000, 70_000, 5, 300_000, 0)
BYTES = {key: content(size, number) for number, (key, size) in enumerate(zip(KEYS, SIZES, strict=True))}
#: As it was published, and as the platform's own pages asked for it.
FORMS = ("/v/storage/v1/object/public/fights/{}", "/v/object/authenticated/fights/{}")


@dataclass
class Viewers:
    """Ask and ask again, each by links of its own, until they are told to stop."""

    server: Server
    links: dict[str, bytes]  #: path on the server, and what it has to lead to
    wrong: list[str] = field(default_factory=list)
    answers: int = 0
    running: list[Future[None]] = field(default_factory=list)

    def watch(self, stopped: Event) -> None:
        with httpx.Client(base_url=self.server.url, follow_redirects=True, timeout=60) as client:
            while not stopped.is_set():
                for link, meant in self.links.items():
                    self._ask(client, link, meant)

    def _ask(self, client: httpx.Client, link: str, meant: bytes) -> None:
        answer = client.get(link, headers={"Accept": "*/*"})
        self.answers += 1
        if answer.status_code != 200 or hashlib.sha256(answer.content).digest() != hashlib.sha256(meant).digest():
            self.wrong.append(f"{link}: {answer.status_code}, {len(answer.content)} bytes, {answer.url}")


@dataclass(frozen=True)
class Journey:
    """An installation between two providers, and its commands."""

    project: SupabaseStandIn
    s3: StrictS3
    server: Server
    settings: dict[str, str]

    def migrate(self, *words: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "core", "migrate", *words, "--json"],
            cwd=ROOT,
            env=environment(self.server.home, **self.settings),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    def videos(self) -> dict[str, int]:
        return self.migrate("status", "move")["videos"]

    def wait_for(self, **states: int) -> None:
        wanted = {name.replace("_", " "): number for name, number in states.items()}
        wait_until(lambda: self.videos() == wanted, f"{wanted}")

    def kill_worker(self) -> None:
        database = SqliteDatabase(self.server.home / "phyght.db")
        with database.reading() as connection:
            process = connection.execute("select process from workers").fetchone()[0]
        os.kill(process, signal.SIGKILL)


@pytest.fixture
def journey(tmp_path: Path) -> Iterator[Journey]:
    with supabase_stand_in() as project, StrictS3(bucket="videos") as s3:
        bucket = project.bucket("fights")
        bucket.public = True
        for key, meant in BYTES.items():
            bucket.put(key, len(meant))
            bucket.objects[key].content = meant
        settings = {
            "SUPABASE_URL": project.url, "SUPABASE_SERVICE_ROLE_KEY": project.key(), "SUPABASE_BUCKET": "fights",
            "S3_BUCKET": "videos", "AWS_ENDPOINT_URL": s3.url, "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }  # fmt: skip
        with running(tmp_path / "home", **settings) as server:
            yield Journey(project, s3, server, settings)


def every_link(slugs: dict[str, str]) -> dict[str, bytes]:
    old = {form.format(quote(key)): meant for key, meant in BYTES.items() for form in FORMS}
    return old | {f"/v/{slugs[key]}": meant for key, meant in BYTES.items()}


def slugs_of(journey: Journey) -> dict[str, str]:
    database = SqliteDatabase(journey.server.home / "phyght.db")
    with database.reading() as connection:
        rows = connection.execute("select v.slug, o.key from videos v join objects o on o.video_id = v.id")
        return {row["key"]: row["slug"] for row in rows}


@pytest.fixture
def watched(journey: Journey) -> Iterator[Callable[[], Viewers]]:
    """Viewers from then on; they are stopped, and what they got is looked at, at the end."""
    stopped, pool, viewers = Event(), ThreadPoolExecutor(2), list[Viewers]()

    def begin() -> Viewers:
        viewers.append(Viewers(journey.server, every_link(slugs_of(journey))))
        viewers[0].running += [pool.submit(viewers[0].watch, stopped) for _ in range(2)]
        return viewers[0]

    yield begin
    stopped.set()
    pool.shutdown()
    for each in viewers:
        for future in each.running:
            future.result()
        assert each.wrong == []
        assert each.answers > 3 * len(each.links)


def test_no_request_fails_through_a_move_a_killed_worker_a_roll_back_and_a_retirement(journey, watched):
    assert journey.migrate("plan", "--name", "move", "--grace", "0")["estimate"]["videos"] == 5
    watched()

    journey.migrate("start", "move", "--limit-rate", "400K")
    wait_until(lambda: journey.videos().get("waiting", 0) + journey.videos().get("copying", 0) < 5, "one is moved")
    journey.kill_worker()
    journey.migrate("start", "move", "--limit-rate", "off")
    journey.wait_for(done=5)

    assert journey.migrate("rollback", "move")["videos"] == 5
    journey.wait_for(rolled_back=5)
    for slug in slugs_of(journey).values():
        journey.migrate("retry", "move", "--video", slug)
    journey.wait_for(done=5)

    assert journey.migrate("retire", "move")["videos"] == 5
    journey.wait_for(retired=5)
    assert journey.project.bucket("fights").objects == {}
