"""Fuzz: hostile bytes for what reads players' reports and logs, guided by what they reach of its code.

    python -m tests.fuzz cmcd|logged|names|lines|access [-max_total_time=180 and other options of libFuzzer's]

Stops at what does not hold, and keeps the bytes in a file crash-... of the current folder.
"""

import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import atheris as untyped

atheris: Any = untyped

with atheris.instrument_imports(include=["core.telemetry"]):
    from tests.fuzz.targets import EXAMPLES, TARGETS


def main(name: str, *options: str) -> None:
    corpus = Path(mkdtemp(prefix="corpus-"))
    for number, example in enumerate(EXAMPLES[name]):
        (corpus / f"{number}").write_bytes(example)
    atheris.Setup([sys.argv[0], str(corpus), *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
