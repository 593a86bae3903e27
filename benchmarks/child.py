"""Child: one contender's process. Does the work, and prints what it took as JSON."""

import importlib
import json
import sys

from benchmarks.measure import Stopwatch


def main(name: str, arguments: str) -> None:
    """Run `module:function` of the benchmarks with the arguments (a JSON object); importing it is not counted."""
    module, function = name.split(":")
    contender = getattr(importlib.import_module(f"benchmarks.contenders.{module}"), function)
    with Stopwatch() as watch:
        answer = contender(**json.loads(arguments))
    print(json.dumps({"cpu_s": watch.cpu_s, "wall_s": watch.wall_s, "answer": answer}))


if __name__ == "__main__":
    main(*sys.argv[1:])
