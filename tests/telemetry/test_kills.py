"""An ingestion of measurements may be killed at any moment: days are whole all the time, and the next one goes on."""

import gzip
import subprocess
import sys
from pathlib import Path

from tests.environment import ROOT, environment
from tests.telemetry import crashing, logged
from tests.telemetry.ingesting import Installation
from tests.telemetry.telling import Telling


def deliver(home: Installation, number: int) -> None:
    """A request of one hour to the CDN, and a session."""
    told = logged.w3c(logged.line(time=f"1{number}:00:00"))
    (home.source / f"{number}.gz").write_bytes(gzip.compress(told))
    Telling(home.source, sid=f"{number}").all((0, "s"), (1, "p"), (3, "e"))


def test_killed_before_any_of_its_effects_it_is_put_right_by_the_next_one(tmp_path: Path):
    home = Installation(tmp_path / "home", tmp_path / "source")
    deliver(home, 1)
    assert home.ingest(clock=crashing.now).well
    deliver(home, 2)

    run = subprocess.run(
        [sys.executable, "-m", "tests.telemetry.crashing", str(home.home), str(home.source)],
        cwd=ROOT, env=environment(home.home), text=True, stdout=subprocess.PIPE, timeout=900, check=True,
    )  # fmt: skip

    assert int(run.stdout) >= 12, "renamed, dated and collected folders, and commits"
