"""python -m benchmarks: measure, print the figures, and write docs/benchmarks.md."""

import argparse
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import (
    attribution,
    forecasting,
    ingestion,
    library,
    logs,
    migration,
    packaging,
    page,
    peers,
    performance,
    planning,
    questions,
    supposing,
    tiering,
    uploads,
)  # fmt: skip
from benchmarks.bench import Bench
from benchmarks.figures import Section, keep, kept
from benchmarks.measure import ROOT
from benchmarks.report import as_text, write_page

BENCHMARKS: dict[str, Callable[[Bench], Section]] = {
    "ingestion": ingestion.run,
    "logs": logs.run,
    "questions": questions.run,
    "peers": peers.run,
    "page": page.run,
    "library": library.run,
    "uploads": uploads.run,
    "migration": migration.run,
    "packaging": packaging.run,
    "planning": planning.run,
    "attribution": attribution.run,
    "performance": performance.run,
    "forecasting": forecasting.run,
    "tiering": tiering.run,
    "supposing": supposing.run,
}
PAGE = ROOT / "docs" / "benchmarks.md"
FIGURES = ROOT / "benchmarks" / "figures"


def main() -> None:
    """Measure what was asked for; the figures of the rest stay as they were."""
    asked = _arguments()
    bench = Bench(asked.data.resolve(), asked.rows, asked.repeats, lambda text: print(f"... {text}", file=sys.stderr))
    for name in asked.only or BENCHMARKS:
        circumstances = _circumstances(name, asked)
        section = replace(BENCHMARKS[name](bench), **circumstances)
        keep(FIGURES, name, section)
        print(as_text(section), flush=True)
    write_page(PAGE, [section for name in BENCHMARKS if (section := kept(FIGURES, name))])
    print(f"\nWritten to {PAGE.relative_to(ROOT)}.")


def _circumstances(name: str, asked: argparse.Namespace) -> dict[str, str]:
    rows = ",".join(map(str, asked.rows))
    load = f"load {os.getloadavg()[0]:.1f} at the start"
    machine = [
        f"{os.cpu_count()} cores",
        load,
        platform.system(),
        platform.machine(),
        f"Python {platform.python_version()}",
    ]
    return {
        "measured_at": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": f"python -m benchmarks --only {name} --rows {rows} --repeats {asked.repeats}",
        "machine": ", ".join(machine),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=_numbers, default=(1_000_000, 10_000_000), help="sizes, separated by commas")
    parser.add_argument("--only", action="append", choices=BENCHMARKS, help="one benchmark; may be given several times")
    parser.add_argument("--repeats", type=int, default=3, help="times that each contender runs")
    parser.add_argument("--data", type=Path, default=ROOT / ".bench", help="folder to work in and to keep data in")
    return parser.parse_args()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.replace("_", "").split(","))


if __name__ == "__main__":
    main()
