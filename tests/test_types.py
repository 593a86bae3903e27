"""Types: what the type checker says of all the code. A test, so that it runs beside the others."""

import subprocess
import sys
from pathlib import Path

from tests.environment import ROOT


def test_the_types_are_whole():
    checker = Path(sys.executable).with_name("basedpyright")

    checked = subprocess.run(
        [checker, "--pythonpath", sys.executable],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=280,
    )

    assert checked.returncode == 0, checked.stdout
