"""Starting: what a command that needs little does not load."""

import subprocess
import sys

_LOADED = "import sys\nfrom core.__main__ import main\ntry: main(['--help'])\nfinally: print('numpy' in sys.modules)"


def test_forecasts_cost_nothing_where_none_is_asked_for():
    told = subprocess.run([sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True).stdout

    assert "forecast" in told
    assert told.splitlines()[-1] == "False"
