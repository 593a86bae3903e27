"""Uploads: `python -m core upload` against the usual clients, and what the browser's uploader asks of the server."""

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import boto3

from benchmarks.bench import Bench, median_cost
from benchmarks.figures import Figure, Section, at_most
from benchmarks.measure import ROOT, Cost, measure, measure_command
from benchmarks.served import copy_app, environment, serving
from core.units import GIB, MIB
from tests.browser.films import resident_mb
from tests.support.juicefs import Gateway, juicefs_gateway

TITLE = "Uploads"
METHOD = """
A file of {size} goes to the gateway of JuiceFS, a real S3 server on this machine, by `core upload`, boto3's
`upload_file`, `aws s3 cp`, s5cmd and rclone as they come, in turn, {repeats} times each; every object is removed before
the next is sent. Ours records the video besides, and its checksums are on: as this server keeps no CRC64NVME, each part
is proven by its MD5. CPU and memory are the whole process's, starting Python included; figures are medians, peaks the
highest.
Then a headless Chromium sends the same file through the Upload page to this machine's folder, after a smaller one that
is not counted; memory is the server process's highest resident size, against that before.
"""
SIZE = 1 * GIB
_HEAD = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41"
_BOTO3 = "import boto3, sys; boto3.client('s3').upload_file(sys.argv[1], sys.argv[2], 'boto3.mp4')"
#: In an environment of its own, which `make bench` makes: it wants another botocore.
_AWS = ROOT / ".venv" / "aws" / "bin" / "aws"
_OURS, _REFERENCE = "python -m core upload", "boto3"


def run(bench: Bench) -> Section:
    """Send the file by each client in turn, and then through a browser."""
    with _work_folder(bench) as folder:
        file = _film(folder / "film.mp4", SIZE)
        costs = _clients(bench, folder, file)
        bench.say("Chromium: sending the same file through the Upload page")
        figures = [*_compared(costs), *_browser(bench, folder, file)]
    return Section(TITLE, METHOD.format(size=f"{SIZE // MIB} MiB", repeats=bench.repeats).strip(), tuple(figures))


@contextmanager
def _work_folder(bench: Bench) -> Iterator[Path]:
    """In memory where there is enough of it, because a disk's speed varies more than what is measured."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 6 * SIZE
    folder = memory / "phyght-uploads" if roomy else bench.folder / "uploads"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _film(path: Path, size: int) -> Path:
    with path.open("wb") as file:
        file.write(_HEAD)
        for _ in range(size // MIB):
            file.write(os.urandom(MIB))
        file.truncate(size)
    return path


def _clients(bench: Bench, folder: Path, film: Path) -> dict[str, list[Cost]]:
    (folder / "server").mkdir()
    costs: dict[str, list[Cost]] = {}
    with juicefs_gateway(folder / "server") as gateway:
        told = _environment(gateway, folder)
        for turn in range(bench.repeats):
            for name, command in _commands(gateway, film).items():
                bench.say(f"{name}: {turn + 1} of {bench.repeats}")
                costs.setdefault(name, []).append(measure_command(command, told, ROOT))
                empty(gateway)
                shutil.rmtree(folder / "home", ignore_errors=True)
    return costs


def _environment(gateway: Gateway, folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PHYGHT_", "AWS_", "SUPABASE_"))}
    return kept | {
        "AWS_ACCESS_KEY_ID": gateway.key_id,
        "AWS_SECRET_ACCESS_KEY": gateway.secret,
        "AWS_ENDPOINT_URL": gateway.url,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "S3_BUCKET": gateway.bucket,
        "PHYGHT_HOME": str(folder / "home"),
        "PHYGHT_DEMO": "off",
        "PHYGHT_ENV_FILE": str(_nothing(folder / "empty.env")),
    }


def _nothing(path: Path) -> Path:
    path.touch()
    return path


def _commands(gateway: Gateway, film: Path) -> dict[str, list[str]]:
    programs, bucket = Path(sys.executable).parent, f"s3://{gateway.bucket}"
    place = f":s3,provider=Other,env_auth=true,endpoint='{gateway.url}':{gateway.bucket}/rclone.mp4"
    return {
        _OURS: [sys.executable, "-m", "core", "upload", str(film), "--json"],
        _REFERENCE: [sys.executable, "-c", _BOTO3, str(film), gateway.bucket],
        "aws s3 cp": [str(_AWS), "s3", "cp", "--only-show-errors", str(film), f"{bucket}/aws.mp4"],
        "s5cmd": [str(programs / "s5cmd"), "--endpoint-url", gateway.url, "cp", str(film), f"{bucket}/s5cmd.mp4"],
        "rclone": [str(programs / "rclone"), "--config", os.devnull, "copyto", str(film), place],
    }


def empty(gateway: Gateway) -> None:
    """Remove all that it has."""
    client = boto3.client(
        "s3", "us-east-1", endpoint_url=gateway.url, aws_access_key_id=gateway.key_id,
        aws_secret_access_key=gateway.secret,
    )  # fmt: skip
    while items := client.list_objects_v2(Bucket=gateway.bucket).get("Contents"):
        for item in items:
            client.delete_object(Bucket=gateway.bucket, Key=item["Key"])


def _compared(costs: dict[str, list[Cost]]) -> Iterator[Figure]:
    medians = {name: median_cost(each) for name, each in costs.items()}
    ours, reference = medians[_OURS], medians[_REFERENCE]
    others = median(cost.wall_s for name, cost in medians.items() if name != _OURS)
    yield at_most(
        "Upload: time against the median client", ours.wall_s / others, 1, "times",
        f"{ours.wall_s:.2f} s against {others:.2f} s",
    )  # fmt: skip
    yield at_most(
        "Upload: CPU against boto3", ours.cpu_s / reference.cpu_s, 1.2, "times",
        f"{ours.cpu_s:.2f} s against {reference.cpu_s:.2f} s",
    )  # fmt: skip
    yield at_most("Upload: peak memory", ours.peak_mb, 150, "MB", f"boto3 {reference.peak_mb:.0f} MB")
    for name, cost in medians.items():
        evidence = f"{cost.cpu_s:.2f} s of CPU, {cost.peak_mb:.0f} MB"
        yield Figure(f"Upload by {name}", f"{SIZE / MIB / cost.wall_s:.0f} MiB/s", evidence)


def _browser(bench: Bench, folder: Path, film: Path) -> Iterator[Figure]:
    app, home = bench.empty_folder("app"), folder / "browser-home"
    copy_app(app)
    warm = _film(folder / "warm.mp4", 64 * MIB)
    with serving(app, environment(home), folder / "browser.log") as (url, process):
        measure("uploading:send", url=url, film=str(warm))
        before = resident_mb(process)
        with _highest(process) as highest:
            seconds = measure("uploading:send", url=url, film=str(film)).answer
    growth = max(highest) - before
    yield at_most(
        "Browser: growth of the server's memory", growth, 20, "MB", f"{max(highest):.0f} MB against {before:.0f} MB"
    )
    yield Figure("Browser: speed", f"{SIZE / MIB / seconds:.0f} MiB/s", f"{seconds:.1f} s, to this machine's folder")


@contextmanager
def _highest(process: int) -> Iterator[list[float]]:
    """Its memory ten times a second, for as long as the block lasts."""
    seen, over = [resident_mb(process)], threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            seen.append(resident_mb(process))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()
