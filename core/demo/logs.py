"""Logs: the demo's requests as CloudFront writes them down, in its real-time and its standard format."""

import gzip
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from core.costs.period import midnight
from core.demo.cloudfront import DISTRIBUTION, PLAIN_HTTP
from core.demo.delivery import stamp, write_manifest
from core.demo.requests import Request

#: One request in so many is logged in real time.
SAMPLED = 100
DISTRIBUTION_ID = DISTRIBUTION.rpartition("/")[2]
_HOST = "media.phyght.example"
_REAL_TIME = (
    "timestamp", "c-ip", "time-to-first-byte", "sc-status", "sc-bytes", "cs-method", "cs-protocol", "cs-host",
    "cs-uri-stem", "cs-bytes", "x-edge-location", "x-edge-request-id", "time-taken", "cs-user-agent",
    "x-edge-response-result-type", "c-country", "primary-distribution-id",
)  # fmt: skip
_STANDARD = (
    "date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status",
    "cs(User-Agent)", "x-edge-request-id", "cs-protocol", "cs-bytes", "time-taken", "x-edge-response-result-type",
    "time-to-first-byte", "c-country",
)  # fmt: skip
#: Of compression: more takes twice the time and saves a tenth.
_LEVEL = 4
#: Addresses that are for documents only.
_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")


def write_log_config(folder: Path, delivered_at: datetime) -> None:
    """What `aws cloudfront get-realtime-log-config` says of the logs in the folder."""
    stream = {
        "RoleARN": "arn:aws:iam::222233334444:role/logs",
        "StreamARN": "arn:aws:kinesis:us-east-1:222233334444:stream/logs",
    }
    config = {
        "ARN": "arn:aws:cloudfront::222233334444:realtime-log-config/media",
        "Name": "media",
        "SamplingRate": 100 // SAMPLED,
        "EndPoints": [{"StreamType": "Kinesis", "KinesisStreamConfig": stream}],
        "Fields": list(_REAL_TIME),
    }
    write_manifest(folder / "realtime-log-config.json", {"RealtimeLogConfig": config}, delivered_at)


def write_real_time(file: Path, requests: Sequence[Request], day: date) -> None:
    """A day's requests, one in SAMPLED."""
    named = _names(day)
    lines = [
        f"{one.at:.3f}\t{_address(number)}\t{one.ttfb_s:.3f}\t{one.status}\t{one.bytes:.0f}\tGET"
        f"\t{_scheme(one, number)}\t{_HOST}\t{one.path}\t{430 + number % 90}\t{one.viewer.edge}\t{named}{number:08X}=="
        f"\t{one.taken_s:.3f}\t{one.agent}\t{one.result}\t{one.viewer.country}\t{DISTRIBUTION_ID}\n"
        for number, one in enumerate(requests)
    ]
    _write(file, lines, day)


def write_standard(folder: Path, requests: Sequence[Request], day: date) -> None:
    """All of a day's requests, in the format of standard logs, version 2."""
    named = _names(day)
    lines = [f"#Version: 1.0\n#Fields: {' '.join(_STANDARD)}\n"]
    for number, one in enumerate(requests):
        at = datetime.fromtimestamp(one.at, UTC)
        lines.append(
            f"{at:%Y-%m-%d\t%H:%M:%S}\t{one.viewer.edge}\t{one.bytes:.0f}\t{_address(number)}\tGET\t{_HOST}\t{one.path}"
            f"\t{one.status}\t{one.agent}\t{named}{number:08X}==\t{_scheme(one, number)}\t{430 + number % 90}"
            f"\t{one.taken_s:.3f}\t{one.result}\t{one.ttfb_s:.3f}\t{one.viewer.country}\n"
        )
    _write(folder / f"{DISTRIBUTION_ID}.{day}-23.{sha256(named.encode()).hexdigest()[:8]}.gz", lines, day)


def _names(day: date) -> str:
    """How the ids of a day's requests begin."""
    return urlsafe_b64encode(sha256(f"requests {day}".encode()).digest())[:42].decode()


def _address(number: int) -> str:
    if number % 11 == 0:
        return f"2001:db8:{number * 7919 % 65536:x}::{number % 251 + 1:x}"
    return f"{_NETWORKS[number % 3]}.{number * 31 % 254 + 1}"


def _scheme(one: Request, number: int) -> str:
    """Some set-top boxes ask by plain HTTP: as many as the bill has."""
    return "http" if number * 37 % 100 < PLAIN_HTTP.get(one.audience, 0) else "https"


def _write(file: Path, lines: Sequence[str], day: date) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress("".join(lines).encode(), _LEVEL, mtime=0))
    stamp(file, midnight(day + timedelta(1)))
