"""Logging: logs as CloudFront would deliver them, line by line, and a platform that they are ingested into."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.database import Database
from core.ingestion import Ingested, ingest
from core.settings import Settings
from core.warehouse import Warehouse
from tests.support.databases import fresh_database

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
LEGACY = tuple(
    """
    date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent)
    cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken
    x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status
    fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len
    sc-range-start sc-range-end
    """.split()  # noqa: SIM905
)
V2 = [*LEGACY, "c-country", "distributionid"]
CHROME = "Mozilla/5.0%20(Windows%20NT%2010.0;%20Win64;%20x64)%20Chrome/120.0"
NAME = "E2K2LNL5N3WR51.2026-11-28-14.a103fd5a.gz"
_USUAL = {
    "date": "2026-11-28",
    "time": "14:00:10",
    "x-edge-location": "FRA56-P2",
    "sc-bytes": "1000",
    "c-ip": "192.0.2.7",
    "cs-method": "GET",
    "cs(Host)": "d111.cloudfront.net",
    "cs-uri-stem": "/videos/v1/hls/1080p.mp4",
    "sc-status": "206",
    "cs(User-Agent)": CHROME,
    "x-edge-result-type": "Hit",
    "x-edge-response-result-type": "Hit",
    "cs-protocol": "https",
    "cs-bytes": "100",
    "time-taken": "0.200",
    "time-to-first-byte": "0.020",
    "c-country": "AT",
    "distributionid": "E2K2LNL5N3WR51",
}
_numbers = iter(range(10**9))


def line(fields: Sequence[str] = LEGACY, **values: str) -> str:
    """One line; values by the fields' names with `_` for what a Python name cannot have."""
    told = _USUAL | {"x-edge-request-id": f"request{next(_numbers)}"}
    given = {_python(field): field for field in fields}
    told |= {given[name]: value for name, value in values.items()}
    return "\t".join(told.get(field, "-") for field in fields)


def _python(field: str) -> str:
    return field.replace("(", "_").replace(")", "").replace("-", "_").lower()


def w3c(*lines: str, fields: Sequence[str] = LEGACY) -> bytes:
    head = f"#Version: 1.0\n#Fields: {' '.join(fields)}\n"
    return (head + "".join(f"{each}\n" for each in lines)).encode()


def as_json(*lines: str, fields: Sequence[str] = LEGACY) -> bytes:
    told = (dict(zip(fields, each.split("\t"), strict=True)) for each in lines)
    return "".join(f"{json.dumps(each)}\n" for each in told).encode()


@dataclass
class Logged:
    """A folder that logs are delivered to, and the platform that takes them from there."""

    folder: Path
    home: Path
    settings: Settings

    def __post_init__(self) -> None:
        self.database: Database = fresh_database(self.home / "phyght.db")
        self.warehouse = Warehouse(self.home / "warehouse", self.database)
        self.folder.mkdir(parents=True, exist_ok=True)

    def deliver(self, *lines: str, name: str = NAME, fields: Sequence[str] = LEGACY) -> Path:
        return self.put(gzip.compress(w3c(*lines, fields=fields)), name)

    def put(self, content: bytes, name: str = NAME) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    def ingest(self) -> Ingested:
        return ingest(str(self.folder), self.database, self.warehouse.folder, self.settings, lambda: NOW)

    def ask(self, sql: str) -> list[tuple]:
        return self.warehouse.query(sql)

    def counted(self) -> int:
        return self.ask("SELECT coalesce(sum(lines), 0)::BIGINT FROM requests")[0][0]
