"""JuiceFS: a real S3 server on this machine, with MinIO's code for signatures, parts and ranges."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.ports import free_port

_PROGRAM = Path(sys.executable).with_name("juicefs")


@dataclass(frozen=True)
class Gateway:
    """A server with one bucket; it keeps ETags and metadata, and knows no checksums and no If-None-Match."""

    url: str
    bucket: str
    key_id: str = "juicefs-user"
    secret: str = "juicefs-secret"


@contextmanager
def juicefs_gateway(folder: Path, bucket: str = "videos") -> Iterator[Gateway]:
    """A server that answers for as long as the block lasts, and keeps everything in a folder."""
    meta, address = f"sqlite3://{folder / 'meta.db'}", f"127.0.0.1:{free_port()}"
    gateway = Gateway(f"http://{address}", bucket)
    told = {**os.environ, "MINIO_ROOT_USER": gateway.key_id, "MINIO_ROOT_PASSWORD": gateway.secret, "HOME": str(folder)}
    log = ["--log", str(folder / "gateway.log")]
    _run("format", "--storage", "file", "--bucket", f"{folder / 'blobs'}/", "--trash-days", "0", meta, bucket)
    options = ["--object-meta", "--keep-etag", "--no-banner", "--no-usage-report", "--cache-dir", str(folder / "cache")]
    process = subprocess.Popen(
        [_PROGRAM, "gateway", *options, *log, meta, address], env=told, cwd=folder,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(gateway.url, process)
        yield gateway
    finally:
        process.terminate()
        process.wait(30)


def _run(*words: str) -> None:
    subprocess.run([_PROGRAM, *words], check=True, capture_output=True, timeout=60)


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=1)
        except urllib.error.HTTPError:
            return  # it answers, and wants a signature
        except OSError:
            continue
    raise RuntimeError("the gateway did not start")
