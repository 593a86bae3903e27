"""What the Performance page's tests stand on: logs and sessions that were ingested."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.bootstrap import Platform
from core.segments import Shelf
from core.telemetry.store import Key, Segment, publish
from tests.telemetry.logged import line, w3c
from tests.telemetry.measured import DAY, write

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
NAME = "E2K2LNL5N3WR51.2026-11-28-14.a103fd5a.gz"
THE_DAY = {"from_": "2026-11-28", "to": "2026-11-29"}
MISS = {"x_edge_response_result_type": "Miss"}
ERROR = {"x_edge_response_result_type": "Error", "sc_bytes": "0"}
V2 = {"x_edge_location": "IAD89-C1", "cs_uri_stem": "/videos/v2/hls/720p.mp4"}


@pytest.fixture
def logged(empty: Platform, tmp_path: Path) -> Platform:
    """On the 28th ten requests of viewers and one of a health check, on the 27th four."""
    lines = [
        *(line(sc_bytes="100") for _ in range(5)),
        line(sc_bytes="300", **MISS),
        line(sc_bytes="50", **V2),
        line(sc_bytes="150", **V2, **MISS),
        line(sc_status="404", cs_uri_stem="/favicon.ico", **ERROR),
        line(sc_status="503", **ERROR),
        line(cs_user_agent="ELB-HealthChecker/2.0"),
        *(line(date="2026-11-27", sc_bytes="100") for _ in range(3)),
        line(date="2026-11-27", sc_bytes="100", **MISS),
    ]
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / NAME).write_bytes(gzip.compress(w3c(*lines)))
    empty.ingest(str(folder), lambda: NOW)
    return empty


SESSION = {
    "day": DAY, "country": "DE", "device": "phone", "video": "v1", "played": True, "ebvs": False, "failed": False,
    "watched_ms": 3_600_000, "stalls": 0, "stalled_ms": 0, "rung": "1080p", "furthest_ms": 4_000_000,
    "duration_ms": 4_000_000, "exact": True, "weight": 1.0,
    "started": datetime(2026, 11, 28, 20), "ended": datetime(2026, 11, 28, 21, 4),
}  # fmt: skip


@pytest.fixture
def watched(empty: Platform, tmp_path: Path) -> Platform:
    """Four views of an hour each, two of them of Germany, and one viewer who left before it began."""
    seen = [
        {"session": "a", "startup_ms": 400},
        {"session": "b", "startup_ms": 600, "stalls": 2, "stalled_ms": 144_000},
        {"session": "c", "startup_ms": 800, "country": "US", "furthest_ms": 2_000_000},
        {"session": "d", "startup_ms": 2_400, "country": "BR", "furthest_ms": 1_000_000, "rung": "480p"},
        {"session": "e", "played": False, "ebvs": True, "watched_ms": 0, "startup_ms": None, "country": "BR"},
    ]
    rows = [SESSION | each for each in seen]
    folder = tmp_path / "segment"
    folder.mkdir()
    write(folder, "sessions", rows)
    write(
        folder,
        "session_rungs",
        [
            {
                name: row[name]
                for name in ("day", "video", "session", "country", "device", "rung", "watched_ms", "exact")
            }
            for row in rows
            if row["played"]
        ],
    )
    segment = Segment(Key("players", "here", DAY), "1", {"": 5}, folder)
    publish([segment], [], "here", {}, Shelf(empty.home / "warehouse"), empty.database, NOW)
    return empty
