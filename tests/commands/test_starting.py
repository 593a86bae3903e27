"""Starting and ending: what a command that needs little does not load, and that it may be cut short."""

import os
import subprocess
import sys
from pathlib import Path

from tests.billing.builders import csv_gz, focus, put
from tests.commands.test_commands import OCTOBER, Terminal, terminal

__all__ = ["terminal"]

_LOADED = "import sys\nfrom core.__main__ import main\ntry: main(['--help'])\nfinally: print('numpy' in sys.modules)"


def test_forecasts_cost_nothing_where_none_is_asked_for():
    told = subprocess.run([sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True).stdout

    assert "forecast" in told
    assert told.splitlines()[-1] == "False"


def test_a_command_ends_quietly_where_whoever_reads_has_seen_enough(terminal: Terminal, bucket: Path):
    """As with `| head -1`; here nobody reads at all."""
    put(bucket / "bill.csv.gz", csv_gz([focus("1")]))
    terminal.run("ingest", bucket)
    reads, writes = os.pipe()
    os.close(reads)

    words = [sys.executable, "-m", "core", "costs", *OCTOBER]
    ended = subprocess.run(words, stdout=writes, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writes)

    assert (ended.returncode, ended.stderr) == (141, "")
