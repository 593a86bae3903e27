"""Migration: a worker that moves videos from Supabase to S3, beside rclone and juicefs, which only copy them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bench import Bench, median_cost
from benchmarks.figures import Figure, Section, at_most
from benchmarks.measure import ROOT, Cost, measure_command
from benchmarks.moved import Worker, asked
from benchmarks.uploads import empty
from core.units import KIB, MIB
from tests.support.juicefs import Gateway, juicefs_gateway
from tests.support.ports import free_port

TITLE = "Migration"
METHOD = """
Objects of random bytes, each a video of its own, go from one server on this machine to another one: from a small server
that sends files (`benchmarks.source`, which speaks as much of Supabase's interface and of S3's as is asked of it) to
the gateway of JuiceFS. Ours is `python -m core work` on a home whose migration was planned: the worker runs, and what
it does at its start is over, when the migration is started; wall time is from then until the last cut-over, CPU the
worker's meanwhile, memory its highest resident size meanwhile, which contains what a worker has loaded for everything
else. It records, checks and cuts over each video; rclone and juicefs copy as they come. They read the same files as S3,
which lists a thousand in one request, with size and ETag: that is the least work for them (an HTML listing would cost
rclone a HEAD for each). `juicefs sync` compares nothing afterwards unless `--check-new` is given: it is measured both
ways. All of it lies in memory where there is room, the database too, so that syncing costs nothing. Each runs in turn,
{repeats} times, and the target is emptied in between; figures are medians, peaks the highest.
Then a worker is killed (SIGKILL) in the middle of four objects of 512 MiB, and another one started: what the source has
sent in the end beyond the objects' size was sent again; the goal is a part of 8 MiB for each that is on its way.
"""
_OURS, _CHECKED = "python -m core work", "juicefs sync --check-new"
_IN_FLIGHT = 4


@dataclass(frozen=True)
class Load:
    """So many objects of a size."""

    what: str
    objects: int
    size_bytes: int
    judged: bool = True  #: it has goals

    @property
    def total_bytes(self) -> int:
        return self.objects * self.size_bytes


_MANY = Load("200 of 8 MiB", 200, 8 * MIB)
_LARGE = Load("4 of 512 MiB", 4, 512 * MIB)
_SMALL = Load("1,000 of 64 KiB", 1000, 64 * KIB, judged=False)


@dataclass(frozen=True)
class Place:
    """Where everything of one load runs."""

    load: Load
    folder: Path
    source: str  #: the address of its server
    target: Gateway

    @property
    def environment(self) -> dict[str, str]:
        """What the worker is started with; the peers need none of it."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PHYGHT_", "AWS_", "SUPABASE_"))
        }
        return kept | {
            "AWS_ACCESS_KEY_ID": self.target.key_id,
            "AWS_SECRET_ACCESS_KEY": self.target.secret,
            "AWS_ENDPOINT_URL": self.target.url,
            "AWS_REGION": "us-east-1",
            "S3_BUCKET": self.target.bucket,
            "SUPABASE_URL": self.source,
            "SUPABASE_SERVICE_ROLE_KEY": _key(),
            "SUPABASE_BUCKET": "videos",
            "PHYGHT_HOME": str(self.folder / "home"),
            "PHYGHT_DEMO": "off",
            "PHYGHT_ENV_FILE": str(self.folder / "empty.env"),
        }


def run(bench: Bench) -> Section:
    """Move each load by each in turn, and one with a worker that is killed."""
    figures = list[Figure]()
    for load in (_MANY, _LARGE, _SMALL):
        with _place(bench, load) as place:
            figures += _compared(load, _costs(bench, place))
            if load is _LARGE:
                bench.say("a worker that is killed")
                figures.append(_sent_again(place))
    return Section(TITLE, METHOD.format(repeats=bench.repeats).strip(), tuple(figures))


@contextmanager
def _place(bench: Bench, load: Load) -> Iterator[Place]:
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 4 * load.total_bytes
    folder = (memory if roomy else bench.folder) / "phyght-migration"
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("source/videos", "server"):
        (folder / name).mkdir(parents=True)
    (folder / "empty.env").touch()
    bench.say(f"{load.what}: writing the source's files")
    for number in range(load.objects):
        _write(folder / "source" / "videos" / f"fight-{number:04}.mp4", load.size_bytes)
    try:
        with _source(folder / "source" / "videos") as source, juicefs_gateway(folder / "server") as target:
            yield Place(load, folder, source, target)
    finally:
        shutil.rmtree(folder)


def _write(path: Path, size: int) -> None:
    with path.open("wb") as file:
        for at in range(0, size, 8 * MIB):
            file.write(os.urandom(min(8 * MIB, size - at)))


@contextmanager
def _source(folder: Path) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.source", str(folder), str(port)], cwd=ROOT)
    try:
        asked(f"http://127.0.0.1:{port}/sent", within_s=60)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _costs(bench: Bench, place: Place) -> dict[str, list[Cost]]:
    costs: dict[str, list[Cost]] = {}
    for turn in range(bench.repeats):
        for name, command in _peers(place).items():
            bench.say(f"{place.load.what}: {name}, {turn + 1} of {bench.repeats}")
            costs.setdefault(name, []).append(measure_command(command, os.environ | {"HOME": str(place.folder)}, ROOT))
            empty(place.target)
        bench.say(f"{place.load.what}: {_OURS}, {turn + 1} of {bench.repeats}")
        costs.setdefault(_OURS, []).append(_moved(place))
        empty(place.target)
    return costs


def _peers(place: Place) -> dict[str, list[str]]:
    programs, target = Path(sys.executable).parent, place.target
    host, source = target.url.removeprefix("http://"), place.source.removeprefix("http://")
    secrets = f"access_key_id={target.key_id},secret_access_key={target.secret}"
    rclone = [
        str(programs / "rclone"), "--config", os.devnull, "copy",
        f":s3,provider=Other,access_key_id=any,secret_access_key=any,endpoint='{place.source}':videos",
        f":s3,provider=Other,{secrets},endpoint='{target.url}':{target.bucket}",
    ]  # fmt: skip
    juicefs = [str(programs / "juicefs"), "sync", "--no-https"]
    places = [f"minio://any:any@{source}/videos/", f"minio://{target.key_id}:{target.secret}@{host}/{target.bucket}/"]
    return {
        "rclone copy": rclone,
        "juicefs sync": [*juicefs, *places],
        _CHECKED: [*juicefs, "--check-new", *places],
    }


def _moved(place: Place) -> Cost:
    with _home(place), Worker(place.environment) as worker:
        worker.settle()
        worker.begin()
        return worker.wait_until_moved()


def _sent_again(place: Place) -> Figure:
    """What the source sends for objects that a killed worker had begun, beyond their size."""
    before = asked(f"{place.source}/sent")
    with _home(place):
        with Worker(place.environment) as worker:
            worker.settle()
            worker.begin()
            while asked(f"{place.source}/sent") - before < place.load.total_bytes // 2:
                time.sleep(0.02)
            os.kill(worker.pid, signal.SIGKILL)
        with Worker(place.environment) as worker:
            worker.wait_until_moved()
    again = asked(f"{place.source}/sent") - before - place.load.total_bytes
    evidence = f"{again / 1e6:.1f} MB, with the ends that are compared with what viewers get"
    return at_most("Killed in the middle: sent again", again // (8 * MIB), _IN_FLIGHT, "whole parts", evidence)


@contextmanager
def _home(place: Place) -> Iterator[None]:
    """A home whose migration is planned, for as long as the block lasts."""
    command = [sys.executable, "-m", "benchmarks.child", "moving:prepare", "{}"]
    subprocess.run(command, cwd=ROOT, env=place.environment, check=True, capture_output=True)
    try:
        yield
    finally:
        shutil.rmtree(place.folder / "home")


def _compared(load: Load, costs: dict[str, list[Cost]]) -> Iterator[Figure]:
    medians = {name: median_cost(each) for name, each in costs.items()}
    ours, peers = medians[_OURS], [cost for name, cost in medians.items() if name != _OURS]
    if load.judged:
        wall, cpu = min(cost.wall_s for cost in peers), min(cost.cpu_s for cost in peers)
        yield at_most(
            f"{load.what}: time against the best",
            ours.wall_s / wall,
            1.1,
            "times",
            f"{ours.wall_s:.1f} s against {wall:.1f} s",
        )
        yield at_most(
            f"{load.what}: CPU against the best",
            ours.cpu_s / cpu,
            1.5,
            "times",
            f"{ours.cpu_s:.1f} s against {cpu:.1f} s",
        )
        yield at_most(f"{load.what}: peak memory", ours.peak_mb, 200, "MB", f"{ours.answer} MB before it was started")
    for name, cost in medians.items():
        evidence = f"{cost.cpu_s:.1f} s of CPU, {cost.peak_mb:.0f} MB, {load.objects / cost.wall_s:.1f} objects/s"
        yield Figure(f"{load.what} by {name}", f"{cost.wall_s:.1f} s", evidence)


def _key() -> str:
    """A key of the form that Supabase's have; the source looks at none."""
    told = ({"alg": "HS256"}, {"iss": "supabase", "role": "service_role", "exp": 4_000_000_000})
    return ".".join([*(urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode() for each in told), "any"])
