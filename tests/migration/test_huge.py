"""Huge: memory stays as flat for an object of 5 GiB as for any other, and all of it is right."""

import json
import subprocess
import sys

from core.migration.traffic import HELD_BYTES
from core.units import GIB
from tests.environment import ROOT, environment

#: Of its bytes, by hashlib, without the code that is tested.
SHA256 = "f52bbad8da630e8715119187caaf6fb0d789ffb0a1d58eb8ac5a3e884c2c3b33"


def test_an_object_of_5_gib_that_nobody_stores_arrives_whole_in_flat_memory(tmp_path):
    home, size_bytes = tmp_path / "home", 5 * GIB + 7
    home.mkdir()

    done = subprocess.run(
        [sys.executable, "-m", "tests.migration.huge", str(home), str(size_bytes)],
        cwd=ROOT,
        env=environment(home),
        stdout=subprocess.PIPE,
        check=True,
    )

    told = json.loads(done.stdout)
    assert (told["state"], told["problem"], told["sha256"]) == ("done", "", SHA256)
    assert (told["arrived_bytes"], told["parts"]) == (size_bytes, 641)
    assert told["held_mb"] <= HELD_BYTES / 1e6
    assert told["growth_mb"] <= 120
