"""Crashing: kill an ingestion of measurements before each of its effects, and see that the next one puts it right.

    python -m tests.telemetry.crashing HOME SOURCE

HOME holds a day with a request to the CDN and a session, and a folder that no pointer names; SOURCE
has another one of each. Prints how many times it was killed; fails where anything is lost, doubled or left behind.
"""

import os
import shutil
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

from core.segments import collect_orphans
from tests.billing.faults.crashing import die_before, in_transaction, killed
from tests.telemetry.ingesting import Installation

VIEWS = ("requests", "sessions")
#: Not what is done in folders for what is needed meanwhile: one that is left is swept by the next run.
_ON_FILES = {"rename", "utime", "rmdir"}
_COUNTS = ", ".join(f"(SELECT count(*) FROM {view})" for view in VIEWS)


def now() -> datetime:
    return datetime.now(UTC)


def counted(home: Installation) -> tuple[int, ...]:
    return home.ask(f"SELECT {_COUNTS}")[0]


def _counts(frame: FrameType, called: Any) -> bool:
    """What moves a day on: its files, and each commit; what is not committed never was."""
    if called.__name__ == "execute":
        return frame.f_code.co_name == "transaction" and in_transaction(called.__self__)
    return called.__name__ in _ON_FILES


def ingest_and_die(home: Path, source: Path, effect: int) -> None:
    installation = Installation(home, source)
    die_before(effect, _counts)
    installation.ingest(clock=now)
    sys.setprofile(None)


def recover(home: Path, source: Path) -> None:
    """What a reader sees after the crash, and what the next ingestion comes to."""
    installation = Installation(home, source)
    seen = counted(installation)
    assert set(seen) <= {1, 2}, seen
    report = installation.ingest(clock=now)
    assert report.well, report
    assert counted(installation) == (2, 2), counted(installation)
    check_nothing_is_left(installation, home)


def check_nothing_is_left(installation: Installation, home: Path) -> None:
    collect_orphans(installation.warehouse.folder, installation.database, now() + timedelta(hours=2))
    with installation.database.reading() as connection:
        current = {row[0] for row in connection.execute("select path from measurements")}
    assert len(current) == len(VIEWS)
    assert {folder.name for folder in installation.warehouse.folder.iterdir()} == current
    assert list((home / "scratch").iterdir()) == []


def crash_and_recover(base: Path, source: Path, effect: int) -> bool:
    """Whether there is an n-th effect to be killed before."""
    home = base.with_name("crashed")
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(base, home)
    _leave_an_orphan(home)
    if not killed(lambda: ingest_and_die(home, source, effect)):
        return False
    if killed(lambda: recover(home, source)):
        sys.exit(f"the ingestion after crash {effect} was killed")
    return True


def _leave_an_orphan(home: Path) -> None:
    """A segment that was replaced long ago, and is to be collected."""
    orphan = home / "warehouse" / "2026-11-01-cloudfront-replaced"
    orphan.mkdir()
    (orphan / "requests.parquet").write_bytes(b"old")
    long_ago = (now() - timedelta(days=1)).timestamp()
    os.utime(orphan, (long_ago, long_ago))


def main(base: Path, source: Path) -> int:
    return next(effect for effect in count(1) if not crash_and_recover(base, source, effect)) - 1


if __name__ == "__main__":
    sys.stdout.write(f"{main(Path(sys.argv[1]), Path(sys.argv[2]))}\n")
