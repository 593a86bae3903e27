"""Guard: runs one program within limits, and ends it when whoever asked for it is gone.

Run as a script of its own (`python -I -S guard.py LIMITS PROGRAM ...`), because limits have to be set between fork and
exec, which is safe only in a process without threads. Its standard input is a pipe on which nothing is ever written:
it ends when the process at the other side does, however that happens.
"""

import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import partial

_LIMITS = {"memory_bytes": resource.RLIMIT_AS, "cpu_s": resource.RLIMIT_CPU, "file_bytes": resource.RLIMIT_FSIZE}


def main(limits: str, *program: str) -> None:
    """Run the program; ends with its exit status, or 128 and the number of the signal that ended it."""
    child = subprocess.Popen(program, stdin=subprocess.DEVNULL, preexec_fn=partial(_limit, json.loads(limits)))
    threading.Thread(target=_end_with_other_side, args=(child,), daemon=True).start()
    status = child.wait()
    os._exit(status if status >= 0 else 128 - status)


def _limit(limits: Mapping[str, int]) -> None:
    os.nice(limits["nice"])
    for name, limit in _LIMITS.items():
        if sys.platform != "darwin" or limit != resource.RLIMIT_AS:  # macOS refuses to limit addresses
            resource.setrlimit(limit, (limits[name], limits[name]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end_with_other_side(child: subprocess.Popen[bytes]) -> None:
    while os.read(0, 1):
        pass
    child.kill()


if __name__ == "__main__":
    main(*sys.argv[1:])
